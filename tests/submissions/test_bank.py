"""Every submission of the bank gets exactly the points it should, with the right message."""

import os

import pytest

from tests.submissions import bank

EXERCISES = bank.authoring.names(bank.ROOT)
SUBMISSIONS = bank.bank()


@pytest.fixture(autouse=True)
def _graded(monkeypatch):
    monkeypatch.setitem(os.environ, "NBGRADER_EXECUTION", "autograde")


@pytest.mark.parametrize("submission", SUBMISSIONS, ids=[one.name for one in SUBMISSIONS])
def test_submission_is_graded_as_it_should(submission):
    found = bank.complaints(submission, bank.score(submission))
    assert not found, submission.story + "\n" + "\n".join(found)


@pytest.mark.parametrize("exercise", EXERCISES)
def test_solution_gets_every_point_and_an_untouched_release_none(exercise):
    solved = bank.grade(bank.authoring.notebook(bank.authoring.read(bank.ROOT / "solutions" / f"{exercise}.md")))
    assert all(outcome.points == outcome.most for outcome in solved.values()), solved
    release = bank.nbformat.read(bank.ROOT / "exercises" / exercise / f"{exercise}.ipynb", as_version=4)
    untouched = bank.grade(release)
    assert set(untouched) == set(solved)
    assert all(outcome.points == 0 for outcome in untouched.values()), untouched
    for outcome in untouched.values():
        assert "not written yet" in outcome.message or "there is no" in outcome.message, outcome.message


@pytest.mark.parametrize("exercise", EXERCISES)
def test_bank_is_large_enough(exercise):
    names = [one.path.stem for one in SUBMISSIONS if one.exercise == exercise]
    assert sum(name.startswith("right_") for name in names) >= 4
    assert sum(name.startswith("wrong_") for name in names) >= 10
    assert any(one.added for one in SUBMISSIONS if one.exercise == exercise and not one.loses), "no helper cells"


@pytest.mark.parametrize("submission", SUBMISSIONS, ids=[one.name for one in SUBMISSIONS])
def test_right_answers_lose_nothing_and_wrong_ones_something(submission):
    assert bool(submission.loses) == submission.path.stem.startswith("wrong_")
