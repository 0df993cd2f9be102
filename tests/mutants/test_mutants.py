"""Each small change to a model answer loses the points of its task, unless the answer is still correct."""

import functools

import pytest
import torch

from parity_checks.points import POINTS
from parity_lib.models import ParityRNN
from parity_study.certify import certify
from tests.mutants import mutants
from tests.mutants.operators import changes

EQUIVALENT = mutants.equivalents()
of = functools.cache(mutants.mutants)


def all_mutants():
    return [mutant for exercise in POINTS for mutant in of(exercise)]


@pytest.fixture(autouse=True)
def _graded(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")


def survivors(sample):
    return [mutant.name for mutant in sample if mutant.name not in EQUIVALENT and mutants.survives(mutant)]


@pytest.mark.slow
def test_mutants_have_different_names_and_equivalent_mutants_exist_and_have_a_reason():
    names = [mutant.name for mutant in all_mutants()]
    assert len(set(names)) == len(names)
    assert set(EQUIVALENT) <= set(names)
    assert all(len(reason) > 20 for reason in EQUIVALENT.values())


@pytest.mark.slow
def test_a_sample_of_mutants_is_killed():
    assert survivors(all_mutants()[4::29]) == []


@pytest.mark.weekly
@pytest.mark.parametrize("exercise", POINTS)
def test_every_mutant_is_killed_or_equivalent(exercise):
    assert survivors(of(exercise)) == []


@pytest.mark.weekly
def test_equivalents_keep_their_points():
    equivalent = [mutant for mutant in all_mutants() if mutant.name in EQUIVALENT]
    assert [mutant.name for mutant in equivalent if not mutants.survives(mutant)] == []


def test_a_correct_answer_survives():
    same = mutants.Mutant("unrolling", "parity", "none", 0, "def parity(bits):\n    return bits.sum(axis=1) % 2")
    assert mutants.survives(same)
    assert not mutants.survives(next(mutant for mutant in of("unrolling") if mutant.cell == "parity"))


@pytest.mark.weekly
def test_equivalent_networks_of_two_units_are_certified():
    for mutant in of("unrolling"):
        if mutant.name not in EQUIVALENT or mutant.cell != "two-unit-weights":
            continue
        namespace = {}
        exec("import numpy as np\n" + mutant.source, namespace)
        U, V, b, W, c = map(torch.as_tensor, namespace["two_unit_weights"]())
        network = ParityRNN(hidden_size=2, cell="tanh").double()
        with torch.no_grad():     # x' = 2x - 1, so U x' + b = 2U x + (b - U)
            network.rnn.weight_ih_l0.copy_(2 * U)
            network.rnn.weight_hh_l0.copy_(V)
            network.rnn.bias_ih_l0.copy_(b - U[:, 0])
            network.rnn.bias_hh_l0.zero_()
            network.hidden_to_logits.weight.copy_(W)
            network.hidden_to_logits.bias.copy_(c)
        assert certify(network).verdict == "certified", mutant.name


def test_each_operator_changes_one_place_and_no_docstring():
    sources = [change.source for change in changes(
        'def f(x, y):\n    """1 + 1."""\n    return x[:, 0].sum(axis=1) + 2 * y')]
    assert len(sources) == len(set(sources))
    assert all('"""1 + 1."""' in source for source in sources)
    assert any("axis=2" in source for source in sources)
    assert any("x[:, 0].sum(axis=1) - 2 * y" in source for source in sources)
    assert any(source.endswith("return x[:, 0].sum(axis=1)") for source in sources)
    assert any("2 * x" in source for source in sources)
