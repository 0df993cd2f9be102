"""Graded submissions of a class of forty, put into a course without a kernel: notebooks, and the gradebook.

Their answers in words are of the kinds that a class writes: with the student's own numbers, with another student's, or
without numbers.
"""

from __future__ import annotations

import copy
from functools import cache

import nbformat
from nbformat.v4 import new_output
from nbgrader.api import Gradebook
from nbgrader.utils import compute_checksum

from parity_checks.personal_numbers import seed_of, strings_for
from parity_grading import rubric
from parity_grading.course import add_programs_to_path
from parity_grading.unfinished import NOTE
from tests.exercises import course
from tests.grading.roster import Student, the_class

TASK = "what-convinces"             # of the exercise below
NAME = "unrolling"
TABLE = "length   right\n     5    1.00\n    24    0.97\n"
KINDS = ("own", "generic", "own", "seed only", "own", "grouped", "example", "copied", "own", "empty")
WORDS = ("A state is flipped by every one, so in random bits it is refreshed all the time. I would try a single one "
         "followed by thousands of zeros. No finite test is a proof; an argument about two regions would be one.")


def kind_of(number: int) -> str:
    """Return the kind of answer of the student at this place in the list."""
    return KINDS[number % len(KINDS)]


def answer_of(number: int, student: Student, before: Student) -> str:
    """Return a student's answer; ``before`` is the student before in the list."""
    kind = kind_of(number)
    if kind == "empty":
        return "YOUR ANSWER HERE"
    seed = seed_of({"example": "s1234567", "copied": before.id}.get(kind, student.id))
    count = rubric.COUNTS[TASK.replace("-", "_")](strings_for(seed))
    numbers = {"generic": "", "seed only": f"My seed is {seed}. ", "grouped": f"Seed {seed:,}, and {count} strings. "}
    return numbers.get(kind, f"My seed is {seed}, and {count} of my strings have one. ") + WORDS


def enter(book: Gradebook, name: str, source: nbformat.NotebookNode, **options: object) -> None:
    """Enter an exercise in the gradebook, as generate_assignment does."""
    book.add_assignment(name, **options)
    book.add_notebook(name, name)
    for cell in source.cells:
        marks = cell.metadata.get("nbgrader")
        if marks is None:
            continue
        if marks["grade"]:
            book.add_grade_cell(marks["grade_id"], name, name, max_score=marks["points"], cell_type=cell.cell_type)
        if marks["solution"]:
            book.add_solution_cell(marks["grade_id"], name, name)
        book.add_source_cell(marks["grade_id"], name, name, cell_type=cell.cell_type, locked=marks["locked"],
                             source=cell.source, checksum=compute_checksum(cell))


def graded(name: str, text: str) -> nbformat.NotebookNode:
    """Return a graded notebook with this answer to each task in words, and a table from the student's own run."""
    notebook = copy.deepcopy(_solved(name))
    for cell in notebook.cells:
        if rubric.in_words(cell):
            cell.source = text
    last = max(place for place, cell in enumerate(notebook.cells) if rubric.in_words(cell))
    run = next(cell for cell in reversed(notebook.cells[:last]) if cell.cell_type == "code")
    run.outputs = [new_output("stream", text=NOTE), new_output("stream", text=TABLE)]
    return notebook


@cache
def _solved(name: str) -> nbformat.NotebookNode:
    return course.solution(name)


def add_graded(folder, book: Gradebook, name: str, student: str, text: str) -> None:
    """Add a graded submission: the notebook, and the points as autograde leaves them."""
    place = folder / "autograded" / student / name / f"{name}.ipynb"
    place.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(graded(name, text), place)
    submission = book.add_submission(name, student)
    for grade in submission.notebooks[0].grades:
        words = grade.cell.cell_type == "markdown"
        grade.auto_score = (None if text != "YOUR ANSWER HERE" else 0) if words else grade.cell.max_score
        grade.needs_manual_grade = grade.auto_score is None
    book.db.commit()


def forty(folder, name: str = NAME, enter_it: bool = True, students=None) -> list[Student]:
    """Fill a course with the class and its graded submissions."""
    students = students or the_class()
    add_programs_to_path()
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as book:
        if enter_it:
            enter(book, name, course.release(name))
        for number, student in enumerate(students):
            book.add_student(student.id, first_name=student.first_name, last_name=student.last_name,
                             email=student.email)
            add_graded(folder, book, name, student.id, answer_of(number, student, students[number - 1]))
    return students
