"""Tools for grading the submissions for an exercise in parallel.

An interrupted grading continues where it stopped. nbgrader's own ``Autograde`` runs, with the settings in
nbgrader_config.py, on a normalised copy of each submission. The files in ``submitted/`` are not changed.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import os
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from pathlib import Path

import psutil
from filelock import FileLock, Timeout
from joblib.externals.loky import ProcessPoolExecutor
from joblib.externals.loky.process_executor import TerminatedWorkerError
from nbgrader.api import MissingEntry
from nbgrader.apps import NbGraderApp
from nbgrader.converters import Autograde
from nbgrader.utils import temp_attrs

from parity_grading import unfinished
from parity_grading.course import exercise_folder, find_assignment, load_course, open_gradebook, submission_folders
from parity_grading.kernel import PREFIX, own_folder, remove_leftovers
from parity_grading.normalise_submission import fingerprint, normalise
from parity_grading.untrusted import NotebookCell, named_cells, printable
from parity_lib.errors import require, require_int
from parity_lib.progress import progress_bar

LOCK = ".parity-grading.lock"
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


def grade(root: Path, name: str, students: tuple[str, ...] = (), force: bool = False, jobs: int = 1,
          trial: Path | None = None) -> Iterator[Row]:
    """Grade the submissions for an exercise and yield the results.

    Only the submissions of ``students`` are graded if there are any, and otherwise all of them. A submission that was
    graded and has not changed since is kept, unless ``force`` is true. ``jobs`` is the number of processes that grade
    at the same time; time limits are wall-clock limits, so more jobs than cores can make a cell too slow. ``trial`` is
    a folder for a second grading, which does not change the course. Raise ValueError if there is no submission, the
    exercise is not in the gradebook, another command is grading this course, or a correct submission does not get full
    marks.
    """
    from parity_grading.before_grading import try_course  # imports PyTorch, which other commands can do without

    require_int("jobs", jobs, least=1)
    app = load_course(root, trial)
    folders = submission_folders(app, name)
    require(bool(folders), "name", name, f"an exercise with submissions in {app.coursedir.submitted_directory}/")
    for student in students:
        require(student in {folder.parent.name for folder in folders}, "student", student,
                f"the id of a student who has submitted {name}")
    folders = [folder for folder in folders if not students or folder.parent.name in students]
    with open_gradebook(app) as book:       # which also creates the database: only one process may do that
        find_assignment(book, name)
    try_course(app.coursedir, app.config, name)
    if min(jobs, len(folders)) == 1:
        rows = (grade_submission(app, folder, name, force) for folder in folders)
    else:
        task = functools.partial(_grade_in_worker, app.coursedir.root, trial, name, force)
        rows = _grade_in_parallel(task, folders, jobs)
    with (course_lock(app), contextlib.closing(rows),
          progress_bar(len(folders), None, desc=name, unit="submission") as bar):
        for row in rows:
            bar.update()
            if row.state == "failed":
                withdraw(app, row.student, name)
            if trial is None:
                unfinished.record_failure(app, row.student, name, row.notes[-1] if row.state == "failed" else None)
            yield row


@contextlib.contextmanager
def course_lock(app: NbGraderApp) -> Iterator[None]:
    """Lock a course for the duration of a ``with`` block, or raise ValueError if another process holds the lock."""
    path = Path(app.coursedir.root, LOCK)
    try:
        # The operating system releases the lock, however this process ends.
        with FileLock(path, timeout=0, mode=0o660 if app.coursedir.groupshared else 0o600):
            yield
    except Timeout:
        raise ValueError(f"another process is grading this course (it holds {path}). Wait for it, or stop it: the "
                         "submissions that it has graded are kept") from None


# ---------------------------------------------------------------- several submissions at the same time


def _grade_in_parallel(task: Callable[[Path], Row], folders: list[Path], jobs: int) -> Generator[Row, None, None]:
    """Grade submissions in several processes and yield ``task(folder)`` for each folder.

    If a process is killed, its submission is graded a second time in a new process, and fails if that is killed too.
    """
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
    """Run the current process on one core, and make it exit when the process with the id ``parent`` ends.

    Its kernels inherit the core. So a submission that keeps many processes busy slows down itself, and not the
    submissions that other processes grade at the same time, whose cells would reach their time limits.
    """
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


def _grade_in_worker(root: str, trial: Path | None, name: str, force: bool, folder: Path) -> Row:
    """Grade one submission in a worker process."""
    return grade_submission(_load_course_once(root, trial), folder, name, force)


_load_course_once = functools.cache(load_course)


# ---------------------------------------------------------------- one submission


def grade_submission(app: NbGraderApp, folder: Path, name: str, force: bool) -> Row:
    """Grade the submission in a folder and return its points, or the reason for the failure."""
    row, start = Row(folder.parent.name), time.monotonic()
    graded = exercise_folder(app, "autograded", row.student, name)
    try:
        require(not set(row.student) & set(WILDCARDS), "student", row.student, f"an id without any of {WILDCARDS}")
        digest = fingerprint(folder)
        points = None
        if not force and unfinished.graded_fingerprint(graded) == digest:
            points = read_points(app, row.student, name)
        if points:
            row.state = "kept"
        else:
            read = read_answers(app, row.student, name)
            # remove_leftovers knows the prefix.
            with tempfile.TemporaryDirectory(prefix=f"{PREFIX}{os.getpid()}-", dir=own_folder()) as place:
                copy = Path(place, row.student, name)
                row.notes += normalise(folder, copy, name)
                autograde(app, Path(place), row.student, name)
            skip_dropped_tasks(app, row.student, name)
            if read:
                keep_read(app, row.student, name, read)
            (graded / unfinished.FINGERPRINT).write_text(digest, encoding="ascii")
            points = read_points(app, row.student, name)
        if points is None:
            raise ValueError("the gradebook has no grade for this submission")
        row.points, row.most = points
    except Exception as error:      # the next submission must be graded in any case
        row.state = "failed"
        row.notes.append(f"{type(error).__name__}: {error}".partition("\n")[0])
    row.seconds, row.notes = time.monotonic() - start, [printable(note) for note in row.notes]
    return row


class SingleAutograde(Autograde):
    """A converter that grades one submission and keeps the error, which nbgrader would only log."""

    single = True
    error: Exception | None = None

    def convert_single_notebook(self, notebook_filename: str) -> None:
        """Grade a notebook and keep the error if grading fails."""
        try:
            super().convert_single_notebook(notebook_filename)
        except Exception as error:
            self.error = error
            raise


def autograde(app: NbGraderApp, submitted: Path, student: str, name: str) -> None:
    """Grade one submission in the folder ``submitted`` with nbgrader.

    Raise nbgrader's error if the submission cannot be graded.
    """
    failure = None
    with temp_attrs(app.coursedir, submitted_directory=str(submitted), student_id=student, assignment_id=name):
        converter = SingleAutograde(coursedir=app.coursedir, parent=app)
        converter.force = True
        try:
            converter.start()
        except Exception as error:
            failure = converter.error or error
    if failure:
        raise failure


# ---------------------------------------------------------------- the gradebook


def withdraw(app: NbGraderApp, student: str, name: str) -> None:
    """Remove the automatic scores of a submission whose grading failed, so that the next run grades it again.

    Points that a person gave stay, and the formgrader lists them for another look.
    """
    (exercise_folder(app, "autograded", student, name) / unfinished.FINGERPRINT).unlink(missing_ok=True)
    with open_gradebook(app) as book, contextlib.suppress(MissingEntry):
        for notebook in book.find_submission(name, student).notebooks:
            for entry in notebook.grades:
                entry.auto_score, entry.needs_manual_grade = None, True
        book.db.commit()


def skip_dropped_tasks(app: NbGraderApp, student: str, name: str) -> None:
    """Give 0 points for each task with a maximum of 0 points, so that nobody has to grade it by hand."""
    with open_gradebook(app) as book:
        for notebook in book.find_submission(name, student).notebooks:
            for entry in notebook.grades:
                if entry.max_score == 0:
                    entry.auto_score, entry.needs_manual_grade = 0.0, False
        book.db.commit()


Answers = dict[str, tuple[NotebookCell, float | None]]


def read_answers(app: NbGraderApp, student: str, name: str) -> Answers:
    """Return the graded cell and the automatic score of each task for which a person has given points, by id."""
    cells = named_cells(exercise_folder(app, "autograded", student, name) / f"{name}.ipynb")
    with open_gradebook(app) as book, contextlib.suppress(MissingEntry):
        return {entry.name: (_without_outputs(cells[entry.name]), entry.auto_score)
                for notebook in book.find_submission(name, student).notebooks for entry in notebook.grades
                if entry.manual_score is not None and not entry.needs_manual_grade and entry.name in cells}
    return {}


def keep_read(app: NbGraderApp, student: str, name: str, read: Answers) -> None:
    """Mark the tasks as read that are the same as before a second grading.

    ``read`` is the result of :func:`read_answers` before that grading. nbgrader asks a person for another look at all
    tasks with points from a person, even if only the time of a submission has changed.
    """
    cells = named_cells(exercise_folder(app, "autograded", student, name) / f"{name}.ipynb")
    with open_gradebook(app) as book:
        for notebook in book.find_submission(name, student).notebooks:
            for entry in notebook.grades:
                if entry.name in cells and read.get(entry.name) == (
                        _without_outputs(cells[entry.name]), entry.auto_score):
                    entry.needs_manual_grade = False
        book.db.commit()


def _without_outputs(cell: NotebookCell) -> NotebookCell:
    """Return a copy of a cell without its outputs. Its source and its points remain."""
    return replace(cell, outputs=[])


def read_points(app: NbGraderApp, student: str, name: str) -> tuple[float, float] | None:
    """Return a submission's points and maximum, or None if it is not in the gradebook."""
    with open_gradebook(app) as book, contextlib.suppress(MissingEntry):
        submission = book.find_submission(name, student)
        return submission.score, submission.max_score
    return None
