"""`parity grade`: grade every submission of an exercise, whatever state it is in, and keep what is graded already.

It runs nbgrader's own ``Autograde`` with nbgrader_config.py on a normalised copy of each submission: without links,
under the file names of the exercise, without a time that cannot be read. The files in ``submitted/`` are not changed.

Chapter: *For instructors*.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import os
import random
import signal
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import joblib
import psutil
from filelock import FileLock, Timeout
from joblib.externals.loky import get_reusable_executor
from joblib.externals.loky.process_executor import TerminatedWorkerError
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps import NbGraderApp
from nbgrader.converters import Autograde

from parity_grading import grading_log, release_version
from parity_grading.course import (
    FINGERPRINT,
    NOT_LISTED,
    graded_fingerprint,
    listed_students,
    load_course,
    submission_folders,
)
from parity_grading.kernel import PREFIX, remove_leftovers
from parity_grading.normalise_submission import fingerprint, normalise, printable
from parity_lib.errors import require, require_int
from parity_lib.progress import progress_bar

LOCK = ".parity-grading.lock"
LOCKED = "database is locked"       # the words of SQLite
TRACEBACK = "Traceback (most recent call last):"
WAITS = (1, 2, 4, 8, 16)            # seconds; SQLite has waited for five more each time
PATTERNS = "[]*?"                   # nbgrader takes names for patterns
LOST = ("each process that graded it was killed by something else. Is there too little memory for so many jobs? Grade "
        "it again, with fewer")


@dataclass
class Row:
    """The result of grading one submission; ``why`` is the reason if that failed."""

    student: str
    state: str = "graded"       # graded, kept, failed
    points: float | None = None
    most: float | None = None
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)
    why: str | None = None


def grade(root: Path, name: str, students: tuple[str, ...] = (), force: bool = False, jobs: int = 1) -> Iterator[Row]:
    """Grade the submissions of an exercise, of all students or of these, and yield a row for each as it is graded.

    A submission that was graded and has not changed since is kept, unless ``force``. With several ``jobs``, as many
    processes grade at the same time, and rows come as they are completed. Time limits are wall-clock limits, so more
    jobs than cores can make a cell too slow. Raise ValueError if there is no submission, the gradebook does not know
    the exercise, or another command is grading this course.
    """
    from parity_grading import private_tests  # imports PyTorch, which other commands can do without

    require_int("jobs", jobs, least=1)
    app = load_course(Path(root).resolve())
    folders = submission_folders(app, name)
    require(bool(folders), "name", name, f"an exercise with submissions in {app.coursedir.submitted_directory}/")
    for student in students:
        require(student in {folder.parent.name for folder in folders}, "student", student,
                f"the id of a student who has submitted {name}")
    folders = [folder for folder in folders if not students or folder.parent.name in students]
    notebooks = notebooks_of(app, name)     # also creates the database, which only one process may do
    unlisted = _unlisted_students(app, folders)
    private_tests.try_on_correct_answers(app.coursedir, name)
    if min(jobs, len(folders)) == 1:
        rows = (grade_submission(app, folder, name, notebooks, force) for folder in folders)
    else:
        rows = _grade_in_parallel(app, folders, name, force, jobs)
    with (course_lock(app), contextlib.closing(rows),
          progress_bar(len(folders), None, desc=name, unit="submission") as bar):
        for row in rows:
            bar.update()
            row.notes += [NOT_LISTED] * (row.student in unlisted)
            if row.state != "kept" or grading_log.failure_reason(app, row.student, name):
                grading_log.write(app, row.student, name, row.why, row.seconds, row.notes)
            yield row


def _unlisted_students(app: NbGraderApp, folders: list[Path]) -> set[str]:
    """Return the students among these submissions who are not in the class list, if there is a list."""
    with gradebook(app) as book:
        known = listed_students(book)
    return {folder.parent.name for folder in folders} - known if known else set()


def notebooks_of(app: NbGraderApp, name: str) -> list[str]:
    """Return the names of an exercise's notebooks. Raise ValueError if the gradebook does not know the exercise."""
    with gradebook(app) as book:
        try:
            return [notebook.name for notebook in book.find_assignment(name).notebooks]
        except MissingEntry:
            raise ValueError(f"`{name}` is not in the gradebook yet: nbgrader generate_assignment {name}") from None


