"""The references, claimed gradients, faults and networks that the checks of *The gradient through time* use."""

from __future__ import annotations

import contextlib
import io

import numpy as np
import pytest
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

import parity_checks as checks
from parity_checks.gradient_through_time import backward, bptt_reference, breaking, differences, script
from parity_checks.reporting import CheckFailed
from parity_checks.two_unit_search import find_error, first_error, is_proved, outputs
from parity_checks.unrolling.two_units import every_string
from parity_study.certify import periodic_strings
from tests.submissions import bank

SOURCE = (bank.ROOT / "solutions/gradient_through_time.md").read_text(encoding="utf8")
# The version that students read has these faults, one in each function.
GIVEN = (("draw", "the longest is left out"), ("logits", "the gradient stops"), ("accuracy", "padding is correct"),
         ("update", "each by itself"))


def by_autograd(bits, labels, mask, weights):
    """Return PyTorch's gradients of the mean cross-entropy over the mask, by name."""
    U, V, b, W, c, h0 = own = [torch.from_numpy(weights[name]).clone().requires_grad_()
                               for name in bptt_reference.NAMES]
    h, logits = h0.expand(len(bits), -1), []
    for x in torch.from_numpy(bits).double().T:
        h = torch.tanh(x[:, None] @ U.T + h @ V.T + b)
        logits.append(h @ W[0] + c[0])
    chosen = torch.from_numpy(mask)
    loss = binary_cross_entropy_with_logits(torch.stack(logits, dim=1)[chosen],
                                            torch.from_numpy(labels).double()[chosen])
    gradients = torch.autograd.grad(loss, own)
    return dict(zip(bptt_reference.NAMES, (gradient.numpy() for gradient in gradients), strict=True))


@pytest.mark.parametrize("case", backward.CASES)
def test_the_references_are_equal_to_autograd(case):
    for seed in range(5):
        given = backward.draw_case(*case, np.random.default_rng(seed))
        expected = by_autograd(*given)
        for gradients in (bptt_reference.correct_gradients(*given), bptt_reference.mistaken_gradients(*given, "none")):
            for name in bptt_reference.NAMES:
                limit = 1e-9 * np.abs(expected[name]).max() + 1e-300
                assert np.abs(gradients[name] - expected[name]).max() <= limit


def test_the_claimed_gradients_are_correct_or_wrong_as_stated():
    for seed in range(10):
        verdicts = []
        for case in differences.cases(np.random.default_rng(seed)):
            names = {"np": np}
            exec(case.source, names)
            off = 0.0
            for k, claimed in enumerate(case.gradient):
                measured = np.zeros(claimed.shape)
                for place in np.ndindex(claimed.shape):
                    moved = [[weight.copy() for weight in case.weights] for _ in range(2)]
                    moved[0][k][place] += 1e-5
                    moved[1][k][place] -= 1e-5
                    measured[place] = (names["loss"](moved[0]) - names["loss"](moved[1])) / 2e-5
                off = max(off, np.nan_to_num(np.abs(measured - claimed).max(), nan=9) / (np.abs(measured).max() + 1e-9))
            # The limit is a thousandth. These differences are less exact, but by less than the margin on either side.
            assert off < 0.75e-3 if case.correct else off > 1.4e-3, case.description
            verdicts.append(case.correct)
        assert min(verdicts.count(True), verdicts.count(False)) >= 5


def test_the_notebook_shows_a_version_with_known_faults():
    edits = {(fault.function, fault.name): (fault.old, fault.new) for fault in script.faults(np.random.default_rng(0))}
    given = script.with_edits(edits[key] for key in GIVEN)
    assert given.replace('"""', "'''").strip() in SOURCE


def test_an_error_in_a_test_does_not_end_the_demonstration():
    submission = bank.named("gradient_through_time/right_unusual_tests")
    needed = ("imports", "forward", "verdict-on", "script", "tests", "verdict", "verdicts")
    kept = [cell.source for cell in bank.notebook(submission).cells if cell.id in needed]
    with contextlib.redirect_stdout(io.StringIO()) as shown:
        exec("\n".join(["import math", *kept]), {})
    assert shown.getvalue().splitlines() == [
        "test_draw False ValueError('low >= high')", "test_labels True", "test_logits False", "test_loss True",
        "test_accuracy False", "test_update False"]


def test_each_fault_is_an_edit_of_one_function():
    correct = functions(script.SCRIPT)
    assert len(correct) == 6
    for seed in range(20):
        faulty = {name: 0 for name in correct}
        for fault in script.faults(np.random.default_rng(seed)):
            edited = functions(script.with_edits([(fault.old, fault.new)]))
            assert [name for name in correct if edited[name] != correct[name]] == [fault.function], fault.name
            assert fault.clue
            faulty[fault.function] += 1
        assert min(faulty.values()) >= 5
    with pytest.raises(ValueError, match="an edit must be a part that the script contains once"):
        script.with_edits([("no such line", "")])


def functions(text):
    parts = text.split("\ndef ")[1:]
    return {part.partition("(")[0]: part for part in parts}


@pytest.mark.parametrize("parameters", breaking.STURDY)
def test_a_sturdy_network_is_proved_correct(parameters):
    assert is_proved(breaking.by_hand(*parameters))


def test_a_disguised_network_errs_on_the_same_strings():
    weights = breaking.by_hand(*breaking.SLOW[0])
    for seed in range(8):
        disguised = breaking.disguise(weights, np.random.default_rng(seed))
        string = find_error(disguised, breaking.LONG, keep=30)
        assert first_error(weights, string[None]) == (0, len(string) - 1)


@pytest.mark.parametrize("entries", breaking.APERIODIC)
def test_short_periodic_and_random_strings_do_not_find_the_errors(entries):
    for seed in range(5):
        rng = np.random.default_rng(seed)
        weights, string = breaking.draw_error(breaking.from_entries(*entries), breaking.LONG, rng)
        assert len(string) >= 30
        for bits in (every_string(), periodic_strings(breaking.LONG), rng.integers(2, size=(5000, breaking.LONG))):
            assert first_error(weights, bits) is None


def test_some_networks_err_on_strings_of_one_parity_only():
    strings = every_string()
    odd = np.cumsum(strings, axis=1) % 2
    parities = []
    for parameters in breaking.BRITTLE:
        wrong = (outputs(breaking.by_hand(*parameters), strings) > 0) != (odd == 1)
        parities.append(set(odd[wrong].tolist()))
    assert parities == [{0}, {1}, {0, 1}]


@pytest.mark.parametrize("parameters", breaking.BRITTLE)
def test_no_string_is_shorter_than_a_shortest_error(parameters):
    weights = breaking.by_hand(*parameters)
    string = find_error(weights, breaking.SHORT, keep=2**breaking.SHORT)
    assert first_error(weights, string[None]) == (0, len(string) - 1)
    assert first_error(weights, every_string(len(string) - 1)) is None


@pytest.mark.parametrize(("result", "words"), [
    ([0, 1, 2], "bits, each 0 or 1"), ([], "a list of at least one bit"), (np.zeros((2, 2)), "one string"),
    ("0x1", "bits, each 0 or 1"), (lambda: 0, "a value of type function"),
])
def test_a_result_that_is_not_a_string_of_bits_is_refused(result, words):
    checks.bind({"find_error": lambda *_: result})
    try:
        with pytest.raises(CheckFailed, match=words):
            breaking.find_error_short()
    finally:
        checks.bind(None)
