"""`parity grade`: every hand-in of an exercise, whatever state it is in; what is done is not done again.

Chapter: *For instructors*. It drives nbgrader's own ``Autograde`` with nbgrader_config.py, and does what no setting of
it can: a copy of each hand-in is put in order first, without links, under the file's right name, without a time that
cannot be read. The files in ``submitted/`` stay as they are.
"""

from __future__ import annotations

import contextlib
import logging
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps import NbGraderApp
from nbgrader.converters import Autograde
from sqlalchemy import make_url

from parity_lib.errors import require, require_int
from parity_lib.teaching import edition, outcome, parallel, private_tests, unfinished
from parity_lib.teaching.course import FINGERPRINT as RECORD
from parity_lib.teaching.course import NOT_LISTED as UNKNOWN
from parity_lib.teaching.course import graded_fingerprint as recorded
from parity_lib.teaching.course import listed_students as listed
from parity_lib.teaching.course import load_course as course
from parity_lib.teaching.course import submission_folders as hand_ins
from parity_lib.teaching.kernel import PREFIX
from parity_lib.teaching.tidy import fingerprint, printable, tidy
from parity_lib.training import progress_bar

LOCK = ".parity-grading.lock"
LOCKED = "database is locked"       # what SQLite says
TRACEBACK = "Traceback (most recent call last):"
WAITS = (1, 2, 4, 8, 16)            # seconds; each time SQLite has waited for five before it says so
PATTERNS = "[]*?"           # nbgrader takes names for patterns


@dataclass
class Row:
    """What became of one student's hand-in."""

    student: str
    state: str = "graded"       # graded, kept, failed
    points: float | None = None
    most: float | None = None
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)
    why: str | None = None      # it failed


def grade(root: Path, name: str, students: tuple[str, ...] = (), force: bool = False, jobs: int = 1,
          scheduler: str | None = None) -> Iterator[Row]:
    """Grade the hand-ins of an exercise and yield a row for each, as it is done.

    One that was graded before and has not changed since is kept, unless ``force``. ``jobs`` are graded at a time, in
    processes of their own, or as many as a Dask ``scheduler``'s workers take; :mod:`parity_lib.teaching.parallel` says
    what that asks for. Rows then come as hand-ins are done, else in the order of the students' names. Time limits
    are of the clock on the wall: more jobs than cores make cells too slow for them. Raises ValueError where nothing
    was handed in, the exercise is not in the gradebook, or the course is being graded already.
    """
    require_int("jobs", jobs, least=1)
    root = Path(root).resolve()
    app = course(root)
    folders = chosen(app, name, students)
    notebooks = notebooks_of(app, name)     # makes the database, too, which only one process may do
    strangers = _strangers(app, folders)
    private_tests.tried(app.coursedir, name)
    with alone(app), progress_bar(len(folders), None, desc=name, unit="hand-in") as bar:
        unfinished.remove(root / app.coursedir.autograded_directory)
        with contextlib.closing(_rows(app, folders, name, notebooks, force, jobs, scheduler)) as rows:
            for row in rows:    # each passes here, in this process, one at a time
                bar.update()
                row.notes += [UNKNOWN] * (row.student in strangers)
                if row.state != "kept" or outcome.recall(app, row.student, name):
                    outcome.remember(app, row.student, name, row.why, row.seconds, row.notes)
                yield row


def _rows(app: NbGraderApp, folders: list[Path], name: str, notebooks: list[str], force: bool, jobs: int,
          scheduler: str | None) -> Iterator[Row]:
    """A row for each hand-in, from this process or from others."""
    if scheduler is None and min(jobs, len(folders)) == 1:
        for folder in folders:
            yield one(app, folder, name, notebooks, force)
        return
    local = make_url(app.coursedir.db_url).get_backend_name() == "sqlite"
    with contextlib.closing(parallel.graded(
            Path(app.coursedir.root), name, folders, force, jobs, scheduler, local)) as found:
        for fields in found:
            if "lost" in fields:
                row = Row(Path(fields["lost"]).parent.name)
                fail(app, row, name, f"each of {parallel.ATTEMPTS} processes that graded it was ended from outside; "
                     "is there too little memory for so many jobs?")
                yield row
            else:
                yield Row(**fields)


