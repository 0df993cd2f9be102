"""Tools for accessing the settings, gradebook and files of a course."""

import contextlib
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout
from nbgrader.api import Assignment, Grade, Gradebook, MissingEntry, Student, SubmittedAssignment
from nbgrader.apps import NbGraderApp
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SAWarning

LOCK = ".parity-grading.lock"
NOT_LISTED = "not in the list of students"
SECONDS_TO_WAIT = 60        # for another process that is writing to the gradebook


def load_course(root: Path) -> NbGraderApp:
    """Return nbgrader's application with a course's settings, and close the course's gradebook to other accounts.

    Raise ValueError if ``root`` has no settings, because nbgrader would create an empty gradebook in any folder.
    """
    root = Path(root).resolve()
    if not (root / "nbgrader_config.py").is_file():
        raise ValueError(f"{root} is not a course, because it has no nbgrader_config.py; change to the root folder of "
                         "the repository")
    warnings.filterwarnings("ignore", category=SAWarning)   # from nbgrader's own use of its database
    add_programs_to_path()
    NbGraderApp.clear_instance()
    app = NbGraderApp.instance(argv=[])
    app.config_file_paths.insert(0, str(root))
    app.log_level = logging.CRITICAL
    app.initialize(argv=[])
    app.coursedir.root = str(root)
    if app.coursedir.db_url.startswith("sqlite:") and "?" not in app.coursedir.db_url:
        app.coursedir.db_url += f"?timeout={SECONDS_TO_WAIT}"
    protect(app.coursedir)
    return app


def add_programs_to_path() -> None:
    """Add the folder of the Python interpreter to ``PATH``, because nbgrader starts ``alembic`` by name."""
    programs = str(Path(sys.executable).parent)
    if programs not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([programs, os.environ.get("PATH", "")])


def protect(coursedir: CourseDirectory) -> None:
    """Restrict access to the gradebook and ``private/`` to the owner or, in a shared course, the group."""
    mode, private = 0o770 if coursedir.groupshared else 0o700, Path(coursedir.root, "private")
    for folder in (private, private / "exchange"):      # which nbgrader expects to exist
        folder.mkdir(mode=mode, exist_ok=True)
    for path, allowed in ((private, mode), (Path(coursedir.root, "gradebook.db"), mode & 0o660)):
        with contextlib.suppress(OSError):      # the file is missing or belongs to a colleague
            path.chmod(allowed)


@contextlib.contextmanager
def course_lock(app: NbGraderApp) -> Iterator[None]:
    """Lock a course for the duration of a ``with`` block, or raise ValueError if another process holds the lock."""
    path = Path(app.coursedir.root, LOCK)
    try:
        # The operating system releases the lock, however this process ends.
        with FileLock(path, timeout=0, mode=0o660 if app.coursedir.groupshared else 0o600):
            yield
    except Timeout:
        raise ValueError(f"another command is collecting or grading in this course (it holds {path}). Wait for it, or "
                         "stop it: what it has done is kept") from None


def open_gradebook(app: NbGraderApp) -> Gradebook:
    """Open the gradebook of a course for use in a ``with`` statement."""
    return Gradebook(app.coursedir.db_url, app.coursedir.course_id)


def find_assignment(book: Gradebook, name: str) -> Assignment:
    """Return an exercise from the gradebook. Raise ValueError if it is not there."""
    try:
        return book.find_assignment(name)
    except MissingEntry:
        known = ", ".join(sorted(item.name for item in book.assignments)) or "none yet"
        raise ValueError(f"name must be an exercise in the gradebook ({known}), but it is {name!r}; to enter an "
                         f"exercise: nbgrader generate_assignment NAME --force") from None


def grades_of(submission: SubmittedAssignment) -> list[Grade]:
    """Return the gradebook's entries for the graded cells of a submission."""
    return [grade for notebook in submission.notebooks for grade in notebook.grades]


def full_name(student: Student) -> str:
    """Return a student's first name followed by their last name."""
    return f"{student.first_name or ''} {student.last_name or ''}".strip()


def exercise_folder(app: NbGraderApp, step: str, student: str, name: str) -> Path:
    """Return the folder of an exercise for an nbgrader step, such as "submitted", and a student ("." for all)."""
    directory = getattr(app.coursedir, f"{step}_directory")
    return Path(app.coursedir.root, app.coursedir.format_path(directory, student, name))


def submission_folders(app: NbGraderApp, name: str) -> list[Path]:
    """Return the ``STUDENT/NAME`` folders that contain submissions for an exercise, sorted by student."""
    folders = exercise_folder(app, "submitted", "*", name).parent.parent.glob(f"*/{name}")
    return sorted(path for path in folders if path.is_dir())


def write_file(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Write a file atomically, in a folder that is created if needed. A link is replaced, not followed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.touch(mode)
        temporary.write_bytes(data)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)       # the disk is full
