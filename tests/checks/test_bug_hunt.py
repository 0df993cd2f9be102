"""The faults of the script and the networks that the checks of *Bug hunt* use."""

from __future__ import annotations

import contextlib
import io
import itertools

import numpy as np
import pytest

import parity_checks as checks
from parity_checks.bug_hunt import breaking, script
from parity_checks.reporting import CheckFailed
from parity_checks.two_unit_search import find_error, first_error, is_proved, outputs
from parity_checks.unrolling.two_units import every_string
from parity_study.certify import periodic_strings
from tests.submissions import bank

SOURCE = (bank.ROOT / "solutions/bug_hunt.md").read_text(encoding="utf8")
# The version that students read has these faults, one in each function.
GIVEN = (("draw", "the longest is left out"), ("logits", "the gradient stops"), ("accuracy", "padding is correct"),
         ("update", "each by itself"))


def test_the_notebook_shows_a_version_with_known_faults():
    edits = {(fault.function, fault.name): (fault.old, fault.new) for fault in script.faults(np.random.default_rng(0))}
    given = script.with_edits(edits[key] for key in GIVEN)
    assert given.replace('"""', "'''").strip() in SOURCE


def test_an_error_in_a_test_does_not_end_the_demonstration():
    submission = bank.named("bug_hunt/right_unusual_tests")
    needed = ("imports", "lent", "script", "tests", "verdict", "verdicts")
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


def test_no_repeated_pattern_of_up_to_nine_bits_finds_the_errors_of_two_networks_and_a_search_does():
    patterns = {tuple(pattern * breaking.LONG)[:breaking.LONG]
                for period in range(1, 10) for pattern in itertools.product((0, 1), repeat=period)}
    for entries in breaking.APERIODIC[:2]:
        weights, string = breaking.draw_error(breaking.from_entries(*entries), breaking.LONG, np.random.default_rng(0))
        assert first_error(weights, string[None]) == (0, len(string) - 1)
        for length in range(5):
            for start in itertools.product((0, 1), repeat=length):
                strings = np.array([(start + pattern)[:breaking.LONG] for pattern in sorted(patterns)])
                assert first_error(weights, strings) is None


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
