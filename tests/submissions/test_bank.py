"""Every submission of the bank gets exactly the points that it should, with the message of its mistake."""

import os

import pytest

from parity_checks.points import POINTS
from tests.submissions import bank

EXERCISES = list(POINTS)
FILES = bank.files()
WRONG = [path for path in FILES if path.stem.startswith("wrong_")]
# Coverage tracing takes a third of the time, and a third of the wrong submissions run every line.
UNTRACED = [path for number, path in enumerate(WRONG) if number % 3]
WITH_LONG_TESTS = [path for path in WRONG
                   if path.parent.name in ("architecture", "gradient_through_time", "no_teacher_forcing")]


def named(path, marks=()):
    return pytest.param(path, marks=marks, id=f"{path.parent.name}/{path.stem}")


@pytest.fixture(autouse=True)
def _graded(monkeypatch):
    monkeypatch.setitem(os.environ, "NBGRADER_EXECUTION", "autograde")


@pytest.mark.parametrize("path", [named(path, [pytest.mark.no_cover] if path in UNTRACED else []) for path in FILES])
def test_a_submission_gets_its_points_and_messages(path):
    submission = bank.read(path)
    assert bool(submission.loses) == path.stem.startswith("wrong_")
    complaints = bank.complaints(submission, bank.score(submission, whole=False))
    assert not complaints, submission.story + "\n" + "\n".join(complaints)


@pytest.mark.slow
@pytest.mark.parametrize("path", map(named, WITH_LONG_TESTS))
def test_a_mistake_does_not_cost_a_long_test_that_it_should_pass(path):
    submission = bank.read(path)
    complaints = bank.complaints(submission, bank.score(submission))
    assert not complaints, submission.story + "\n" + "\n".join(complaints)


@pytest.mark.parametrize("exercise", EXERCISES)
def test_solution_gets_every_point_and_an_untouched_release_none(exercise):
    solved = bank.grade(bank.authoring.notebook(bank.published(exercise)))
    assert all(outcome.points == outcome.most for outcome in solved.values()), solved
    release = bank.nbformat.read(bank.ROOT / "exercises" / exercise / f"{exercise}.ipynb", as_version=4)
    untouched = bank.grade(release)
    assert set(untouched) == set(solved)
    assert all(outcome.points == 0 for outcome in untouched.values()), untouched
    for outcome in untouched.values():
        assert "not written yet" in outcome.message or "there is no" in outcome.message, outcome.message


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_bank_is_large_enough(exercise):
    tests = {cell["id"] for cell in bank.published(exercise).graded if cell["cell_type"] == "code"}
    right, wrong = ([submission for submission in bank.bank(exercise) if bool(submission.loses) is lost]
                    for lost in (False, True))
    assert len(right) >= min(4, len(tests) + 1)
    assert len(wrong) >= min(10, 3 * len(tests))
    assert tests == set().union(*(submission.loses for submission in wrong)), "no submission fails some test"
    assert any(submission.added for submission in right), "no correct submission has a helper cell"
