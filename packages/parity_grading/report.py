"""The report about a class that `parity report` writes: points per task, frequent messages and similar answers.

Chapter: *For instructors*. The numbers come from the gradebook and the graded notebooks. The page for the class names
nobody; the instructor's own copy adds names and similar answers. A student's words are text on the page, never HTML.
"""

from __future__ import annotations

import json
import os
import re
import statistics
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup, escape
from nbconvert.filters import strip_ansi
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderApp

from parity_checks.page_links import PLACE
from parity_grading import rubric, status
from parity_grading.course import load_course
from parity_grading.similar import SimilarAnswers, similar_code, similar_words

FOLDER = Path("private", "report")      # git ignores it
GRADED = ("needs reading", "read")      # states in which a submission has points
LONGEST_EXAMPLE = 2000                  # characters
OWN_TEXT = re.compile(r"( stopped with [^:]*):.*", re.DOTALL)


@dataclass
class TaskPoints:
    """A task's name, the most points that it gives, and the points of each student."""

    name: str
    most: float
    points: dict[str, float] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int]:
        """The numbers of students with all points, with some and with none."""
        points = self.points.values()
        full, none = sum(value >= self.most for value in points), sum(value <= 0 for value in points)
        return {"all": full, "some": len(points) - full - none, "none": none}


@dataclass
class FrequentMessage:
    """A message of the checks, with an example, the section of the book to read, and its students by task.

    ``known`` says whether the check recognised a usual mistake. Otherwise the message may quote the student's own code.
    """

    text: str
    example: str
    section: str
    known: bool
    tasks: dict[str, list[str]] = field(default_factory=dict)

    @property
    def students(self) -> list[str]:
        """All students who got the message, each of them once."""
        return sorted({student for students in self.tasks.values() for student in students})


@dataclass
class ClassReport:
    """The numbers about one exercise that the page shows."""

    exercise: str
    states: Counter[str]
    names: dict[str, str]
    most: float
    points: list[float]
    tasks: list[TaskPoints]
    messages: list[FrequentMessage]
    similar: list[SimilarAnswers]

    @property
    def quartiles(self) -> list[float]:
        """The three quartiles of the points of students whose submission is graded and read."""
        return statistics.quantiles(self.points, n=4, method="inclusive") if len(self.points) > 1 else self.points * 3


def class_report(root: Path, name: str) -> ClassReport:
    """Return the report on an exercise. Raise ValueError if the exercise is unknown or nothing has been graded."""
    app = load_course(root)
    rows = status.read_statuses(app, name)
    graded = [row.student for row in rows if row.state in GRADED and row.points is not None]
    if not graded:
        raise ValueError(f"name must be an exercise with graded submissions, but it is {name!r} "
                         f"({status.summarise(rows)}); run `parity grade {name}` first")
    notebooks = {student: read_cells(app, app.coursedir.autograded_directory, student, name) for student in graded}
    return ClassReport(
        name, Counter(row.state for row in rows), {row.student: row.full_name for row in rows},
        max(row.most for row in rows), [row.points for row in rows if row.state == "read"],
        _points_of_tasks(app, name, graded), frequent_messages(notebooks), _similar_answers(app, name, notebooks))


def read_cells(app: NbGraderApp, directory: str, student: str, name: str) -> dict[str, dict[str, Any]]:
    """Return the cells of a notebook that nbgrader has marked, by their names; none if it cannot be read.

    ``directory`` is one of nbgrader's, such as ``app.coursedir.source_directory``, and ``student`` is "." for a
    notebook of the course.
    """
    path = Path(app.coursedir.root, app.coursedir.format_path(directory, student, name), f"{name}.ipynb")
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return {cell["metadata"]["nbgrader"]["grade_id"]: cell | {"source": "".join(cell["source"])}
                for cell in cells if "nbgrader" in cell["metadata"]}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def task_of(cell: str) -> str:
    """Return the name of a task as students know it from the name of its cell.

    >>> task_of("rnn-step-check")
    'rnn_step'
    """
    return cell.removesuffix("-check").replace("-", "_")


def _points_of_tasks(app: NbGraderApp, name: str, graded: list[str]) -> list[TaskPoints]:
    """Return the tasks in the order of the source, without dropped tasks and without answers that nobody has read."""
    tasks: dict[str, TaskPoints] = {}
    with Gradebook(app.coursedir.db_url, app.coursedir.course_id) as book:
        for cell in (cell for notebook in book.find_assignment(name).notebooks for cell in notebook.grade_cells):
            if cell.max_score > 0:
                tasks[cell.name] = TaskPoints(task_of(cell.name), cell.max_score)
        for submission in book.assignment_submissions(name):
            for grade in (grade for notebook in submission.notebooks for grade in notebook.grades):
                if grade.name in tasks and submission.student.id in graded and not grade.needs_manual_grade:
                    tasks[grade.name].points[submission.student.id] = grade.score
    order = list(read_cells(app, app.coursedir.source_directory, ".", name))
    return [tasks[cell] for cell in sorted(tasks, key=lambda cell: order.index(cell) if cell in order else len(order))]


