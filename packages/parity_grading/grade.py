"""Tools for grading the submissions for an exercise by running nbgrader's ``Autograde`` on normalised copies.

Grading that was interrupted continues where it stopped.
"""

import contextlib
import functools
import itertools
import os
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import nbformat
import psutil
from joblib.externals.loky import ProcessPoolExecutor
from joblib.externals.loky.process_executor import TerminatedWorkerError
from nbgrader.api import MissingEntry
from nbgrader.apps import NbGraderApp
from nbgrader.converters import Autograde
from nbgrader.utils import temp_attrs
from sqlalchemy.engine import make_url

from parity_grading import course, unfinished
from parity_grading.kernel import remove_leftovers, temporary_folder
from parity_grading.normalise_submission import fingerprint, normalise, set_time_aside
from parity_grading.submission_store import SubmissionStore
from parity_grading.untrusted import named_cells, printable
from parity_lib.errors import require, require_int
from parity_lib.progress import progress_bar

WILDCARDS = "[]*?"      # nbgrader uses the id of a student as a pattern for file names
LOST = ("two processes that graded it were killed, perhaps because the machine has too little memory for so many jobs; "
        "grade it again, with fewer jobs")


@dataclass
class Row:
    """The result of grading one submission. If grading failed, the last note gives the reason."""

    student: str
    state: str = "graded"       # graded, kept, failed
    points: float | None = None
    most: float | None = None
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)    # from an earlier grading
    backup: Path | None = None                          # of the gradebook, from before the whole batch


def grade(root: Path, name: str, students: tuple[str, ...] = (), force: bool = False, jobs: int = 1) -> Iterator[Row]:
    """Grade the submissions for an exercise, from the given ``students`` or from all students, and yield the results.

    A submission that was graded and has not changed since is kept, unless ``force`` is true; the gradebook is then
    copied first. ``jobs`` is the number of processes that grade at the same time. Raise ValueError if there is no
    submission, another command is grading this course, or a correct submission does not get full marks.
    """
    from parity_grading.before_grading import try_course  # imports PyTorch, which other commands can do without

    require_int("jobs", jobs, least=1)
    app = course.load_course(root)
    folders = course.submission_folders(app, name)
    require(bool(folders), "name", name, f"an exercise with submissions in {app.coursedir.submitted_directory}/")
    for student in students:
        require(student in {folder.parent.name for folder in folders}, "student", student,
                f"the id of a student who has submitted {name}")
    folders = [folder for folder in folders if not students or folder.parent.name in students]
    with course.open_gradebook(app) as book:       # which also creates the database: only one process may do that
        course.find_assignment(book, name)
    try_course(app.coursedir, app.config, name)
    if min(jobs, len(folders)) == 1:
        rows = (grade_submission(app, folder, name, force) for folder in folders)
    else:
        task = functools.partial(_grade_in_worker, app.coursedir.root, name, force)
        rows = _grade_in_parallel(task, folders, jobs)
    with (course.course_lock(app), contextlib.closing(rows),
          progress_bar(len(folders), None, desc=name, unit="submission") as bar):
        backup = back_up(app, name, folders) if force else None
        for row in rows:
            bar.update()
            row.backup = backup
            if row.state == "failed":
                withdraw(app, row.student, name)
            SubmissionStore(app, name).record_failure(row.student, row.notes[-1] if row.state == "failed" else "")
            yield row


def _grade_in_parallel(task: Callable[[Path], Row], folders: list[Path], jobs: int) -> Generator[Row, None, None]:
    """Yield ``task(folder)`` for each folder. If a process was killed, run its task once more in a new process."""
    own, pools = threading.local(), []      # each thread has a pool of one process, and a core of its own
    cores = itertools.cycle(sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [None])

    def start_thread() -> None:
        own.core = next(cores)
        start_process()

    def start_process() -> None:
        own.pool = ProcessPoolExecutor(1, initializer=_start_worker, initargs=(os.getpid(), own.core),
                                       env={"OMP_NUM_THREADS": "1"})
        pools.append(own.pool)

    def grade_in_process(folder: Path) -> Row:
        for _ in range(2):
            try:
                return own.pool.submit(task, folder).result()
            except TerminatedWorkerError:
                start_process()
        return Row(folder.parent.name, "failed", notes=[LOST])

    threads = ThreadPoolExecutor(jobs, initializer=start_thread)
    try:
        for future in as_completed([threads.submit(grade_in_process, folder) for folder in folders]):
            yield future.result()
    finally:
        threads.shutdown(wait=False, cancel_futures=True)
        for pool in pools:
            pool.shutdown(kill_workers=True)
        remove_leftovers()


