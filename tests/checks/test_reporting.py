"""Checks report a line, a message or a summary, and run an instructor's own tests."""

import sys
import textwrap
import types
import warnings

import numpy as np
import pytest

import parity_checks as checks
from parity_checks import points
from parity_checks.assertions import Query
from tests.checks.helpers import BadText, raising, says


def make_check(test, name="parity"):
    test.__name__ = name
    return checks.check(f"{name}: right")(test)


def test_a_check_that_passes_prints_a_line(capfd):
    seeds = []
    check = make_check(lambda seed: seeds.append(seed))
    check()
    check(seed=7)
    assert seeds == [0, 7]
    assert capfd.readouterr().out == "✓ parity: right\n" * 2
    assert check.says == "parity: right"


def test_the_message_of_a_failure_shows_how_to_repeat_it(capfd):
    check = make_check(lambda seed: Query("parity").fail(0, 1))
    with says() as caught:
        check()
    assert "again" not in str(caught.value)
    with says("  again:    the same cases come with check.parity(seed=7)"):
        check(seed=7)
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize("error", [ZeroDivisionError("by\nzero"), SystemExit(), BadText()])
def test_an_error_in_a_check_is_reported_as_such(error):
    fault, help_ = "the check of `parity` could not read your result", "show this line to your instructor"
    with says(fault, type(error).__name__, help_):
        make_check(raising(error))()


def test_a_check_can_be_interrupted():
    with pytest.raises(KeyboardInterrupt):
        make_check(raising(KeyboardInterrupt()))()


def test_the_warnings_of_a_check_are_discarded(capfd):
    def warns(seed):
        warnings.warn("overflow", stacklevel=1)
        print("x", file=sys.stderr)
        assert np.isinf(np.float64(1e308) * np.float64(10))

    before = np.seterr(all="raise")
    try:
        make_check(warns)()
    finally:
        np.seterr(**before)
    assert capfd.readouterr() == ("✓ parity: right\n", "")


def test_the_summary_counts_the_points_but_not_while_grading(monkeypatch, capfd):
    exercise = types.ModuleType("exercise")
    exercise.parity = make_check(lambda seed: print("not shown"))
    exercise.unroll = make_check(lambda seed: Query("unroll: a batch").fail(1, 2), "unroll")
    exercise.grows = make_check(lambda seed: Query("`step`").fail(1, 2), "grows")
    exercise.proof = make_check(raising(checks.NotChecked("This task needs a package.")), "proof")
    monkeypatch.setitem(points.CELLS, "exercise", [
        {"id": "parity-check", "kind": "test", "check": "parity", "points": 2},
        {"id": "unroll-check", "kind": "test", "check": "unroll", "points": 3},
        {"id": "grows-check", "kind": "test", "check": "grows", "points": 1},
        {"id": "proof-check", "kind": "test", "check": "proof", "points": 4},
        {"id": "in-words", "kind": "answer", "points": 4}])
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert checks.grading()
    checks.summary(exercise)
    assert capfd.readouterr().out == ""
    monkeypatch.delenv("NBGRADER_EXECUTION")
    checks.summary(exercise)
    lines = capfd.readouterr().out.splitlines()
    assert lines[:4] == ["  2 of 2   parity: right", "  0 of 3   unroll: a batch", "  0 of 1   grows: `step`",
                         "  not checked   proof: This task needs a package."]
    assert lines[5].startswith("2 of 6 points in the public checks, and 4 more for written answers")


@pytest.fixture
def private(tmp_path, monkeypatch, student):
    monkeypatch.setenv("PARITY_PRIVATE_TESTS", str(tmp_path))
    student.parity = lambda bits: sum(bits)

    def run(source, task="parity"):
        (tmp_path / "unrolling.py").write_text(textwrap.dedent(source))
        checks.private("unrolling", task)
    return run


def test_private_tests_are_next_to_the_configuration_and_may_be_missing(tmp_path, monkeypatch, private):
    checks.private("unrolling", "parity")
    private("def another(call): 1 / 0")
    monkeypatch.delenv("PARITY_PRIVATE_TESTS")
    monkeypatch.chdir(tmp_path)
    checks.private("unrolling", "parity")
    (tmp_path / "private").mkdir()
    (tmp_path / "private/unrolling.py").write_text("def parity(call): assert False, 'found'")
    with says("found"):
        checks.private("unrolling", "parity")


def test_a_private_test_calls_the_students_code(private, capfd):
    private("def parity(call):\n    assert call('parity', [1, 1]) == 2")
    with says("seven\n  expected: 0\n  got:      2"):
        private("""
            from parity_checks.assertions import Query
            def parity(call):
                Query("seven").require_equal(call("parity", [1, 1]), 0)
            """)


@pytest.mark.parametrize(("source", "words"), [
    ("def parity(call):\n    assert call('parity', [1, 1]) == 0, 'two ones are even'", "two ones are even"),
    ("def parity(call):\n    assert call('parity', [1, 1]) == 0",
     "your instructor's own test: `parity` does not do what the task asks for"),
    ("def parity(call):\n    return 1 / 0", "own test: the test of `parity` did not run (ZeroDivisionError"),
    ("def parity(call:", "did not run (SyntaxError"),
])
def test_a_private_test_that_fails_shows_no_source(private, source, words):
    with says(words) as caught:
        private(source)
    assert "assert call" not in str(caught.value)
