"""Every submission of the bank gets exactly the points it should, with the right message."""

import os

import pytest

from tests.submissions import bank

EXERCISES = bank.authoring.names(bank.ROOT)
SUBMISSIONS = bank.bank()
WRONG = [one for one in SUBMISSIONS if one.loses]


@pytest.fixture(autouse=True)
def _graded(monkeypatch):
    monkeypatch.setitem(os.environ, "NBGRADER_EXECUTION", "autograde")


# To record which lines run takes a third of the time, and a third of the wrong answers show them all.
UNTRACED = [one for at, one in enumerate(WRONG) if at % 3]


@pytest.mark.parametrize("submission", [
    pytest.param(one, marks=pytest.mark.no_cover if one in UNTRACED else [], id=one.name) for one in SUBMISSIONS])
def test_submission_is_graded_as_it_should(submission):
    found = bank.complaints(submission, bank.score(submission, whole=False))
    assert not found, submission.story + "\n" + "\n".join(found)


@pytest.mark.slow
@pytest.mark.parametrize("submission", WRONG, ids=[one.name for one in WRONG])
def test_a_slip_does_not_cost_a_long_test_that_it_should_pass(submission):
    found = bank.complaints(submission, bank.score(submission))
    assert not found, submission.story + "\n" + "\n".join(found)


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
def test_bank_is_large_enough(exercise):
    source = bank.published(exercise)
    tests = {cell["id"] for cell in source.graded if cell["cell_type"] == "code"}
    right = [one for one in bank.bank(exercise) if not one.loses]
    wrong = [one for one in bank.bank(exercise) if one.loses]
    assert len(right) >= min(4, len(tests) + 1)
    assert len(wrong) >= min(10, 3 * len(tests))
    assert tests == set().union(*(one.loses for one in wrong)), "every test is failed by somebody"
    assert any(one.added for one in right), "no helper cells"


@pytest.mark.parametrize("submission", SUBMISSIONS, ids=[one.name for one in SUBMISSIONS])
def test_right_answers_lose_nothing_and_wrong_answers_something(submission):
    assert bool(submission.loses) == submission.path.stem.startswith("wrong_")