def _start_worker(parent: int, core: int | None) -> None:
    """Restrict this process and its kernels to one core, and make it exit when the process with id ``parent`` ends."""
    if core is not None:
        os.sched_setaffinity(0, {core})

    def wait() -> None:
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(parent)
            while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                time.sleep(0.5)
        for child in psutil.Process().children(recursive=True):
            with contextlib.suppress(psutil.Error):
                child.kill()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)    # after Ctrl-C the parent ends its workers itself


def _grade_in_worker(root: str, name: str, force: bool, folder: Path) -> Row:
    """Grade one submission in a worker process."""
    return grade_submission(_load_course_once(root), folder, name, force)


_load_course_once = functools.cache(course.load_course)


def grade_submission(app: NbGraderApp, folder: Path, name: str, force: bool) -> Row:
    """Grade the submission in a folder and return its points, or the reason for the failure."""
    row, start = Row(folder.parent.name), time.monotonic()
    graded = course.exercise_folder(app, "autograded", row.student, name) / f"{name}.ipynb"
    try:
        require(not set(row.student) & set(WILDCARDS), "student", row.student, f"an id without any of {WILDCARDS}")
        with contextlib.suppress(OSError):      # nothing can be renamed there; the copy is enough for grading
            row.notes += set_time_aside(folder)
        digest, before = fingerprint(folder), read_results(app, row.student, name)
        if (before and not force and unfinished.graded_fingerprint(graded) == digest
                and not SubmissionStore(app, name).failure(row.student)):
            row.state, after = "kept", before
        else:
            settle(app, row.student, name)      # the penalty for lateness depends on these points
            with temporary_folder() as place:
                copy = Path(place, row.student, name)
                row.notes += normalise(folder, copy, name)
                autograde(app, Path(place), row.student, name, digest)
            settle(app, row.student, name, before.answers if before else None)
            row.notes += missing_modules(graded)
            after = read_results(app, row.student, name)
            if after is None:
                raise ValueError("the gradebook has no grade for this submission")
            row.changes = [f"{task} {old:g} → {new:g}" for task, old in (before.tasks if before else {}).items()
                           if (new := after.tasks.get(task, 0.0)) != old]
        row.points, row.most = after.points, after.most
    except Exception as error:      # the next submission must be graded in any case
        row.state = "failed"
        row.notes.append(f"{type(error).__name__}: {error}".partition("\n")[0])
    row.seconds, row.notes = time.monotonic() - start, [printable(note) for note in row.notes]
    return row


class SingleAutograde(Autograde):
    """A converter that grades one submission and keeps the error, which nbgrader would only log."""

    single = True
    fingerprint = ""
    error: Exception | None = None

    def convert_single_notebook(self, notebook_filename: str) -> None:
        try:
            super().convert_single_notebook(notebook_filename)
        except Exception as error:
            self.error = error
            raise


def autograde(app: NbGraderApp, submitted: Path, student: str, name: str, digest: str = "") -> None:
    """Grade one submission in the folder ``submitted`` with nbgrader, and raise nbgrader's error if this fails."""
    failure = None
    with temp_attrs(app.coursedir, submitted_directory=str(submitted), student_id=student, assignment_id=name):
        converter = SingleAutograde(coursedir=app.coursedir, parent=app)
        converter.force, converter.fingerprint = True, digest
        try:
            converter.start()
        except Exception as error:
            failure = converter.error or error
    if failure:
        raise failure


