"""`parity status`: what has become of each student's hand-in, from the gradebook and the folders.

Chapter: *For instructors*. :func:`states` also tells other modules where nothing was graded: its points are None there,
never 0. A hand-in of someone who is not in the list of students has a row, too.
"""

from __future__ import annotations

import csv
import functools
import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from nbgrader.api import Assignment, Gradebook, MissingEntry, Student, SubmittedAssignment
from nbgrader.apps import NbGraderApp
from nbgrader.utils import parse_utc

from parity_lib.errors import require
from parity_lib.teaching import grade, outcome, unfinished

STATES = ("missing", "collected", "failed", "half graded", "changed since", "needs reading", "read")
DONE = ("missing", "read")      # all others wait for somebody
LONGEST_TIME = 100      # characters of a timestamp.txt
UNKNOWN = grade.NOT_LISTED


@dataclass
class State:
    """Where one student stands in one exercise."""

    student: str
    state: str
    points: float | None = None     # so far, less the penalty for lateness; None where nothing was graded
    most: float = 0.0
    late: float = 0.0               # seconds after the due date, with the extension
    extension: float = 0.0          # seconds
    why: str = ""
    full_name: str = ""


def states(app: NbGraderApp, name: str) -> list[State]:
    """A state for each student, in order of their ids, and for each hand-in of somebody else.

    Raises ValueError where the exercise is not in the gradebook.
    """
    with Gradebook(app.coursedir.db_url, app.coursedir.course_id) as book:
        exercise = find(book, name)
        entries = {one.student.id: one for one in book.assignment_submissions(name)}
        students = {one.id: one for one in book.students}
        handed_in = {folder.parent.name for folder in grade.submission_folders(app, name)}
        listed = grade.listed_students(book)
        return [_state(app, exercise, one, students.get(one), entries.get(one), not listed or one in listed)
                for one in sorted(students.keys() | handed_in)]


def find(book: Gradebook, name: str) -> Assignment:
    """An exercise in the gradebook. Raises ValueError where it is not there."""
    try:
        return book.find_assignment(name)
    except MissingEntry:
        known = ", ".join(sorted(one.name for one in book.assignments)) or "none yet: nbgrader generate_assignment NAME"
        raise ValueError(f"name must be an exercise in the gradebook ({known}), but it is {name!r}") from None


def exercises(app: NbGraderApp) -> list[str]:
    """The exercises in the gradebook, in order of their due dates."""
    with Gradebook(app.coursedir.db_url, app.coursedir.course_id) as book:
        return [one.name for one in sorted(book.assignments, key=lambda one: (one.duedate or datetime.max, one.name))]


def _state(app: NbGraderApp, exercise: Assignment, student: str, known: Student | None,
           entry: SubmittedAssignment | None, listed: bool) -> State:
    hand_in = outcome.submission_folder(app, student, exercise.name)
    graded = Path(app.coursedir.root, app.coursedir.format_path(
        app.coursedir.autograded_directory, student, exercise.name))
    state, why = _stage(app, exercise, student, entry, hand_in, graded)
    row = State(student, state, most=exercise.max_score, why=why)
    if known is None or not listed:
        row.why = "; ".join(filter(None, [UNKNOWN, why]))
    if known is not None:
        row.full_name = " ".join(filter(None, [known.first_name, known.last_name]))
    if entry is not None and entry.extension is not None:
        row.extension = entry.extension.total_seconds()
    if state != "missing":
        row.late = _late(exercise, row.extension, hand_in, entry)
    if state in STATES[4:] and _has_points(entry):
        row.points = max(0.0, entry.score - (entry.late_submission_penalty or 0.0))
    return row


def _stage(app: NbGraderApp, exercise: Assignment, student: str, entry: SubmittedAssignment | None,
           hand_in: Path, graded: Path) -> tuple[str, str]:
    """The state, and what a person should know about it."""
    there = hand_in.is_dir() and any(hand_in.iterdir())
    why = outcome.failure_reason(app, student, exercise.name) if there else None
    if why is not None:
        return "failed", why
    if graded.is_dir():
        if not unfinished.finished(graded):
            return "half graded", "a grading is at work on it, or was stopped"
        if there and changed(exercise, hand_in, graded):
            return "changed since", "the hand-in differs from the one that was graded"
        if entry is None:
            return "collected", f"in {graded.parent.parent.name}/, but not in the gradebook"
        gone = "" if there else f"graded, and no longer in {hand_in.parent.parent.name}/"
        return ("needs reading" if entry.needs_manual_grade else "read"), gone
    if not there:
        return "missing", ""
    # nbgrader enters a hand-in before it grades it; an extension enters it, too, but without a time.
    if (entry is not None and (entry.timestamp is not None or entry.extension is None)
            and not outcome.has_changed(app, student, exercise.name)):
        return "failed", "its grading was stopped, or failed: parity grade grades it, or says why it cannot"
    return "collected", ""


