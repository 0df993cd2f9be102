"""A folder for one more reader of answers in words, who sees no names and nobody else's points.

Chapter: *For instructors*. ``private/reading/READER`` is a course of its own, with a gradebook and copies of the graded
notebooks: `jupyter lab` started in it shows the stock formgrader, on this machine or on another. A student is called by
the id that nbgrader gave the hand-in, so points find their way back without a list of names.
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import sqlite3
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry, SubmittedAssignment
from nbgrader.apps import NbGraderApp
from sqlalchemy import text
from sqlalchemy.exc import SAWarning

from parity_lib.errors import require
from parity_lib.teaching import unfinished
from parity_lib.teaching.grade import course, submission_folders
from parity_lib.teaching.rubric import SEEDS, in_words
from parity_lib.teaching.tidy import progress
from parity_lib.teaching.whose import hide, names_of, seed_or_none

READERS = Path("private/reading")
GRADEBOOK = "gradebook"         # the one who reads in the course itself
TAKEN = (GRADEBOOK, "mean", "agreed")
IMAGES = (".png", ".jpg", ".jpeg", ".gif", ".webp")


@dataclass
class Made:
    """What is in a reader's folder now: how many hand-ins came in, which were there, changed, or cannot be read yet."""

    folder: Path
    added: int = 0
    kept: int = 0
    changed: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """The same in words, and how to begin."""
        yield f"{self.added} hand-ins are new in {self.folder}, {self.kept} were there."
        if self.changed:
            yield f"Changed since, to be read again: {', '.join(self.changed)}"
        if self.missing:
            yield f"Not graded yet, and left out: {', '.join(self.missing)}"
        yield "To read them, start `jupyter lab` in that folder, and open its Formgrader."


def folder_of(root: Path, reader: str) -> Path:
    """Where a reader reads. Raises ValueError for a name that is none."""
    require(re.fullmatch(r"[a-z0-9][a-z0-9_-]*", reader) is not None and reader not in TAKEN, "the reader", reader,
            f"a name of small letters, digits, - and _, and none of {', '.join(TAKEN)}")
    return root / READERS / reader


def readers(root: Path) -> list[str]:
    """Who has a folder."""
    return sorted(path.parent.name for path in (root / READERS).glob("*/gradebook.db"))


def opened(path: Path, course_id: str) -> Gradebook:
    """The gradebook of a reader's folder."""
    return Gradebook(f"sqlite:///{path / 'gradebook.db'}", course_id)


def begin(path: Path, book: Gradebook) -> None:
    """A gradebook without entries that is its owner's alone, of the version that ``book`` has, unless there is one.

    nbgrader would start a program of another package, by its bare name, to learn the version.
    """
    if path.is_file():
        return
    version = book.db.execute(text("SELECT version_num FROM alembic_version")).scalar()
    path.touch(0o600)
    with contextlib.closing(sqlite3.connect(path)) as new, new:
        new.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        new.execute("INSERT INTO alembic_version VALUES (?)", (version,))


def make(root: Path, name: str, reader: str) -> Made:
    """Put every graded hand-in of an exercise into the reader's folder, or those that are new since.

    What was read there stays. Where an answer has changed since, it waits to be read again, as after a second
    autograde. Raises ValueError where the exercise is not in the gradebook, or has no graded hand-in.
    """
    warnings.filterwarnings("ignore", category=SAWarning)   # what nbgrader's own code does with its database
    app, done = course(root), Made(folder_of(root, reader))
    for part in (root / READERS, done.folder):
        part.mkdir(parents=True, exist_ok=True)
        part.chmod(0o700)
    with Gradebook(app.coursedir.db_url, app.coursedir.course_id) as book:
        try:
            submissions = sorted(book.find_assignment(name).submissions, key=lambda one: one.id)
        except MissingEntry:
            raise ValueError(f"`{name}` is not in the gradebook") from None
        sent = {one.parent.name for one in submission_folders(app, name)}
        submissions = [one for one in submissions     # an extension alone is a submission, too
                       if one.student.id in sent or _graded(app, one).is_dir()]
        require(bool(submissions), "name", name, "an exercise with graded hand-ins")
        _surroundings(root, app, name, done.folder)
        begin(done.folder / "gradebook.db", book)
        seeds = _seeds(done.folder)
        with opened(done.folder, book.course_id) as own:
            _enter(own, book, name)
            for submission in progress(submissions, unit="hand-in"):
                _bring(app, submission, own, done)
                if (seed := seed_or_none(submission.student.id)) is not None:
                    seeds[submission.id] = seed
    (done.folder / SEEDS).write_text(json.dumps(seeds, indent=1), encoding="utf-8")
    return done


