"""Every submission of the bank gets exactly the points that it deserves, and each failure names the expected cause."""

from collections import Counter

import pytest

from parity_checks.points import CELLS, POINTS
from tests.submissions import bank

NAMES = [submission.name for submission in bank.bank()]
TEST_CELLS = [(exercise, cell["id"]) for exercise, cells in CELLS.items() for cell in cells if cell["kind"] == "test"]
CELL_IDS = {exercise: {cell for other, cell in TEST_CELLS if other == exercise} for exercise in CELLS}
# Correct submissions for which the tests that take seconds are not left to the longer tests.
WHOLE = ("architecture/right_own_cells_in_float64", "bug_hunt/right_loops")


@pytest.fixture(autouse=True)
def _graded(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")


def params(kind):
    """Return the names of the submissions of one kind."""
    return [name for name in NAMES if name.partition("/")[2].startswith(kind)]


def complaints(submission, leave_out):
    lines = bank.complaints(submission, bank.score(submission, leave_out))
    return [submission.story, *lines] if lines else []


FIRST = {name.partition("/")[0]: name for name in reversed(params("right_"))}.values()


@pytest.mark.parametrize("name", [name if name in FIRST or name in WHOLE else pytest.param(name, marks=pytest.mark.slow)
                                  for name in params("right_")])
def test_a_correct_submission_keeps_every_point(name):
    submission = bank.named(name)
    assert submission.loses == {}
    assert complaints(submission, () if name in WHOLE else bank.LONG) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", params("right_"))
def test_a_correct_submission_keeps_the_points_of_the_long_tests(name):
    submission = bank.named(name)
    if long := bank.LONG.keys() & CELL_IDS[submission.exercise] - bank.unaffected(submission):
        assert complaints(submission, CELL_IDS[submission.exercise] - long) == []


@pytest.mark.parametrize(("exercise", "cell"), [pair for pair in TEST_CELLS if not pair[1].startswith("trained")])
def test_each_test_cell_rejects_a_wrong_submission(exercise, cell):
    wrong = next((submission for submission in bank.bank(exercise) if cell in submission.loses), None)
    assert wrong, "no submission of the bank fails this test cell"
    assert complaints(wrong, CELL_IDS[exercise] - {cell}) == []


def trained_elsewhere(submission):
    """Return the long tests that would train with the model answers in place of the functions that fail a test.

    Which functions those are follows from the tests that fail. So these long tests run for the first submission that
    fails a set of tests, and for every submission that fails one of the long tests or changes what they call last.
    """
    if submission.loses.keys() & bank.LONG.keys() or "train-at-the-end" in submission.changed:
        return set()
    same = next(other for other in bank.bank(submission.exercise) if other.loses.keys() == submission.loses.keys()
                and "train-at-the-end" not in other.changed)
    return set() if same.name == submission.name else {"trained-short-check", "trained-long-check"}


@pytest.mark.slow
@pytest.mark.parametrize("name", params("wrong_"))
def test_a_wrong_submission_loses_the_points_of_its_mistake_and_no_others(name):
    submission = bank.named(name)
    assert submission.loses
    unaffected = bank.unaffected(submission)
    assert not unaffected & submission.loses.keys()
    assert complaints(submission, unaffected | trained_elsewhere(submission)) == []


@pytest.mark.parametrize("exercise", POINTS)
def test_solution_gets_every_point_and_an_untouched_release_none(exercise):
    # The longer tests grade the solution with the long tests, too.
    solved = bank.grade(bank.authoring.notebook(bank.published(exercise)), bank.LONG)
    assert all(outcome.points == outcome.most for outcome in solved.values()), solved
    release = bank.nbformat.read(bank.ROOT / "exercises" / exercise / f"{exercise}.ipynb", as_version=4)
    untouched = bank.grade(release)
    assert set(untouched) - bank.LONG.keys() == set(solved)
    assert all(outcome.points == 0 for outcome in untouched.values()), untouched
    assert {outcome.cause for outcome in untouched.values()} == {"not-written"}, untouched


@pytest.mark.parametrize("exercise", POINTS)
def test_the_words_that_a_submission_changes_are_in_the_model_answer(exercise):
    for submission in bank.bank(exercise):
        assert len(bank.notebook(submission).cells) >= len(CELL_IDS[exercise])
        assert submission.loses or not submission.edits      # each correct one is written in a style of its own


@pytest.mark.parametrize("exercise", POINTS)
def test_the_bank_is_large_enough(exercise):
    submissions = bank.bank(exercise)
    correct = [submission for submission in submissions if not submission.loses]
    assert len(correct) >= min(4, len(POINTS[exercise]) + 1)
    assert any(submission.added for submission in correct), "none has a helper cell"
    rejected = Counter(cell for submission in submissions for cell in submission.loses)
    assert {cell for cell in CELL_IDS[exercise] if rejected[cell] < 2} == set()
