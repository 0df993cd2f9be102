"""`parity report`: what a class found hard and what it misunderstood, from the gradebook and the graded notebooks.

Chapter: *For instructors*. This module counts; :mod:`~parity_lib.teaching.report_page` makes the page.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderApp

from parity_lib.checks.answers import ANSWERS
from parity_lib.teaching import outcome, reading, similar, status
from parity_lib.teaching.feedback import COLOUR
from parity_lib.teaching.grade import course
from parity_lib.teaching.similar import Alike

GRADED = ("needs reading", "read")
TOO_LONG = ("Timeout", "KernelStopped")     # errors that grading writes into a cell
LONGEST = 2000      # characters of an example
RUBRIC = "**Rubric.**"


@dataclass
class Task:
    """A cell that has points: a test, or an answer in words; ``points`` are those that were given, by student."""

    name: str
    most: float
    words: bool
    points: dict[str, float] = field(default_factory=dict)

    @property
    def all(self) -> int:
        """How many have all points."""
        return sum(one >= self.most for one in self.points.values())

    @property
    def none(self) -> int:
        """How many have no point."""
        return sum(one <= 0 for one in self.points.values())


@dataclass
class Misconception:
    """What a check takes for the likely mistake, and who made it, by task."""

    likely: str
    example: str
    read: str
    known: bool = True      # whether the check named a likely mistake
    tasks: dict[str, list[str]] = field(default_factory=dict)

    @property
    def students(self) -> list[str]:
        """Whoever made it in any task: one slip in a step is one in the loop around it, too."""
        return sorted({one for students in self.tasks.values() for one in students})


@dataclass
class Report:
    """The numbers of a page about one exercise."""

    name: str
    states: Counter[str]
    names: dict[str, str]
    most: float
    points: dict[str, float]
    tasks: list[Task]
    misconceptions: list[Misconception]
    alike: list[Alike]
    seconds: dict[str, float]
    notes: dict[str, list[str]]
    agreement: list[Any]

    @property
    def telling(self) -> list[Alike]:
        """Groups of answers that are long enough to look at."""
        return [one for one in self.alike if one.telling]


def report(root: Path, name: str) -> Report:
    """Count. Raises ValueError where the exercise is not in the gradebook, or nothing was graded."""
    app = course(root)
    rows = status.states(app, name)
    graded = [row.student for row in rows if row.state in GRADED and row.points is not None]
    if not graded:
        raise ValueError(f"name must be an exercise with graded hand-ins, but it is {name!r} "
                         f"({status.totals(rows)}): parity grade {name}")
    notebooks = {student: cells(notebook_of(app, student, name)) for student in graded}
    kept = outcome.entries(app, name)
    notes = {student: [*kept.get(student, {}).get("notes", []), *_stopped(found)]
             for student, found in notebooks.items()}
    return Report(
        name, Counter(row.state for row in rows), {row.student: row.full_name for row in rows},
        max(row.most for row in rows), {row.student: row.points for row in rows if row.state == "read"},
        _tasks(app, name, set(graded)), misconceptions(notebooks), _alike(app, name, notebooks),
        {student: round(seconds, 1) for student in graded if (seconds := kept.get(student, {}).get("seconds"))},
        {student: said for student, said in notes.items() if said}, agreement(root, name))


def agreement(root: Path, name: str) -> list[Any]:
    """How far readers of answers in words agree, a row for each task and pair; nothing where one reader read all."""
    return [one for one in reading.agreement(root, name) if one.both]


# ---------------------------------------------------------------- notebooks


def notebook_of(app: NbGraderApp, student: str, name: str) -> Path:
    """A graded notebook."""
    return Path(app.coursedir.root, app.coursedir.format_path(
        app.coursedir.autograded_directory, student, name), f"{name}.ipynb")


def cells(path: Path) -> list[dict[str, Any]]:
    """A notebook's cells, each with its source as one text; none where it cannot be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return [cell | {"source": "".join(cell["source"])} for cell in found]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def marks(cell: dict[str, Any]) -> dict[str, Any]:
    """nbgrader's marks of a cell."""
    found = cell.get("metadata", {}).get("nbgrader")
    return found if isinstance(found, dict) else {}


def _errors(cell: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in cell.get("outputs", []) if one.get("output_type") == "error"]


def _stopped(found: list[dict[str, Any]]) -> list[str]:
    return [f"`{marks(cell).get('grade_id') or 'a cell of its own'}`: "
            + (COLOUR.sub("", error["evalue"]).splitlines() or [""])[0]
            for cell in found for error in _errors(cell) if error.get("ename") in TOO_LONG and error.get("evalue")]


# ---------------------------------------------------------------- points


