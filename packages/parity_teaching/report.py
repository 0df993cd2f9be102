"""Tools for creating a report on a class's results. On this page, a student's words are text, never HTML."""

import operator
import os
import re
import statistics
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import nbformat
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup, escape
from nbconvert.filters import strip_ansi
from nbformat import NotebookNode
from nbgrader.apps import NbGraderApp
from nbgrader.utils import is_grade, is_solution

from parity_checks.answers import NOT_WRITTEN
from parity_grading.course import exercise_folder, find_assignment, open_gradebook, write_file
from parity_grading.export import rounded
from parity_grading.sanitise import matrices_in_columns
from parity_grading.status import StudentStatus, read_statuses, summarise
from parity_grading.untrusted import mark, named_cells, printable, visible
from parity_lib.errors import require
from parity_teaching.addresses import addresses
from parity_teaching.feedback import PART, link_sections, task_of
from parity_teaching.rubric import first_sentence, parse_rubric, points_by_demand, task_titles

GRADED = ("needs reading", "read")      # states in which a submission has points
LONGEST_EXAMPLE = 2000                  # characters
STUDENTS_ERROR = re.compile(r"( stopped with \w+): .*")
Notebook = dict[str, NotebookNode]      # by the names of the cells


@dataclass
class TaskPoints:
    """The points that each student received for a task, or for one requirement of its rubric."""

    name: str
    most: float
    points: dict[str, float] = field(default_factory=dict)
    by_demand: dict[str, list[float]] = field(default_factory=dict)     # points for each demand, if they are known
    comments: dict[str, str] = field(default_factory=dict)              # what was written to the students
    blank: set[str] = field(default_factory=set)                        # students who wrote nothing
    cell: str = ""      # the name of its cell, which is its place on a feedback page

    def demands(self, rubric: Iterable[tuple[float, str]]) -> "list[TaskPoints]":
        """Return the points for each requirement of a rubric, under its text and with the worst results first."""
        demands = [TaskPoints(text, worth, {student: points[place] for student, points in self.by_demand.items()
                                            if place < len(points) and student not in self.blank})
                   for place, (worth, text) in enumerate(rubric)]
        return sorted((demand for demand in demands if demand.points),
                      key=lambda demand: -demand.lost / len(demand.points) / (demand.most or 1))

    @property
    def lost(self) -> float:
        """The sum of the points that all students lost."""
        return sum(self.most - value for value in self.points.values())

    @property
    def groups(self) -> dict[str, list[str]]:
        """The students with all, some or none of the points."""
        groups: dict[str, list[str]] = {"all": [], "some": [], "none": []}
        for student, value in self.points.items():
            groups["all" if value >= self.most else "some" if value > 0 else "none"].append(student)
        return groups

    @property
    def counts(self) -> dict[str, int]:
        """The number of students in each group."""
        return {share: len(students) for share, students in self.groups.items()}


@dataclass
class FrequentMessage:
    """A message from the checks, with a full example, the section to read, and the affected students for each task."""

    text: str
    example: str
    section: str
    likely: bool        # whether a check has named the likely cause
    code: str = ""      # of the first student
    tasks: dict[str, list[str]] = field(default_factory=dict)

    def text_for(self, students: list[str]) -> str:
        """Return the text. For a single student, it can contain output of the student's own code."""
        return self.text if self.likely or len(students) > 1 else self.example.splitlines()[0][:160]

    @property
    def students(self) -> list[str]:
        """The students who received the message, without duplicates."""
        return sorted({student for students in self.tasks.values() for student in students})