def chosen(app: NbGraderApp, name: str, students: tuple[str, ...]) -> list[Path]:
    """The folders of these students' hand-ins, or of all. Raises ValueError where there is none."""
    folders = hand_ins(app, name)
    require(bool(folders), "name", name, f"an exercise with hand-ins in {app.coursedir.submitted_directory}/")
    there = [folder.parent.name for folder in folders]
    for student in students:
        require(student in there, "student", student, f"one who has handed in {name}")
    return [folder for folder in folders if not students or folder.parent.name in students]


def _strangers(app: NbGraderApp, folders: list[Path]) -> set[str]:
    """Whose hand-ins these are and who is not in the list, where there is a list."""
    with Gradebook(app.coursedir.db_url, app.coursedir.course_id) as book:
        known = listed(book)
    return {one.parent.name for one in folders} - known if known else set()


def notebooks_of(app: NbGraderApp, name: str) -> list[str]:
    """The notebooks of an exercise. Raises ValueError where the gradebook does not know it."""
    with Gradebook(app.coursedir.db_url, app.coursedir.course_id) as book:
        try:
            return [one.name for one in book.find_assignment(name).notebooks]
        except MissingEntry:
            raise ValueError(f"`{name}` is not in the gradebook yet: nbgrader generate_assignment {name}") from None


@contextmanager
def alone(app: NbGraderApp) -> Iterator[None]:
    """Keep a second `parity grade` out of this course. Raises ValueError where there is a first."""
    path = Path(app.coursedir.root, LOCK)
    try:
        # The system lets go of it, however this process ends.
        with FileLock(path, timeout=0, mode=0o660 if app.coursedir.groupshared else 0o600):
            yield
    except Timeout:
        raise ValueError(f"this course is being graded in another process, which holds {path}: wait for it to end, "
                         "or stop it; what it has graded is kept") from None


def one(app: NbGraderApp, folder: Path, name: str, notebooks: list[str], force: bool) -> Row:
    """Grade one hand-in, or say why that was not possible."""
    row, began = Row(folder.parent.name), time.monotonic()
    graded = _graded(app, row.student, name)
    with tempfile.TemporaryDirectory(prefix=f"{PREFIX}{os.getpid()}-") as place:     # removed after a kill, too
        copy = Path(place) / row.student / name
        try:
            require(not set(row.student) & set(PATTERNS), "student", row.student, f"a name without any of {PATTERNS}")
            row.notes.extend(tidy(folder, copy, notebooks))     # what it said before it failed, too
            row.notes.extend(edition.notes(copy, released(app, name), notebooks))
            digest = fingerprint(copy)
            if not force and recorded(graded) == digest and unlocked(entered, app, row.student, name):
                row.state = "kept"
            else:
                unlocked(autograde, app, Path(place), row.student, name)
                unlocked(drop, app, row.student, name)
                (graded / RECORD).write_text(digest, encoding="ascii")
            row.points, row.most = unlocked(score, app, row.student, name)
        except Exception as error:      # whatever a hand-in does, the next one gets its turn
            fail(app, row, name, f"{type(error).__name__}: {error}")
    row.seconds = time.monotonic() - began
    row.notes = [printable(note) for note in row.notes]
    return row


def fail(app: NbGraderApp, row: Row, name: str, why: str) -> None:
    """Note that a hand-in could not be graded; it keeps no points of an earlier one."""
    row.state = "failed"
    row.why = printable(why)
    row.notes.append(row.why)
    (_graded(app, row.student, name) / RECORD).unlink(missing_ok=True)      # else the next command keeps no points
    unlocked(withdraw, app, row.student, name)