def _tasks(app: NbGraderApp, name: str, graded: set[str]) -> list[Task]:
    """Each cell with points, in the order of the exercise's source, without answers that are still to be read.

    A task that was dropped has none.
    """
    tasks: dict[str, Task] = {}
    with Gradebook(app.coursedir.db_url, app.coursedir.course_id) as book:
        for notebook in book.find_assignment(name).notebooks:
            for cell in notebook.grade_cells:
                tasks[cell.name] = Task(task_of(cell.name), cell.max_score, cell.cell_type == "markdown")
        for entry in book.assignment_submissions(name):
            for grade in (grade for notebook in entry.notebooks for grade in notebook.grades):
                if entry.student.id in graded and not grade.needs_manual_grade:
                    tasks[grade.name].points[entry.student.id] = grade.score
    order = [marks(cell).get("grade_id") for cell in _source(app, name)]
    return [tasks[one] for one in sorted(tasks, key=lambda one: order.index(one) if one in order else len(order))
            if tasks[one].most > 0]


def task_of(cell: str) -> str:
    """The task's name as students know it, from that of its cell.

    >>> task_of("rnn-step-check")
    'rnn_step'
    """
    return cell.removesuffix("-check").replace("-", "_")


def _source(app: NbGraderApp, name: str) -> list[dict[str, Any]]:
    """The cells of the exercise with its model answers."""
    return cells(Path(app.coursedir.root, app.coursedir.format_path(
        app.coursedir.source_directory, ".", name), f"{name}.ipynb"))


# ---------------------------------------------------------------- what was misunderstood


def misconceptions(notebooks: dict[str, list[dict[str, Any]]]) -> list[Misconception]:
    """What the checks say went wrong, the most frequent first; each with its tasks, an example and where to read."""
    found: dict[tuple[str, str], Misconception] = {}
    for student, notebook in notebooks.items():
        for task, message in messages(notebook):
            parts = parsed(message)
            words = parts.get("likely", "")
            asked = parts["asked"][:300]
            key = ("", words) if words else (task, re.sub(r"\d[\d.,]*", "#", asked))
            one = found.setdefault(key, Misconception(words or asked, message[:LONGEST], parts.get("read", ""),
                                                      known=bool(words)))
            one.tasks.setdefault(task, []).append(student)
    return sorted(found.values(), key=lambda one: (-len(one.students), not one.known, one.likely))


def messages(notebook: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Each failed test of a graded notebook: its task, and the check's message."""
    for cell in notebook:
        name = marks(cell)
        if cell.get("cell_type") == "code" and name.get("grade") and not name.get("solution"):
            errors = [one for one in _errors(cell) if one.get("ename") != "KeyboardInterrupt"] or _errors(cell)
            if errors:
                text = COLOUR.sub("", str(errors[0].get("evalue") or errors[0].get("ename") or "it stopped"))
                yield task_of(str(name.get("grade_id"))), text


def parsed(message: str) -> dict[str, str]:
    """The parts of a check's message: ``asked``, and of expected, got, likely, read and again what is there.

    >>> parsed("f(2)\\n  expected: 4\\n  got:      5\\n  likely:   one too many")["likely"]
    'one too many'
    """
    first, *more = message.strip().splitlines() or [""]
    parts = {"asked": first.strip()}
    for line in more:
        if given := re.fullmatch(r"  (\w+): +(.*)", line):
            parts[given[1]] = given[2].strip()
    return parts


# ---------------------------------------------------------------- what is alike


def _alike(app: NbGraderApp, name: str, notebooks: dict[str, list[dict[str, Any]]]) -> list[Alike]:
    """Equal answers, task by task."""
    model = {marks(cell)["grade_id"]: cell["source"] for cell in _source(app, name) if marks(cell).get("solution")}
    release = Path(app.coursedir.root, app.coursedir.format_path(
        app.coursedir.release_directory, ".", name), f"{name}.ipynb")
    released = {marks(cell).get("grade_id"): cell["source"] for cell in cells(release)}
    model_words = json.loads(ANSWERS.read_text(encoding="utf-8")) if ANSWERS.is_file() else {}
    alike: list[Alike] = []
    for task, source in model.items():
        given = {student: (cell["cell_type"], cell["source"]) for student, notebook in notebooks.items()
                 for cell in notebook if marks(cell).get("grade_id") == task}
        texts = {student: text for student, (_, text) in given.items()}
        if any(kind == "markdown" for kind, _ in given.values()):
            best = model_words.get(task_of(task), source).partition(RUBRIC)[0]
            texts = {student: text for student, text in texts.items() if text.strip() != released.get(task, "").strip()}
            alike += similar.words(task_of(task), texts, best)
        else:
            alike += similar.code(task_of(task), texts, source, released.get(task, ""))
    return alike