@dataclass
class ClassReport:
    """The results of a whole class on an exercise."""

    exercise: str
    states: Counter[str]
    tasks: list[TaskPoints]
    messages: list[FrequentMessage]
    students: list[StudentStatus]       # by name
    titles: dict[str, str]              # of the tasks, by name
    demands: dict[str, tuple[tuple[float, str], ...]] = field(default_factory=dict)     # on written answers, by task
    feedback: dict[str, str] = field(default_factory=dict)          # addresses of pages, by student

    @property
    def final(self) -> list[float]:
        """The points of each student whose answers were read."""
        return [row.points for row in self.students if row.state == "read" and row.points is not None]

    @property
    def quartiles(self) -> list[float]:
        """The quartiles of the points of all students whose answers were read, or [] if there are none."""
        return statistics.quantiles(self.final, n=4, method="inclusive") if len(self.final) > 1 else self.final * 3

    @property
    def to_speak_to(self) -> dict[tuple[tuple[str, str], ...], list[StudentStatus]]:
        """The students with few points, grouped by the tasks on which they scored 0 and by the messages about those."""
        groups: dict[tuple[tuple[str, str], ...], list[StudentStatus]] = {}
        for row in self.students:
            tasks = [task.name for task in self.tasks if task.points.get(row.student) == 0]
            written = any(self.demands.get(task) for task in tasks)
            if row.state == "read" and ((row.points or 0) < row.most / 2 or len(tasks) > 1 or written):
                said = {task.name: "nothing is written." if row.student in task.blank else
                        f"no points. Your comment: “{task.comments.get(row.student, '')}”" for task in self.tasks
                        if row.student in task.blank or task.comments.get(row.student)}
                said |= {task: message.text_for(students) for message in self.messages
                         for task, students in message.tasks.items() if row.student in students}
                groups.setdefault(tuple((task, said.get(task, "")) for task in tasks), []).append(row)
        return groups

    @property
    def costliest(self) -> list[tuple[float, FrequentMessage]]:
        """The four messages naming a likely cause that cost the class the most points, each with the points lost."""
        most = {task.name: task.most for task in self.tasks}
        costs = [(sum(most.get(task, 0) * len(students) for task, students in message.tasks.items()), message)
                 for message in self.messages if message.likely]
        return sorted(costs, key=lambda cost: -cost[0])[:4]


def class_report(app: NbGraderApp, name: str) -> ClassReport:
    """Create a report on a class's results. Raise ValueError if nothing has been graded."""
    rows = read_statuses(app, name)
    graded = [row.student for row in rows if row.state in GRADED and row.points is not None]
    require(bool(graded), "name", name,
            f"an exercise with graded submissions ({summarise(rows)}); run `parity grade {name}` first")
    notebooks = {student: _cells(app, "autograded", student, name) for student in graded}
    source = nbformat.read(exercise_folder(app, "source", ".", name) / f"{name}.ipynb", as_version=4).cells
    feedback = {row.student: exercise_folder(app, "feedback", row.student, name) / f"{name}.html" for row in rows}
    tasks = points_of_tasks(app, name, graded)
    for task in tasks:
        task.blank = {student for student, cells in notebooks.items() for cell in cells
                      if task_of(cell) == task.name and visible(cells[cell].source).strip() in NOT_WRITTEN}
    return ClassReport(
        name, Counter(row.state for row in rows), tasks,
        frequent_messages(notebooks), sorted(rows, key=_order),
        {task_of(cell): title for cell, title in task_titles(source).items()},
        {task_of(mark(cell)): parse_rubric(cell.source).demands for cell in source if mark(cell)},
        {student: os.path.relpath(path, _path(app, name).parent) for student, path in feedback.items()
         if path.is_file()})


def _order(row: StudentStatus) -> tuple[bool, float, str, str]:
    """Return a sorting key that puts students with the fewest points first and those without final points last."""
    name = row.person.last_name or row.person.first_name or ""
    return row.state != "read", row.points or 0.0, name.casefold(), row.student


def _cells(app: NbGraderApp, step: str, student: str, name: str) -> Notebook:
    return named_cells(exercise_folder(app, step, student, name) / f"{name}.ipynb")


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
                tasks[cell.name] = TaskPoints(task_of(cell.name), cell.max_score, cell=cell.name)
        for submission in book.assignment_submissions(name):
            for notebook in submission.notebooks if submission.student.id in graded else ():
                comments = {comment.name: comment.comment for comment in notebook.comments}
                for grade in notebook.grades:
                    if grade.name in tasks and not grade.needs_manual_grade:
                        task = tasks[grade.name]
                        task.points[submission.student.id] = grade.score
                        points, comment = points_by_demand(comments.get(grade.name), grade.score)
                        if points:
                            task.by_demand[submission.student.id] = points
                        task.comments[submission.student.id] = comment.strip()
    order = list(_cells(app, "source", ".", name))
    return [tasks[cell] for cell in sorted(tasks, key=lambda cell: order.index(cell) if cell in order else len(order))]