# ---------------------------------------------------------------- messages and similar answers


def frequent_messages(notebooks: dict[str, dict[str, dict[str, Any]]]) -> list[FrequentMessage]:
    """Return the messages of failed tests, the most frequent first, from the marked cells by student.

    Messages are the same if the checks name the same likely mistake, or else if they differ in numbers only.
    """
    found: dict[tuple[str, str], FrequentMessage] = {}
    for student, cells in notebooks.items():
        for task, message in _messages(cells):
            tested, *details = message.strip().splitlines() or [""]
            parts = dict(re.findall(r"^  (\w+): +(.*\S)", "\n".join(details), re.MULTILINE))
            likely, tested = parts.get("likely", ""), tested.strip()[:300]
            key = ("", likely) if likely else (task, re.sub(r"\d[\d.,]*", "#", tested))
            entry = found.setdefault(key, FrequentMessage(
                likely or tested, message[:LONGEST_EXAMPLE], parts.get("read", ""), bool(likely)))
            entry.tasks.setdefault(task, []).append(student)
    return sorted(found.values(), key=lambda entry: (-len(entry.students), not entry.known, entry.text))


def _messages(cells: dict[str, dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield the task and the message of each failed test in a graded notebook."""
    for name, cell in cells.items():
        errors = [output for output in cell.get("outputs", []) if output.get("output_type") == "error"]
        if errors and cell["metadata"]["nbgrader"].get("grade") and not cell["metadata"]["nbgrader"].get("solution"):
            # A cell that ran too long has a second error, from its interruption.
            error = next((error for error in errors if error.get("ename") != "KeyboardInterrupt"), errors[0])
            yield task_of(name), strip_ansi(str(error.get("evalue") or error.get("ename") or "it stopped"))


def _similar_answers(app: NbGraderApp, name: str, notebooks: dict[str, dict]) -> list[SimilarAnswers]:
    released = read_cells(app, app.coursedir.release_directory, ".", name)
    similar: list[SimilarAnswers] = []
    for task, cell in read_cells(app, app.coursedir.source_directory, ".", name).items():
        if not cell["metadata"]["nbgrader"].get("solution"):
            continue
        answers = {student: cells[task]["source"] for student, cells in sorted(notebooks.items()) if task in cells}
        if cell["cell_type"] == "markdown":
            similar += similar_words(task_of(task), answers, rubric.parse_rubric(cell["source"]).model)
        else:
            similar += similar_code(task_of(task), answers, cell["source"], released.get(task, {}).get("source", ""))
    return similar


# ---------------------------------------------------------------- the page


def write(root: Path, report: ClassReport, names: bool = False) -> Path:
    """Write the page, which only its owner can read, and return its path."""
    path = root / FOLDER / f"{report.exercise}{'-with-names' * names}.html"
    (root / FOLDER).parent.mkdir(mode=0o700, exist_ok=True)
    path.parent.mkdir(exist_ok=True)
    path.touch(0o600)
    path.chmod(0o600)       # the file may exist with another mode
    path.write_text(page(report, names), encoding="utf-8")
    return path


def page(report: ClassReport, names: bool = False) -> str:
    """Return the page as HTML: one file that loads nothing, in light and dark colours."""
    environment = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True,
                              lstrip_blocks=True, finalize=_printable)
    environment.filters |= {"code_spans": _code_spans, "section_link": _section_link,
                            "without_own_text": lambda text: OWN_TEXT.sub(r"\1", text)}
    return environment.get_template("report.html").render(report=report, names=names)


def _printable(value: Any) -> Any:
    """Return text without invisible characters, such as those that reverse the direction of writing."""
    return value if isinstance(value, Markup) else "".join(
        character if character.isprintable() or character == "\n" else "\N{REPLACEMENT CHARACTER}"
        for character in str(value))


def _code_spans(text: str) -> Markup:
    """Return text as HTML in which parts between backticks are code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(_printable(text)))))


def _section_link(section: str) -> Markup:
    """Return the name of a section, as a link if the environment's ``PARITY_BOOK`` is the address of the book."""
    place, words = PLACE.search(section), _printable(PLACE.sub("", section).strip())
    base = os.environ.get("PARITY_BOOK", "")
    if not place or not re.match(r"https?://", base):
        return escape(words)
    address = f"{base.rstrip('/')}/book/{place[1]}.html{place[2] or ''}"
    return Markup('<a href="{}">{}</a>').format(address, words)
