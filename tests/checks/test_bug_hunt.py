"""The faults of the script and the networks that the checks of *Bug hunt* use."""

from __future__ import annotations

import contextlib
import io
import itertools

import numpy as np
import pytest
import torch

import parity_checks as checks
from parity_checks import CheckFailed, bug_hunt
from parity_checks.bug_hunt import script
from parity_checks.two_unit_search import every_string, find_error, first_error, is_proved, outputs
from parity_study.certify import periodic_strings
from tests.submissions import bank

FUNCTIONS = ("draw", "labels", "logits", "loss", "accuracy", "update")
CALLED = {"loss": {"logits", "labels"}, "accuracy": {"logits", "labels"}, "update": {"loss", "logits", "labels"}}


def test_each_student_gets_a_script_of_their_own_whose_faults_the_model_answer_finds():
    nb = bank.authoring.notebook(bank.published("bug_hunt"))
    names = {}
    for cell in nb.cells:
        if cell.id in ("imports", "lent", "tests", "verdict"):
            exec(cell.source, names)
    scripts = set()
    for number in range(40):
        seed = checks.seed_of(f"s{number}")
        faulty = {fault.function for fault in script.faults_of(seed)}
        assert len(faulty) == len(script.faults_of(seed)) in (3, 4)
        source = script.script_for(seed)
        scripts.add(source)
        false = {function for function in FUNCTIONS if not passes(names["verdict"], f"test_{function}", source)}
        assert faulty <= false
        assert all(CALLED[function] & faulty for function in false - faulty), (number, faulty, false)
    assert len(scripts) == 40


def passes(verdict, test, source):
    try:
        return verdict(test, source)
    except Exception:
        return False


def test_no_students_script_has_a_fault_that_the_loss_or_the_accuracy_shows_at_once():
    given = {(fault.function, fault.name) for number in range(1000) for fault in script.faults_of(number)}
    every = {(fault.function, fault.name) for fault in script.faults(np.random.default_rng(0))}
    assert {name for _, name in every - given} == script.NOT_IN_SCRIPTS


def test_an_error_in_a_test_does_not_end_the_demonstration(monkeypatch):
    submission = bank.named("bug_hunt/right_unusual_tests")
    needed = ("imports", "lent", "script", "tests", "verdict", "verdicts")
    kept = [cell.source for cell in bank.notebook(submission).cells if cell.id in needed]
    stops = script.with_edits([(script.PARTS["LENGTHS"], "rng.integers(1, 1)")])
    monkeypatch.setattr(bug_hunt, "script_for", lambda seed: stops)
    with contextlib.redirect_stdout(io.StringIO()) as shown:
        exec("\n".join(["import math", *kept]), {})
    assert shown.getvalue().splitlines()[-6:] == [
        "test_draw False ValueError('low >= high')",
        *(f"test_{function} True" for function in FUNCTIONS[1:])]


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


def test_no_two_versions_have_the_same_byte_code_and_all_still_do_the_same():
    rng = np.random.default_rng(0)
    plain, seen = namespace(script.SCRIPT), set()
    for _ in range(40):
        text = script.with_dead_lines(script.SCRIPT, rng)
        version = namespace(text)
        codes = {name: (version[name].__code__.co_code, version[name].__code__.co_consts) for name in functions(text)}
        assert all(codes[name][0] != plain[name].__code__.co_code for name in functions(script.SCRIPT))
        assert len(seen | set(codes.values())) == len(seen) + 6
        seen |= set(codes.values())
        assert all(version[name].__doc__ == plain[name].__doc__ for name in codes)
        results = [names["draw"](7, 5, np.random.default_rng(1)) for names in (plain, version)]
        assert all(map(torch.equal, *results))
        assert torch.equal(*(names["labels"](results[0][0]) for names in (plain, version)))


def namespace(text):
    names = {}
    exec(text, names)
    return names


def functions(text):
    parts = text.split("\ndef ")[1:]
    return {part.partition("(")[0]: part for part in parts}


@pytest.mark.parametrize("parameters", bug_hunt.STURDY)
def test_a_sturdy_network_is_proved_correct(parameters):
    assert is_proved(bug_hunt.by_hand(*parameters))


def test_a_disguised_network_errs_on_the_same_strings():
    weights = bug_hunt.by_hand(*bug_hunt.SLOW[0])
    for seed in range(8):
        disguised = bug_hunt.disguise(weights, np.random.default_rng(seed))
        string = find_error(disguised, bug_hunt.LONG, keep=30)
        assert first_error(weights, string[None]) == (0, len(string) - 1)


@pytest.mark.parametrize("entries", bug_hunt.APERIODIC)
def test_short_periodic_and_random_strings_do_not_find_the_errors(entries):
    for seed in range(5):
        rng = np.random.default_rng(seed)
        weights, string = bug_hunt.draw_error(bug_hunt.from_entries(*entries), bug_hunt.LONG, rng)
        assert len(string) >= 30
        for bits in (every_string(), periodic_strings(bug_hunt.LONG), rng.integers(2, size=(5000, bug_hunt.LONG))):
            assert first_error(weights, bits) is None


def test_no_repeated_pattern_of_up_to_nine_bits_finds_the_errors_of_two_networks_and_a_search_does():
    patterns = {tuple(pattern * bug_hunt.LONG)[:bug_hunt.LONG]
                for period in range(1, 10) for pattern in itertools.product((0, 1), repeat=period)}
    for entries in bug_hunt.APERIODIC[:2]:
        weights, string = bug_hunt.draw_error(bug_hunt.from_entries(*entries), bug_hunt.LONG, np.random.default_rng(0))
        assert first_error(weights, string[None]) == (0, len(string) - 1)
        for length in range(5):
            for start in itertools.product((0, 1), repeat=length):
                strings = np.array([(start + pattern)[:bug_hunt.LONG] for pattern in sorted(patterns)])
                assert first_error(weights, strings) is None


def test_some_networks_err_on_strings_of_one_parity_only():
    strings = every_string()
    odd = np.cumsum(strings, axis=1) % 2
    parities = []
    for parameters in bug_hunt.BRITTLE:
        wrong = (outputs(bug_hunt.by_hand(*parameters), strings) > 0) != (odd == 1)
        parities.append(set(odd[wrong].tolist()))
    assert parities == [{0}, {1}, {0, 1}]


@pytest.mark.parametrize("parameters", bug_hunt.BRITTLE)
def test_no_string_is_shorter_than_a_shortest_error(parameters):
    weights = bug_hunt.by_hand(*parameters)
    string = find_error(weights, bug_hunt.SHORT, keep=2**bug_hunt.SHORT)
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
            bug_hunt.find_error_short()
    finally:
        checks.bind(None)
