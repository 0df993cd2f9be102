"""No small change to a model answer keeps the points of its task, unless it is a right answer with a reason."""

import os

import pytest
import torch

from parity_lib import ParityRNN
from parity_lib.certify import certify
from tests.mutants import mutants
from tests.mutants.operators import changes
from tests.submissions import bank

EXERCISES = bank.authoring.names(bank.ROOT)
EVERY = [one for exercise in EXERCISES for one in mutants.mutants(exercise)]
EQUIVALENT = mutants.equivalents()
SAMPLE = EVERY[3::29]
TWO_UNITS = [one for one in EVERY if one.name in EQUIVALENT and one.cell == "two-unit-weights"]


@pytest.fixture(autouse=True)
def _graded(monkeypatch):
    monkeypatch.setitem(os.environ, "NBGRADER_EXECUTION", "autograde")


def killed_or_equivalent(some):
    return [one.name for one in some if one.name not in EQUIVALENT and mutants.survives(one)]


def test_there_are_many_and_no_two_have_one_name():
    assert len(EVERY) >= 300
    assert len({one.name for one in EVERY}) == len(EVERY)
    assert all(sum(one.exercise == exercise for one in EVERY) >= 50 for exercise in EXERCISES)


def test_every_equivalent_is_a_mutant_and_has_a_reason():
    assert set(EQUIVALENT) <= {one.name for one in EVERY}
    assert all(len(reason) > 20 for reason in EQUIVALENT.values())


def test_a_sample_of_mutants_is_killed():
    assert killed_or_equivalent(SAMPLE) == []


@pytest.mark.slow
@pytest.mark.parametrize("exercise", EXERCISES)
def test_every_mutant_is_killed_or_equivalent(exercise):
    assert killed_or_equivalent(one for one in EVERY if one.exercise == exercise) == []


@pytest.mark.slow
def test_equivalents_keep_their_points():
    assert [one.name for one in EVERY if one.name in EQUIVALENT and not mutants.survives(one)] == []


def test_the_harness_sees_a_survivor():
    """A mutant that changes nothing of importance survives, and one that never ends is killed."""
    right = next(one for one in EVERY if one.cell == "parity")
    same = mutants.Mutant("unrolling", "parity", "none", 0, "def parity(bits):\n    return bits.sum(axis=1) % 2")
    assert mutants.survives(same)
    assert not mutants.survives(right)


@pytest.mark.parametrize("mutant", TWO_UNITS, ids=[one.says for one in TWO_UNITS])
def test_equivalent_nets_of_two_units_are_certified(mutant):
    namespace = {}
    exec("import numpy as np\n" + mutant.source, namespace)
    U, V, b, W, c = map(torch.as_tensor, namespace["two_unit_weights"]())
    net = ParityRNN(hidden_size=2, cell="tanh").double()
    with torch.no_grad():     # x' = 2x - 1, so U x' + b = 2U x + (b - U)
        net.rnn.weight_ih_l0.copy_(2 * U)
        net.rnn.weight_hh_l0.copy_(V)
        net.rnn.bias_ih_l0.copy_(b - U[:, 0])
        net.rnn.bias_hh_l0.zero_()
        net.hidden_to_logits.weight.copy_(W)
        net.hidden_to_logits.bias.copy_(c)
    assert certify(net).verdict == "certified"


def test_operators_change_one_place_and_leave_words_alone():
    found = changes('def f(x, y):\n    """1 + 1."""\n    return x[:, 0].sum(axis=1) + 2 * y')
    sources = [one.source for one in found]
    assert len(sources) == len(set(sources))
    assert all('"""1 + 1."""' in source for source in sources)
    assert any("axis=2" in source for source in sources)
    assert any("x[:, 0].sum(axis=1) - 2 * y" in source for source in sources)
    assert any(source.endswith("return x[:, 0].sum(axis=1)") for source in sources)
    assert any("2 * x" in source for source in sources)