def gradebook(app: NbGraderApp) -> Gradebook:
    """Return the open gradebook of a course, to be used in a ``with`` statement."""
    return Gradebook(app.coursedir.db_url, app.coursedir.course_id)


@contextlib.contextmanager
def course_lock(app: NbGraderApp) -> Iterator[None]:
    """Keep every other `parity grade` out of this course. Raise ValueError if one is running."""
    path = Path(app.coursedir.root, LOCK)
    try:
        # The operating system releases the lock, however this process ends.
        with FileLock(path, timeout=0, mode=0o660 if app.coursedir.groupshared else 0o600):
            yield
    except Timeout:
        raise ValueError(f"another process is grading this course (it holds {path}). Wait for it, or stop it: the "
                         "submissions that it has graded are kept") from None


# ---------------------------------------------------------------- several submissions at the same time


def _grade_in_parallel(app: NbGraderApp, folders: list[Path], name: str, force: bool, jobs: int) -> Iterator[Row]:
    """Grade in ``jobs`` processes. A process that is killed costs at most a failed row for its submission.

    joblib then drops all submissions that are not finished. Those that had been started are graded again one at a time,
    in a process of their own, and fail if that is killed as well; the others are graded in parallel as before.
    """
    waiting, started, root = deque(folders), [], Path(app.coursedir.root)

    def tasks() -> Iterator[Any]:
        while waiting:
            started.append(waiting.popleft())
            yield joblib.delayed(_grade_in_worker)(os.getpid(), root, name, started[-1], force)

    try:
        while waiting:
            try:
                with contextlib.closing(_parallel(jobs)(tasks())) as rows:
                    for row in rows:
                        started.remove(next(folder for folder in started if folder.parent.name == row.student))
                        yield row
            except TerminatedWorkerError:
                while started:
                    folder = started.pop()
                    yield _grade_alone(app, folder, name, force)
    finally:
        get_reusable_executor(kill_workers=True).shutdown()     # else its processes wait for more work for minutes
        remove_leftovers()


def _grade_alone(app: NbGraderApp, folder: Path, name: str, force: bool) -> Row:
    """Grade one submission in a process of its own, twice if that is killed."""
    for _ in range(2):
        task = joblib.delayed(_grade_in_worker)(os.getpid(), Path(app.coursedir.root), name, folder, force)
        with contextlib.suppress(TerminatedWorkerError):
            [row] = _parallel(2)([task])
            return row
    row = Row(folder.parent.name)
    fail(app, row, name, LOST)
    return row


def _parallel(jobs: int) -> joblib.Parallel:
    with joblib.parallel_config(backend="loky", inner_max_num_threads=1):
        return joblib.Parallel(jobs, batch_size=1, pre_dispatch=jobs, return_as="generator_unordered")


def _grade_in_worker(parent: int, root: Path, name: str, folder: Path, force: bool) -> Row:
    """Grade one submission in a process of joblib's."""
    app, notebooks = _prepare_worker(parent, root, name)
    return grade_submission(app, folder, name, notebooks, force)


@functools.cache
def _prepare_worker(parent: int, root: Path, name: str) -> tuple[NbGraderApp, list[str]]:
    """Load the course once per process, and let the process end with the one that has started it."""
    def end_with_parent() -> None:
        with contextlib.suppress(psutil.Error):
            psutil.Process(parent).wait()
        for child in psutil.Process().children(recursive=True):
            with contextlib.suppress(psutil.Error):
                child.kill()
        os._exit(1)

    threading.Thread(target=end_with_parent, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)    # after Ctrl-C the parent ends its workers itself
    app = load_course(root)
    return app, notebooks_of(app, name)


# ---------------------------------------------------------------- one submission


def grade_submission(app: NbGraderApp, folder: Path, name: str, notebooks: list[str], force: bool) -> Row:
    """Grade one submission, or say why that was not possible."""
    row, start = Row(folder.parent.name), time.monotonic()
    graded = _graded(app, row.student, name)
    with tempfile.TemporaryDirectory(prefix=f"{PREFIX}{os.getpid()}-") as place:     # remove_leftovers knows the prefix
        copy = Path(place) / row.student / name
        try:
            require(not set(row.student) & set(PATTERNS), "student", row.student, f"an id without any of {PATTERNS}")
            row.notes.extend(normalise(folder, copy, notebooks))     # one by one: it may raise after the first
            row.notes.extend(release_version.notes(copy, released(app, name), notebooks))
            digest = fingerprint(copy)
            points = None
            if not force and graded_fingerprint(graded) == digest:
                points = retry_if_locked(score, app, row.student, name)
            if points:
                row.state = "kept"
            else:
                retry_if_locked(autograde, app, Path(place), row.student, name)
                retry_if_locked(skip_dropped_tasks, app, row.student, name)
                (graded / FINGERPRINT).write_text(digest, encoding="ascii")
                points = retry_if_locked(score, app, row.student, name)
            row.points, row.most = points
        except Exception as error:      # whatever happens to one submission, the next one is graded
            fail(app, row, name, f"{type(error).__name__}: {error}")
    row.seconds = time.monotonic() - start
    row.notes = [printable(note) for note in row.notes]
    return row