def frequent_messages(notebooks: dict[str, Notebook]) -> list[FrequentMessage]:
    """Return the messages of failed tests, most frequent first.

    Messages are the same if they name the same likely mistake. Without one, they are the same if they belong to the
    same task and differ in numbers only, because an id without a likely mistake can be forged.
    """
    messages: dict[tuple[str, str], FrequentMessage] = {}
    for student, cells in notebooks.items():
        errors = {name: output for name, cell in cells.items() if is_grade(cell) and not is_solution(cell)
                  for output in reversed(cell.outputs) if output.output_type == "error"}
        codes = {task_of(name): cell.source[:LONGEST_EXAMPLE] for name, cell in cells.items()
                 if is_solution(cell) and not is_grade(cell)}
        for name, error in errors.items():
            task, cause = task_of(name), str(error.get("ename")).partition(": ")[2]
            text = strip_ansi(str(error.get("evalue") or error.get("ename") or "it stopped"))
            tested, *details = text.strip().splitlines() or [""]
            parts = dict(re.findall(r"^  (\w+): +(.*\S)", "\n".join(details), re.MULTILINE))
            # After the type of an error comes its text, which the student may have written.
            tested = STUDENTS_ERROR.sub(r"\1 …", tested.strip()[:300])
            likely = parts.get("likely", "")
            key = ("", cause or likely) if likely else (task, re.sub(r"\d[\d.,]*", "#", tested))
            got = parts.get("got", "")
            if got and got.count("[") == got.count("]"):        # it ends in its first line
                tested += f": got {got[:100]}, expected {parts.get('expected', '')[:100]}"
            message = messages.setdefault(key, FrequentMessage(
                likely or tested, PART.sub("", text[:LONGEST_EXAMPLE]).rstrip(),
                parts.get("read", ""), bool(likely), codes.get(task, "")))
            message.tasks.setdefault(task, []).append(student)
    return sorted(messages.values(), key=lambda message: (-len(message.students), message.text))


def write(app: NbGraderApp, report: ClassReport) -> Path:
    """Write a report as an HTML page that only its owner can read, and return its path."""
    path = _path(app, report.exercise)
    time = datetime.now().strftime("%Y-%m-%d %H:%M")
    write_file(path, page(report, addresses(Path(app.coursedir.root)).book, time).encode())
    return path


def _path(app: NbGraderApp, name: str) -> Path:
    return Path(app.coursedir.root, "private", "report", f"{name}.html")


def page(report: ClassReport, site: str = "", time: str = "") -> str:
    """Render a report, with links to the book's website ``site``, as an HTML page that loads no other files."""
    environment = Environment(loader=FileSystemLoader(Path(__file__).with_name("pages")), autoescape=True,
                              trim_blocks=True, lstrip_blocks=True, finalize=_without_control_characters)
    environment.tests["has"] = operator.contains
    environment.filters |= {"code_spans": _code_spans, "points": rounded, "message": partial(_message, site=site),
                            "first_sentence": first_sentence}
    return environment.get_template("report.html").render(report=report, time=time)


def _without_control_characters(value: Any) -> Any:
    """Replace invisible characters in a string (some reverse the text direction), but leave markup as it is."""
    return value if isinstance(value, Markup) else "\n".join(map(printable, str(value).split("\n")))


def _message(text: str, site: str) -> Markup:
    """Convert a message to HTML, with matrices side by side and links to the book."""
    return Markup(link_sections(matrices_in_columns(str(escape(_without_control_characters(text)))), site))


def _code_spans(text: str) -> Markup:
    """Convert text between backticks to HTML code elements."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(printable(text)))))
