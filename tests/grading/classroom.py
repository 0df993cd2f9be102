"""A class of forty whose submissions for *Unrolling* are graded: a gradebook and graded notebooks without a kernel.

The submissions come from the bank, and their test cells show the messages of the checks.
"""

from __future__ import annotations

import functools
import random
import warnings
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import nbformat
from nbgrader.api import Gradebook
from sqlalchemy.exc import SAWarning

from tests.exercises import course
from tests.grading import forty
from tests.grading.roster import Student, the_class
from tests.submissions import bank

NAME = "unrolling"
WORDS = "what-convinces"
# Submissions of the bank, with the numbers of the students who submit them; some others write a loop of their own.
DONE = {"wrong_V_transposed": (1, 2, 3, 4, 5), "wrong_no_bias": (6, 7), "wrong_h0_ignored": (8, 9, 10),
        "wrong_weights_of_the_chapter": (11, 12, 13, 14, 15, 16, 17), "wrong_raises": (18,), "right_loops": (19, 20)}
MISSING, UNREAD, UNGRADED = (38, 39), (33, 34, 35), (40,)
OWN_LOOPS = range(22, 33)
LOOP = '''def unroll(xs, h0, U, V, b):
    {kept}, {state} = [], h0
    print("step", {start})
    for t in range(xs.shape[1]):
        {state} = rnn_step(xs[:, t], {state}, U, V, b)
        {kept}.append({state})
    return np.stack({kept}, axis=1)'''


@dataclass(frozen=True)
class Answer:
    """A submission of the bank, as it was graded."""

    notebook: nbformat.NotebookNode
    points: dict[str, float]


@functools.cache
def answer(stem: str) -> Answer:
    """Return a submission with the outputs that grading leaves in its test cells."""
    submission = next(item for item in bank.bank(NAME) if item.path.stem == stem)
    outcomes = bank.score(submission)
    notebook = course.hand_in(submission)
    for cell in notebook.cells:
        if (outcome := outcomes.get(cell.id)) is not None:
            cell.outputs = [nbformat.v4.new_output("stream", text=outcome.message)] if outcome.points else [
                nbformat.v4.new_output("error", ename="CheckFailed", evalue=outcome.message,
                                       traceback=[f"✗ {outcome.message}"])]
    return Answer(notebook, {name: outcome.points for name, outcome in outcomes.items()})


def fill(root: Path) -> Path:
    """Create the course in ``root``."""
    course.copy_course(root, NAME)
    warnings.filterwarnings("ignore", category=SAWarning)   # from nbgrader's own use of its database
    with mock.patch("nbgrader.api.get_alembic_version", return_value="new"), opened(root) as book:
        forty.enter(book, NAME, course.release(NAME), duedate="2026-10-01 10:00:00.000000 UTC")
        for number, student in enumerate(the_class(), start=1):
            book.add_student(student.id, first_name=student.first_name, last_name=student.last_name,
                             email=student.email)
            if number not in MISSING:
                add_submission(root, book, student, number)
        book.db.commit()
    return root


def opened(root: Path) -> Gradebook:
    """Return the open gradebook, to be used in a ``with`` statement."""
    return Gradebook(f"sqlite:///{root / 'gradebook.db'}", "one-bit-of-memory")


def add_submission(root: Path, book: Gradebook, student: Student, number: int) -> None:
    """Add a student's submission and, if it is graded, its points and its graded notebook."""
    graded = answer(next((stem for stem, numbers in DONE.items() if number in numbers), "right_units_swapped"))
    notebook = nbformat.from_dict(graded.notebook)
    if number in OWN_LOOPS:
        cell = next(cell for cell in notebook.cells if cell.id == "unroll")
        cell.source = LOOP.format(state=f"state_{number}", kept="kept" * (1 + number % 5), start=number % 3)
    cell = next(cell for cell in notebook.cells if cell.id == WORDS)
    cell.source = f"My seed is {number * 977}. " + " ".join(random.Random(number).choices("abcdefgh", k=45))
    course.submit(root, student.id, NAME, notebook)
    if number in UNGRADED:
        return
    path = root / "autograded" / student.id / NAME / f"{NAME}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)
    submission = book.add_submission(NAME, student.id)
    for grade in submission.notebooks[0].grades:
        if grade.name == WORDS:
            grade.needs_manual_grade = number in UNREAD
            grade.manual_score = None if number in UNREAD else number % 9 / 2
        else:
            grade.auto_score, grade.needs_manual_grade = graded.points[grade.name], False