def fail(app: NbGraderApp, row: Row, name: str, reason: str) -> None:
    """Note that a submission could not be graded, and withdraw the points of an earlier grading."""
    row.state, row.why = "failed", printable(reason)
    row.notes.append(row.why)
    (_graded(app, row.student, name) / FINGERPRINT).unlink(missing_ok=True)  # so that the next command grades it again
    retry_if_locked(withdraw, app, row.student, name)


def _graded(app: NbGraderApp, student: str, name: str) -> Path:
    return Path(app.coursedir.format_path(app.coursedir.autograded_directory, student, name))


def released(app: NbGraderApp, name: str) -> Path:
    """Return the folder of an exercise as students get it."""
    return Path(app.coursedir.format_path(app.coursedir.release_directory, ".", name))


def retry_if_locked(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function, again and again if another process holds the database: no submission should fail for that."""
    for seconds in WAITS:
        try:
            return function(*arguments)
        except Exception as error:
            if LOCKED not in str(error):
                raise
        time.sleep(seconds * random.uniform(0.5, 1.5))
    return function(*arguments)


def autograde(app: NbGraderApp, submitted: Path, student: str, name: str) -> None:
    """Run nbgrader's Autograde on one submission below ``submitted``. Raise RuntimeError if it fails."""
    settings = {"submitted_directory": str(submitted), "student_id": student, "assignment_id": name}
    before = {key: getattr(app.coursedir, key) for key in settings}
    for key, value in settings.items():
        setattr(app.coursedir, key, value)
    converter, errors = Autograde(coursedir=app.coursedir, parent=app), ErrorLog()
    converter.force = True
    converter.log.addHandler(errors)
    try:
        converter.start()
    except Exception as error:
        raise RuntimeError(errors.reason() or str(error)) from None
    finally:
        converter.log.removeHandler(errors)
        for key, value in before.items():
            setattr(app.coursedir, key, value)


class ErrorLog(logging.Handler):
    """The errors that nbgrader logs; its exceptions say only that there was one."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the text of a record."""
        self.lines.append(record.getMessage())

    def reason(self) -> str:
        """Return the error in the last traceback, without the lines that SQLAlchemy adds to it."""
        traces = [text for text in self.lines if TRACEBACK in text]
        lines = traces[-1].rpartition(TRACEBACK)[2].strip("\n").splitlines() if traces else []
        return next((line for line in lines if not line.startswith(" ")), "")


# ---------------------------------------------------------------- the gradebook


def withdraw(app: NbGraderApp, student: str, name: str) -> None:
    """Remove a submission's points for tests. Points that a person gave stay, and wait to be looked at again."""
    with gradebook(app) as book, contextlib.suppress(MissingEntry):
        for notebook in book.find_submission(name, student).notebooks:
            for entry in notebook.grades:
                entry.auto_score, entry.needs_manual_grade = None, True
        book.db.commit()


def skip_dropped_tasks(app: NbGraderApp, student: str, name: str) -> None:
    """Let nobody read the answer to a task that is worth no points, as after `parity regrade --drop`."""
    with gradebook(app) as book:
        for notebook in book.find_submission(name, student).notebooks:
            for entry in notebook.grades:
                if entry.max_score == 0:
                    entry.auto_score, entry.needs_manual_grade = 0.0, False
        book.db.commit()


def score(app: NbGraderApp, student: str, name: str) -> tuple[float, float] | None:
    """Return a submission's points and the maximum; None if the gradebook, which may be newer, does not know it."""
    with gradebook(app) as book, contextlib.suppress(MissingEntry):
        submission = book.find_submission(name, student)
        return submission.score, submission.max_score
