"""`parity grade`: every hand-in of an exercise, one at a time, whatever state it is in; what is done is not done again.

Chapter: *For instructors*. It drives nbgrader's own ``Autograde`` with nbgrader_config.py, and does what no setting of
it can: a copy of each hand-in is put in order first, without links, under the file's right name, without a time that
cannot be read. The files in ``submitted/`` stay as they are.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import shutil
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps import NbGraderApp
from nbgrader.converters import Autograde
from nbgrader.utils import parse_utc
from sqlalchemy.exc import SAWarning

from parity_lib.errors import require
from parity_lib.teaching import private_tests, unfinished

LARGEST = 100_000_000       # bytes of all files of a hand-in
RECORD = "parity_submitted"
LONGEST_TIME = 100          # characters
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


def course(root: Path) -> NbGraderApp:
    """nbgrader's application, with the settings of nbgrader_config.py in ``root``."""
    NbGraderApp.clear_instance()
    app = NbGraderApp.instance(argv=[])
    app.config_file_paths.insert(0, str(root))
    app.log_level = logging.CRITICAL
    app.initialize(argv=[])
    app.coursedir.root = str(root)
    return app


def hand_ins(app: NbGraderApp, name: str) -> list[Path]:
    """The folders with a student's hand-in of an exercise, in order of the students' names."""
    pattern = app.coursedir.format_path(app.coursedir.submitted_directory, "*", name)
    return sorted(path for path in Path(pattern).parent.parent.glob(f"*/{name}") if path.is_dir())


def grade(root: Path, name: str, students: tuple[str, ...] = (), force: bool = False) -> Iterator[Row]:
    """Grade the hand-ins of an exercise and yield a row for each, as it is done.

    One that was graded before and has not changed since is kept, unless ``force``. Raises ValueError where nothing
    was handed in, or the exercise is not in the gradebook.
    """
    warnings.filterwarnings("ignore", category=SAWarning)   # what nbgrader's own code does with its database
    app = course(root)
    folders = [one for one in hand_ins(app, name) if not students or one.parent.name in students]
    require(bool(folders), "name", name, f"an exercise with hand-ins in {app.coursedir.submitted_directory}/")
    with Gradebook(app.coursedir.db_url, app.coursedir.course_id) as book:
        try:
            notebooks = [one.name for one in book.find_assignment(name).notebooks]
        except MissingEntry:
            raise ValueError(f"`{name}` is not in the gradebook yet: nbgrader generate_assignment {name}") from None
    private_tests.tried(app.coursedir, name)
    unfinished.remove(Path(root, app.coursedir.autograded_directory))
    for folder in folders:
        yield one(app, folder, name, notebooks, force)


def one(app: NbGraderApp, folder: Path, name: str, notebooks: list[str], force: bool) -> Row:
    """Grade one hand-in, or say why that was not possible."""
    row, began = Row(folder.parent.name), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="parity-hand-in-") as place:
        copy = Path(place) / row.student / name
        try:
            require(not set(row.student) & set(PATTERNS), "student", row.student, f"a name without any of {PATTERNS}")
            row.notes.extend(tidy(folder, copy, notebooks))     # what it said before it failed, too
            digest = fingerprint(copy)
            graded = Path(app.coursedir.root, app.coursedir.format_path(
                app.coursedir.autograded_directory, row.student, name))
            if not force and recorded(graded) == digest:
                row.state = "kept"
            else:
                autograde(app, Path(place), row.student, name)
                (graded / RECORD).write_text(digest, encoding="ascii")
        except Exception as error:      # whatever a hand-in does, the next one gets its turn
            row.state = "failed"
            row.notes.append(f"{type(error).__name__}: {error}")
            withdraw(app, row.student, name)
        else:
            row.points, row.most = score(app, row.student, name)
    row.seconds = time.monotonic() - began
    row.notes = [printable(note) for note in row.notes]
    return row


def printable(text: str) -> str:
    """A text in one line, without what a terminal obeys or cannot show: names of files are a stranger's."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)


# ---------------------------------------------------------------- one hand-in


def tidy(folder: Path, copy: Path, notebooks: list[str]) -> Iterator[str]:
    """Copy a hand-in as nbgrader can take it, and yield what was changed on the way.

    Raises ValueError where no notebook of the exercise can be told among its files, or they are too large.
    """
    size = 0
    copy.mkdir(parents=True)
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            yield f"left out {inside}, which is no file of its own"
        elif path.is_file() and not any(part.is_symlink() for part in path.parents if part != folder.parent):
            size += path.stat().st_size
            if size > LARGEST:
                raise ValueError(f"its files are larger than {LARGEST:,} bytes")
            (copy / inside).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy / inside)
    yield from _right_names(copy, notebooks)
    yield from _readable_time(copy / "timestamp.txt")


def _right_names(copy: Path, notebooks: list[str]) -> Iterator[str]:
    """Give a renamed notebook its name back, if there is one only that it can be."""
    for name in notebooks:
        place = copy / f"{name}.ipynb"
        if place.is_file():
            continue
        others = [path for path in sorted(copy.rglob("*")) if path.is_file() and _may_be_one(path.relative_to(copy))
                  and (path.parent != copy or path.stem not in notebooks)]
        alike = [path for path in others if name in path.stem.lower().replace(" ", "_").replace("-", "_")] or others
        if len(alike) != 1:
            found = ", ".join(path.name for path in others) or "no notebook"
            raise ValueError(f"{name}.ipynb is missing; there is {found}")
        alike[0].rename(place)
        yield f"{alike[0].relative_to(copy)} was taken for {place.name}"


def _may_be_one(path: Path) -> bool:
    """Whether a student may have meant this file: no older state of Jupyter's, none that a Mac adds to archives."""
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return not hidden and re.search(r"\.ipynb(\.txt|\.json)?$", path.name, re.IGNORECASE) is not None


def _readable_time(path: Path) -> list[str]:
    """Leave out a time that nbgrader cannot read."""
    if not path.is_file():
        return []
    text = path.read_bytes().decode("utf-8", "replace").strip()
    try:
        if len(text) > LONGEST_TIME:
            raise ValueError(text[:LONGEST_TIME])
        parse_utc(text)
    except Exception:       # dateutil raises many kinds
        path.unlink()
        return [f"left out the time {text[:40]!r}, which cannot be read"]
    return []


def fingerprint(folder: Path) -> str:
    """A hash of all files of a hand-in, with their names."""
    digest = hashlib.sha256()
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        digest.update(json.dumps(path.relative_to(folder).as_posix()).encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def recorded(graded: Path) -> str:
    """The fingerprint of the hand-in that was graded to this folder, or "" where that was not finished."""
    record = graded / RECORD
    return record.read_text(encoding="ascii") if record.is_file() and unfinished.finished(graded) else ""


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
        """The last line of the traceback that nbgrader logged."""
        traces = [text for text in self.lines if "Traceback" in text]
        return traces[-1].strip().splitlines()[-1] if traces else ""


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


def score(app: NbGraderApp, student: str, name: str) -> tuple[float, float]:
    """A submission's points in the gradebook, and the most it can have."""
    with Gradebook(app.coursedir.db_url, app.coursedir.course_id) as book:
        submission = book.find_submission(name, student)
        return submission.score, submission.max_score
