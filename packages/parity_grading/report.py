"""Tools for creating a report on a class's results.

`parity report` writes a page for the instructor, with the points per task and per student, and frequent messages. The
numbers come from the gradebook and the graded notebooks. A student's words are text on the page, never HTML.
"""

from __future__ import annotations

import re
import statistics
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup, escape
from nbconvert.filters import strip_ansi
from nbgrader.apps import NbGraderApp

from parity_grading.addresses import addresses
from parity_grading.course import exercise_folder, find_assignment, full_name, open_gradebook, write_file
from parity_grading.export import rounded
from parity_grading.feedback import link_sections, task_titles
from parity_grading.sanitise import matrices_in_columns
from parity_grading.status import StudentStatus, read_statuses, summarise
from parity_grading.untrusted import NotebookCell, named_cells, printable, read_cells
from parity_lib.errors import require

GRADED = ("needs reading", "read")      # states in which a submission has points
LONGEST_EXAMPLE = 2000                  # characters
STUDENTS_ERROR = re.compile(r"( stopped with \w+): .*")
Notebook = dict[str, NotebookCell]      # by the names of the cells


@dataclass
class TaskPoints:
    """The points that each student received for a task. ``most`` is the maximum."""

    name: str
    most: float
    points: dict[str, float] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int]:
        """The number of students with all, some or none of the points."""
        points = self.points.values()
        full, none = sum(value >= self.most for value in points), sum(value <= 0 for value in points)
        return {"all": full, "some": len(points) - full - none, "none": none}


@dataclass
class FrequentMessage:
    """A message from the checks, with a full example, the section to read, and the affected students by task."""

    text: str
    example: str
    section: str
    likely: bool        # whether a check has named the likely cause
    tasks: dict[str, list[str]] = field(default_factory=dict)

    @property
    def students(self) -> list[str]:
        """The students who received the message, without duplicates."""
        return sorted({student for students in self.tasks.values() for student in students})


@dataclass
class ClassReport:
    """The results of a class in an exercise."""

    exercise: str
    states: Counter[str]
    names: dict[str, str]       # of the students, by id
    tasks: list[TaskPoints]
    messages: list[FrequentMessage]
    students: list[StudentStatus]       # by name
    titles: dict[str, str]              # of the tasks, by name

    @property
    def quartiles(self) -> list[float]:
        """The quartiles of the points of all students whose answers were read, or [] if there are none."""
        points = [row.points for row in self.students if row.state == "read" and row.points is not None]
        return statistics.quantiles(points, n=4, method="inclusive") if len(points) > 1 else points * 3


def class_report(app: NbGraderApp, name: str) -> ClassReport:
    """Create a report on a class's results. Raise ValueError if nothing has been graded."""
    rows = read_statuses(app, name)
    graded = [row.student for row in rows if row.state in GRADED and row.points is not None]
    require(bool(graded), "name", name,
            f"an exercise with graded submissions ({summarise(rows)}); run `parity grade {name}` first")
    notebooks = {student: _cells(app, "autograded", student, name) for student in graded}
    source = exercise_folder(app, "source", ".", name) / f"{name}.ipynb"
    return ClassReport(
        name, Counter(row.state for row in rows), {row.student: full_name(row.person) for row in rows},
        points_of_tasks(app, name, graded), frequent_messages(notebooks),
        sorted(rows, key=_name_order),
        {task_of(cell): title for cell, title in task_titles(read_cells(source.read_bytes())).items()})


def _name_order(row: StudentStatus) -> tuple[str, ...]:
    """Return a key for sorting by last name and then by first name, in which accents do not count."""
    names = (row.person.last_name or row.person.first_name or "", row.person.first_name or "")
    return *(unicodedata.normalize("NFKD", name).casefold() for name in names), row.student


def _cells(app: NbGraderApp, step: str, student: str, name: str) -> Notebook:
    return named_cells(exercise_folder(app, step, student, name) / f"{name}.ipynb")


def task_of(cell: str) -> str:
    """Convert the name of a cell to the name of its task.

    >>> task_of("rnn-step-check")
    'rnn_step'
    """
    return cell.removesuffix("-check").replace("-", "_")


