"""A class of forty whose submissions for *Unrolling* are graded: a gradebook and graded notebooks without a kernel.

The submissions come from the bank, and their test cells show the messages of the checks. The answers in words are of
the kinds that a class writes: with the student's own numbers, with another student's, or without numbers.
"""

import functools
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.api import Gradebook
from nbgrader.utils import compute_checksum
from sqlalchemy.exc import SAWarning

from parity_checks.personal_numbers import seed_of, strings_for
from parity_grading.normalise_submission import fingerprint
from parity_grading.unfinished import FINGERPRINT, NOTE
from parity_teaching import rubric
from tests.exercises import course
from tests.submissions import bank

NAME = "unrolling"
TASK = "what-convinces"     # the only one in words
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
TABLE = "length   right\n     5    1.00\n    24    0.97\n"      # the output of the student's own run before the answer
KINDS = ("own", "generic", "own", "seed only", "own", "grouped", "example", "copied", "own", "empty")
WORDS = ("A state is flipped by every one, so in random bits it is refreshed all the time. I would try a single one "
         "followed by thousands of zeros. No finite test is a proof; an argument about two regions would be one.")


# Difficult names: shared by two students, with accents or apostrophes, a single word, several words.
NAMES = """
Ada|Lovelace; Emmy|Noether; Grace|Hopper; Kurt|Gödel; Sofja|Kowalewskaja
Srinivasa|Ramanujan; Évariste|Galois; Niels Henrik|Abel; Paul|Erdős; Stefan|Banach
Wacław|Sierpiński; Maryam|Mirzakhani; Ørjan|Ødegård; Ngô|Bảo Châu; Anna|Müller; Anna|Müller
Thomas|Müller; Sinéad|O'Connor; Conan|O'Brien; Jean-Luc|de la Fontaine
María José|García López; José|García; Xiǎomíng|Wáng; 小明|王; Mehmet|Yılmaz; Åsa|Öberg
Þóra|Jónsdóttir; Nguyễn|Văn An; Fatima|al-Zahra; Omar|ibn Said; Suharto|; Li|Na; Na|Li
Ekaterina|Иванова; Dmitri|Müller-Lüdenscheidt; Zoë|Wilson-Smith; John|Smith; Jane|Smith
Jan|van den Berg; Chloé|Null
"""


@dataclass(frozen=True)
class Student:
    """A student in the list of the class, with the numbers that the two platforms use."""

    id: str
    first_name: str
    last_name: str
    email: str
    moodle: int     # Moodle's number of the submission, "Participant 204517"
    canvas: int     # Canvas's number of the user

    @property
    def full_name(self) -> str:
        """The given name followed by the family name, as both platforms show it by default."""
        return f"{self.first_name} {self.last_name}".strip()


def the_class() -> list[Student]:
    """Return a class of forty students with ids like ``s204501``."""
    names = [name.strip().split("|") for line in NAMES.strip().splitlines() for name in line.split(";")]
    return [Student(f"s2045{number:02}", first, last, f"s2045{number:02}@example.org", 881200 + 7 * number,
                    5300 + number) for number, (first, last) in enumerate(names, start=1)]


def words_of(student: Student, number: int, before: Student) -> str:
    """Return a student's answer in words; ``before`` is the student before in the list."""
    kind = KINDS[(number - 1) % len(KINDS)]
    if kind == "empty":
        return "YOUR ANSWER HERE"
    seed = seed_of({"example": "s1234567", "copied": before.id}.get(kind, student.id))
    count = rubric.COUNTS[TASK.replace("-", "_")](strings_for(seed))
    numbers = {"generic": "", "seed only": f"My seed is {seed}. ", "grouped": f"Seed {seed:,}, and {count} strings. "}
    return numbers.get(kind, f"My seed is {seed}, and {count} of my strings have one. ") + WORDS