def _graded(app: NbGraderApp, student: str, name: str) -> Path:
    return Path(app.coursedir.root, app.coursedir.format_path(app.coursedir.autograded_directory, student, name))


def released(app: NbGraderApp, name: str) -> Path:
    """The folder with an exercise as students get it."""
    return Path(app.coursedir.format_path(app.coursedir.release_directory, ".", name))


def unlocked(do: Callable[..., Any], *arguments: Any) -> Any:
    """Do it, again where the database was locked: another process writes, and no hand-in is to pay for that."""
    for seconds in WAITS:
        try:
            return do(*arguments)
        except Exception as error:
            if LOCKED not in str(error):
                raise
        time.sleep(seconds * random.uniform(0.5, 1.5))
    return do(*arguments)


# ---------------------------------------------------------------- one hand-in


def autograde(app: NbGraderApp, submitted: Path, student: str, name: str) -> None:
    """nbgrader's Autograde on one hand-in below ``submitted``. Raises what nbgrader raises."""
    with pointed_at(app, submitted, student, name):
        converter = Autograde(coursedir=app.coursedir, parent=app)
        converter.force = True
        heard = Heard()
        converter.log.addHandler(heard)
        try:
            converter.start()
        except Exception as error:
            raise RuntimeError(heard.reason() or str(error)) from None
        finally:
            converter.log.removeHandler(heard)


class Heard(logging.Handler):
    """What nbgrader logs as an error: its exceptions say only that there was one."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record's text."""
        self.lines.append(record.getMessage())

    def reason(self) -> str:
        """What the last traceback that nbgrader logged says was wrong: a database goes on for lines."""
        traces = [text for text in self.lines if TRACEBACK in text]
        said = traces[-1].rpartition(TRACEBACK)[2].strip("\n").splitlines() if traces else []
        return next((line for line in said if not line.startswith(" ")), "")


@contextmanager
def pointed_at(app: NbGraderApp, submitted: Path, student: str, name: str) -> Iterator[None]:
    """Inside, nbgrader's course is one hand-in."""
    own = app.coursedir
    before = {key: getattr(own, key) for key in ("submitted_directory", "student_id", "assignment_id")}
    own.submitted_directory, own.student_id, own.assignment_id = str(submitted), student, name
    try:
        yield
    finally:
        for key, value in before.items():
            setattr(own, key, value)


def withdraw(app: NbGraderApp, student: str, name: str) -> None:
    """A hand-in that could not be graded has no points of an earlier one; what was given by hand waits to be read."""
    with Gradebook(app.coursedir.db_url, app.coursedir.course_id) as book:
        try:
            submission = book.find_submission(name, student)
        except MissingEntry:
            return
        for notebook in submission.notebooks:
            for grade in notebook.grades:
                grade.auto_score, grade.needs_manual_grade = None, True
        book.db.commit()


def drop(app: NbGraderApp, student: str, name: str) -> None:
    """Nobody has to read an answer to a task that is worth no points, as after `parity regrade --drop`."""
    with Gradebook(app.coursedir.db_url, app.coursedir.course_id) as book:
        for notebook in book.find_submission(name, student).notebooks:
            for grade in notebook.grades:
                if grade.max_score == 0:
                    grade.auto_score, grade.needs_manual_grade = 0.0, False
        book.db.commit()


def entered(app: NbGraderApp, student: str, name: str) -> bool:
    """Whether the gradebook has a submission: it may be older than the graded files, or begun anew."""
    with Gradebook(app.coursedir.db_url, app.coursedir.course_id) as book:
        try:
            return book.find_submission(name, student) is not None
        except MissingEntry:
            return False


def score(app: NbGraderApp, student: str, name: str) -> tuple[float, float]:
    """A submission's points in the gradebook, and the most it can have."""
    with Gradebook(app.coursedir.db_url, app.coursedir.course_id) as book:
        submission = book.find_submission(name, student)
        return submission.score, submission.max_score