def back_up(app: NbGraderApp, name: str, folders: list[Path]) -> Path | None:
    """Copy the gradebook to ``private/`` if any of these submissions has points, and return the path of the copy.

    Raise ValueError if the gradebook is not an SQLite file.
    """
    if not any((results := read_results(app, folder.parent.name, name)) and results.tasks for folder in folders):
        return None
    url = make_url(app.coursedir.db_url)
    require(url.get_backend_name() == "sqlite", "CourseDirectory.db_url", url,
            "an SQLite file, because --force copies the gradebook first")
    path = Path("private", f"before-{name}-{datetime.now():%Y-%m-%d-%H%M%S}.db")
    target = Path(app.coursedir.root, path)
    target.touch(0o600, exist_ok=False)
    with contextlib.closing(sqlite3.connect(str(url.database))) as book:
        book.execute("VACUUM INTO ?", [str(target)])
    return path


def missing_modules(graded: Path) -> list[str]:
    """Return a note on each module that the cells of a graded notebook could not import."""
    errors = {output.evalue for cell in nbformat.read(graded, as_version=4).cells for output in cell.get("outputs", [])
              if output.get("ename") == "ModuleNotFoundError"}
    return [f"to look at: a cell stopped with {error[:80]}" for error in sorted(errors)]


Answers = Mapping[str, tuple[tuple, float | None]]


@dataclass(frozen=True)
class Results:
    """The results of a submission."""

    points: float
    most: float
    tasks: dict[str, float]     # with the penalty for lateness; empty if nothing has points yet
    answers: Answers            # the cell and the automatic score of each task for which a person has given points


def read_results(app: NbGraderApp, student: str, name: str) -> Results | None:
    """Return a submission's results, or None if it is not in the gradebook."""
    cells = graded_cells(app, student, name)
    with course.open_gradebook(app) as book, contextlib.suppress(MissingEntry):
        submission = book.find_submission(name, student)
        entries, tasks = course.grades_of(submission), {}
        if any(score is not None for entry in entries for score in (entry.auto_score, entry.manual_score)):
            tasks = {entry.name: entry.score for entry in entries}
            tasks["late penalty"] = submission.late_submission_penalty
        answers = {entry.name: (cells[entry.name], entry.auto_score) for entry in entries
                   if entry.manual_score is not None and not entry.needs_manual_grade and entry.name in cells}
        return Results(submission.score, submission.max_score, tasks, answers)
    return None


def graded_cells(app: NbGraderApp, student: str, name: str) -> dict[str, tuple]:
    """Return the type, source, metadata and attachments of each cell in a graded notebook, keyed by nbgrader's name."""
    path = course.exercise_folder(app, "autograded", student, name) / f"{name}.ipynb"
    return {task: (cell.cell_type, cell.source, cell.metadata, cell.get("attachments"))
            for task, cell in named_cells(path).items()}


def settle(app: NbGraderApp, student: str, name: str, read: Answers | None = None) -> None:
    """Correct the points of a submission in the gradebook in cases that nbgrader does not handle.

    Points that a person gave are reduced to the maximum of the task. A task with a maximum of 0 points is dropped. A
    task that is the same as in ``read``, the answers before a second grading, need not be read again.
    """
    cells = graded_cells(app, student, name) if read else {}
    with course.open_gradebook(app) as book, contextlib.suppress(MissingEntry):
        for entry in course.grades_of(book.find_submission(name, student)):
            if entry.max_score == 0:
                entry.auto_score, entry.needs_manual_grade = 0.0, False
                entry.manual_score = entry.extra_credit = None
            elif entry.manual_score is not None:
                entry.manual_score = min(entry.manual_score, entry.max_score)
            if read and read.get(entry.name) == (cells.get(entry.name), entry.auto_score):
                entry.needs_manual_grade = False
        book.db.commit()


def withdraw(app: NbGraderApp, student: str, name: str) -> None:
    """Remove the automatic scores of a submission whose grading failed."""
    # A folder's name that is no valid text is in no gradebook.
    with course.open_gradebook(app) as book, contextlib.suppress(MissingEntry, UnicodeEncodeError):
        for entry in course.grades_of(book.find_submission(name, student)):
            entry.auto_score, entry.needs_manual_grade = None, True
        book.db.commit()