@functools.cache
def answer(stem: str) -> tuple[NotebookNode, dict[str, float]]:
    """Return a submission of the bank, with the outputs that grading leaves in its test cells, and its points."""
    submission = next(item for item in bank.bank(NAME) if item.path.stem == stem)
    outcomes = bank.score(submission)
    notebook = course.hand_in(submission)
    for cell in notebook.cells:
        if (outcome := outcomes.get(cell.id)) is not None:
            cell.outputs = [new_output("stream", text=outcome.message)] if outcome.points else [
                new_output("error", ename=f"CheckFailed: {outcome.cause}", evalue=outcome.message,
                           traceback=[f"✗ {outcome.message}"])]
    place = next(place for place, cell in enumerate(notebook.cells) if cell.id == TASK)
    run = next(cell for cell in reversed(notebook.cells[:place]) if cell.cell_type == "code")
    run.outputs = [new_output("stream", text=NOTE), new_output("stream", text=TABLE)]
    return notebook, {name: outcome.points for name, outcome in outcomes.items()}


def opened(root: Path) -> Gradebook:
    """Return the open gradebook, to be used in a ``with`` statement."""
    warnings.filterwarnings("ignore", category=SAWarning)   # from nbgrader's own use of its database
    return Gradebook(f"sqlite:///{root / 'gradebook.db'}", "one-bit-of-memory")


def enter(book: Gradebook, name: str = NAME, **options: object) -> None:
    """Enter an exercise in the gradebook, as generate_assignment does."""
    book.add_assignment(name, **options)
    book.add_notebook(name, name)
    for cell in course.release(name).cells:
        marks = cell.metadata.get("nbgrader")
        if marks is None:
            continue
        if marks["grade"]:
            book.add_grade_cell(marks["grade_id"], name, name, max_score=marks["points"], cell_type=cell.cell_type)
        if marks["solution"]:
            book.add_solution_cell(marks["grade_id"], name, name)
        book.add_source_cell(marks["grade_id"], name, name, cell_type=cell.cell_type, locked=marks["locked"],
                             source=cell.source, checksum=compute_checksum(cell))


def fill(root: Path, students: Sequence[Student] = (), read: bool = True) -> Path:
    """Add the class to a course, with graded submissions whose answers were read, except for some students."""
    students = students or the_class()
    with mock.patch("nbgrader.api.get_alembic_version", return_value="new"), opened(root) as book:
        enter(book, duedate="2026-10-01 10:00:00.000000 UTC")
        for number, student in enumerate(students, start=1):
            book.add_student(student.id, first_name=student.first_name, last_name=student.last_name,
                             email=student.email)
            if number not in MISSING:
                notebook, points = answer(next((stem for stem, numbers in DONE.items() if number in numbers),
                                               "right_units_swapped"))
                notebook = nbformat.from_dict(notebook)
                if number in OWN_LOOPS:
                    next(cell for cell in notebook.cells if cell.id == "unroll").source = LOOP.format(
                        state=f"state_{number}", kept="kept" * (1 + number % 5), start=number % 3)
                words = words_of(student, number, students[number - 2])
                next(cell for cell in notebook.cells if cell.id == TASK).source = words
                course.submit(root, student.id, NAME, notebook)
                if number not in UNGRADED:
                    add_graded(root, book, student.id, notebook, points,
                               number % 9 / 2 if read and number not in UNREAD else None)
        book.db.commit()
    return root


def write_graded(root: Path, student: str, notebook: NotebookNode) -> None:
    """Write the graded notebook of a submission."""
    path, notebook = root / "autograded" / student / NAME / f"{NAME}.ipynb", nbformat.from_dict(notebook)
    path.parent.mkdir(parents=True, exist_ok=True)
    notebook.metadata[FINGERPRINT] = fingerprint(root / "submitted" / student / NAME)
    nbformat.write(notebook, path)


def add_graded(root: Path, book: Gradebook, student: str, notebook: NotebookNode, points: dict[str, float],
               read: float | None = None) -> None:
    """Add what autograde leaves of a submission, and the points for the answer in words if it was read."""
    write_graded(root, student, notebook)
    for grade in book.add_submission(NAME, student).notebooks[0].grades:
        grade.auto_score, grade.manual_score = points.get(grade.name), read if grade.name == TASK else None
        grade.needs_manual_grade = grade.auto_score is None and grade.manual_score is None
    book.db.commit()