def _graded(app: NbGraderApp, submission: SubmittedAssignment) -> Path:
    return Path(app.coursedir.format_path(
        app.coursedir.autograded_directory, submission.student.id, submission.assignment.name))


def _seeds(folder: Path) -> dict[str, int]:
    path = folder / SEEDS
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _surroundings(root: Path, app: NbGraderApp, name: str, folder: Path) -> None:
    """What makes a folder a course: the settings, and the source with its rubrics."""
    shutil.copyfile(root / "nbgrader_config.py", folder / "nbgrader_config.py")
    source = Path(app.coursedir.format_path(app.coursedir.source_directory, ".", name))
    place = folder / "solutions" / name
    place.mkdir(parents=True, exist_ok=True)
    for path in source.glob("*.ipynb"):
        shutil.copyfile(path, place / path.name)


def _enter(own: Gradebook, book: Gradebook, name: str) -> None:
    """The exercise, with its cells, as the course's gradebook has it."""
    own.update_or_create_assignment(name)
    for notebook in book.find_assignment(name).notebooks:
        own.update_or_create_notebook(notebook.name, name)
        for cell in notebook.grade_cells:
            own.update_or_create_grade_cell(cell.name, notebook.name, name, max_score=cell.max_score,
                                            cell_type=cell.cell_type)
        for cell in notebook.solution_cells:
            own.update_or_create_solution_cell(cell.name, notebook.name, name)


def _bring(app: NbGraderApp, submission: SubmittedAssignment, own: Gradebook, done: Made) -> None:
    """One hand-in: its notebooks without names, its points without those of other readers."""
    name, student = submission.assignment.name, submission.student
    graded = _graded(app, submission)
    if not unfinished.finished(graded):
        done.missing.append(student.id)
        return
    place = done.folder / "autograded" / submission.id / name
    before = answers_in(place)
    place.mkdir(parents=True, exist_ok=True)
    for path in graded.rglob("*"):
        if path.suffix.lower() in IMAGES and path.is_file() and not path.is_symlink():
            (place / path.relative_to(graded)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place / path.relative_to(graded))
    for notebook in submission.notebooks:
        nbformat.write(nameless(graded / f"{notebook.name}.ipynb", submission), place / f"{notebook.name}.ipynb")
    after = answers_in(place)
    try:
        mine = own.find_submission(name, submission.id)
    except MissingEntry:
        own.update_or_create_student(submission.id)
        mine = own.add_submission(name, submission.id)
        before = after
        done.added += 1
    else:
        done.kept += before == after
        done.changed += [student.id] * (before != after)
    given = {(notebook.name, grade.name): grade for notebook in submission.notebooks for grade in notebook.grades}
    for notebook in mine.notebooks:
        for grade in notebook.grades:
            grade.auto_score = given[notebook.name, grade.name].auto_score
            changed = before.get(grade.name) != after.get(grade.name)
            if changed or grade.manual_score is None:
                grade.needs_manual_grade = grade.auto_score is None or grade.manual_score is not None
    own.db.commit()


def nameless(path: Path, submission: SubmittedAssignment) -> NotebookNode:
    """A graded notebook without what tells whose it is, as far as that is written in it."""
    nb, student = nbformat.read(path, as_version=4), submission.student
    hide(nb, names_of(student.id, student.first_name, student.last_name, student.email))
    nb.metadata = NotebookNode({key: nb.metadata[key] for key in ("kernelspec", "language_info") if key in nb.metadata})
    for cell in nb.cells:
        cell.metadata = NotebookNode({key: cell.metadata[key] for key in ("nbgrader",) if key in cell.metadata})
    return nb


def answers_in(folder: Path) -> dict[str, str]:
    """The answers in words of a graded hand-in, by their names."""
    return {cell.metadata["nbgrader"]["grade_id"]: cell.source for path in sorted(folder.glob("*.ipynb"))
            for cell in nbformat.read(path, as_version=4).cells if in_words(cell)}