def lost_by_most(app: NbGraderApp, name: str, students: list[str]) -> list[str]:
    """Describe the tasks on which more than half of the graded students, and at least three, got no points."""
    tasks = [task for task in points_of_tasks(app, name, students) if task.counts["none"] >= 3]
    return [f"{task.name}: {task.counts['none']} of {len(task.points)} submissions have no points"
            for task in tasks if task.counts["none"] > len(task.points) / 2]


def points_of_tasks(app: NbGraderApp, name: str, graded: list[str]) -> list[TaskPoints]:
    """Return the points for each task in source order, omitting unread answers and dropped tasks."""
    tasks: dict[str, TaskPoints] = {}
    with open_gradebook(app) as book:
        for cell in (cell for notebook in find_assignment(book, name).notebooks for cell in notebook.grade_cells):
            if cell.max_score > 0:
                tasks[cell.name] = TaskPoints(task_of(cell.name), cell.max_score)
        for submission in book.assignment_submissions(name):
            for grade in (grade for notebook in submission.notebooks for grade in notebook.grades):
                if grade.name in tasks and submission.student.id in graded and not grade.needs_manual_grade:
                    tasks[grade.name].points[submission.student.id] = grade.score
    order = list(_cells(app, "source", ".", name))
    return [tasks[cell] for cell in sorted(tasks, key=lambda cell: order.index(cell) if cell in order else len(order))]


def frequent_messages(notebooks: dict[str, Notebook]) -> list[FrequentMessage]:
    """Return the messages of failed tests, with the most frequent first.

    ``notebooks`` holds the graded notebooks by student. Messages are the same if the checks name the same likely
    mistake, or else if they differ in numbers only.
    """
    messages: dict[tuple[str, str], FrequentMessage] = {}
    for student, cells in notebooks.items():
        for task, text in _failures(cells):
            tested, *details = text.strip().splitlines() or [""]
            parts = dict(re.findall(r"^  (\w+): +(.*\S)", "\n".join(details), re.MULTILINE))
            # After the type of an error comes its text, which the student may have written.
            tested = STUDENTS_ERROR.sub(r"\1 …", tested.strip()[:300])
            likely = parts.get("likely", "")
            key = ("", likely) if likely else (task, re.sub(r"\d[\d.,]*", "#", tested))
            message = messages.setdefault(key, FrequentMessage(
                likely or tested, text[:LONGEST_EXAMPLE], parts.get("read", ""), bool(likely)))
            message.tasks.setdefault(task, []).append(student)
    return sorted(messages.values(), key=lambda message: (-len(message.students), message.text))


def _failures(cells: Notebook) -> Iterator[tuple[str, str]]:
    """Yield the task and message of each failed test in a notebook."""
    for cell in cells.values():
        errors = [output for output in cell.outputs if output.get("output_type") == "error"]
        if errors and cell.marks.get("grade") and not cell.marks.get("solution"):
            yield task_of(cell.name), strip_ansi(str(errors[0].get("evalue") or errors[0].get("ename") or "it stopped"))


# ---------------------------------------------------------------- the page


def write(app: NbGraderApp, report: ClassReport) -> Path:
    """Write a report as an HTML page that only its owner can read, and return its path."""
    path = Path(app.coursedir.root, "private", "report", f"{report.exercise}.html")
    write_file(path, page(report, addresses(Path(app.coursedir.root)).book).encode())
    return path


def page(report: ClassReport, site: str = "") -> str:
    """Render a report as a self-contained HTML page that loads no other files.

    ``site`` is the address of the book's website, to which the names of sections are linked.
    """
    environment = Environment(loader=FileSystemLoader(Path(__file__).with_name("pages")), autoescape=True,
                              trim_blocks=True, lstrip_blocks=True, finalize=_without_control_characters)
    environment.filters |= {"code_spans": _code_spans, "points": rounded, "message": partial(_message, site=site)}
    return environment.get_template("report.html").render(report=report)


def _without_control_characters(value: Any) -> Any:
    """Replace invisible characters in a string, some of which reverse the text direction.

    Markup is left unchanged.
    """
    return value if isinstance(value, Markup) else "\n".join(map(printable, str(value).split("\n")))


def _message(text: str, site: str) -> Markup:
    """Convert a message to HTML, with matrices next to each other and links to the book."""
    return Markup(link_sections(matrices_in_columns(str(escape(_without_control_characters(text)))), site))


def _code_spans(text: str) -> Markup:
    """Convert text between backticks to HTML code elements."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(printable(text)))))