def changed(exercise: Assignment, hand_in: Path, graded: Path) -> bool:
    """Whether a hand-in is another than the graded one: by its content, or by its time where a stock command graded."""
    record = grade.recorded(graded)
    if not record:
        return _newest(hand_in) > _newest(graded)
    with tempfile.TemporaryDirectory(prefix="parity-status-") as place:
        copy = Path(place) / "copy"
        try:
            list(grade.normalise(hand_in, copy, [one.name for one in exercise.notebooks]))
        except (OSError, ValueError):
            return True
        return grade.fingerprint(copy) != record


def _newest(folder: Path) -> float:
    return max((path.stat().st_mtime for path in folder.glob("*.ipynb")), default=0.0)


def _late(exercise: Assignment, extension: float, hand_in: Path, entry: SubmittedAssignment | None) -> float:
    came = handed_in_at(hand_in) or (entry.timestamp if entry is not None else None)
    if came is None or exercise.duedate is None:
        return 0.0
    return max(0.0, (came - exercise.duedate - timedelta(seconds=extension)).total_seconds())


def handed_in_at(hand_in: Path) -> datetime | None:
    """The time in a hand-in's timestamp.txt, in UTC; None where there is none that can be read."""
    path = hand_in / "timestamp.txt"
    try:
        return parse_utc(path.read_bytes()[:LONGEST_TIME].decode("utf8", "replace").strip())
    except Exception:       # dateutil raises many kinds
        return None


def _has_points(entry: SubmittedAssignment | None) -> bool:
    return entry is not None and any(
        one.auto_score is not None or one.manual_score is not None
        for notebook in entry.notebooks for one in notebook.grades)


def totals(rows: list[State]) -> str:
    """How many are in each state, in one line."""
    each = ((state, sum(row.state == state for row in rows)) for state in STATES)
    return f"{len(rows)} students: " + ", ".join(f"{count} {state}" for state, count in each if count)


def lines(rows: list[State]) -> Iterator[str]:
    """A line a student, and one of totals."""
    for row in rows:
        points = "" if row.points is None else f"{row.points:g} of {row.most:g}"
        late = f"{lasting(row.late)} late" if row.late else ""
        more = f"{lasting(row.extension)} more time" if row.extension else ""
        notes = "; ".join(filter(None, [late, more, row.why]))
        yield grade.printable(f"{row.student:20} {row.state:13} {points:>12}  {notes}".rstrip())
    yield totals(rows)


def overview(rows: dict[str, list[State]]) -> Iterator[str]:
    """A line an exercise."""
    for name, each in rows.items():
        yield grade.printable(f"{name:24} {totals(each)}")
    if not rows:
        yield "no exercise is in the gradebook yet: nbgrader generate_assignment NAME"


def lasting(seconds: float) -> str:
    """A length of time in its two largest units, rounded to minutes.

    >>> lasting(90_000), lasting(1500), lasting(3)
    ('1 d 1 h', '25 min', '1 min')
    """
    minutes = max(1, round(seconds / 60))
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [(days, "d"), (hours, "h")] if days else [(hours, "h"), (minutes, "min")]
    return " ".join(f"{count} {unit}" for count, unit in parts if count)


COLUMNS = ("exercise", "student", "name", "state", "points", "most", "seconds_late", "seconds_more", "why")


def write(path: Path, rows: dict[str, list[State]]) -> None:
    """Write a CSV file with the rows of these exercises, which its owner alone can read.

    Raises ValueError where another file than an earlier table has this name.
    """
    if path.is_file():
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            require(file.readline() in ("", ",".join(COLUMNS) + "\n"), "--csv", str(path),
                    "a new file, or an earlier table of parity status")
    with open(path, "w", encoding="utf-8-sig", newline="", opener=functools.partial(os.open, mode=0o600)) as file:
        csv.writer(file).writerows([COLUMNS, *(line for name, each in rows.items() for line in table(name, each))])


def table(name: str, rows: list[State]) -> list[list[str]]:
    """The rows of a CSV file, without its head; nothing in them is a formula to a spreadsheet."""
    return [[harmless(cell) for cell in (
        name, row.student, row.full_name, row.state, "" if row.points is None else f"{row.points:g}",
        f"{row.most:g}", f"{row.late:.0f}", f"{row.extension:.0f}", row.why)] for row in rows]


def harmless(cell: str) -> str:
    """A cell that a spreadsheet shows and does not compute."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def require_student(argument: str, student: str, students: Iterable[str]) -> None:
    """Raise ValueError unless somebody in the list of students has this id."""
    require(student in students, argument, student, "in the list of students (nbgrader db student list)")
