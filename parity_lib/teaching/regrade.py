"""`parity regrade`: grade an exercise a second time beside the first, say what would change, and put it in place.

Chapter: *For instructors*. The second grading goes into a copy of the gradebook in ``private/regrade/EXERCISE``, with
the points and tests that ``solutions/EXERCISE`` has now. It goes on where it was stopped, and begins anew where what
decides has changed since. :mod:`~parity_lib.teaching.standing` compares the two gradebooks; nothing of the first is
touched before all of the second is there.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import nbformat
from nbgrader.api import Base, Gradebook
from nbgrader.apps import NbGraderApp
from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import rmtree
from sqlalchemy import create_engine

from parity_lib.checks import reporting
from parity_lib.errors import require
from parity_lib.teaching import authoring, grade, private_tests, sandbox, standing
from parity_lib.teaching.standing import Book, Mark, Rules, Standing

URL = "sqlite:///"
FOLDER = Path("private", "regrade")
DROPPED = "dropped.json"
PUTTING = "putting"      # while the second grading takes the first one's place: whose


@dataclass
class Row:
    """What a second grading comes to for one student."""

    student: str
    state: str                          # changes, same, failed, new
    before: float = 0.0
    after: float = 0.0
    most: tuple[float, float] = (0.0, 0.0)
    tasks: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    look: list[str] = field(default_factory=list)

    @property
    def needs_a_person(self) -> bool:
        """Whether there is something to decide or to read that was not there before."""
        return bool(self.look) or self.state == "failed"


@dataclass
class Regraded:
    """All rows, what became of the tasks' points, and whether it was put in place."""

    rows: list[Row]
    points: list[str]
    applied: bool = False
    backup: Path | None = None


def regrade(root: Path, name: str, students: tuple[str, ...] = (), drop: tuple[str, ...] = (),
            restore: tuple[str, ...] = (), *, forget_manual: bool = False, apply: bool = False, jobs: int = 1
            ) -> Regraded:
    """Grade again beside the first grading, compare, and with ``apply`` put the second in the first's place.

    ``drop`` leaves out tasks, which are worth 0 points from then on, ``restore`` takes that back; ``jobs`` hand-ins are
    graded at a time. Raises ValueError
    where the exercise was not graded yet or its cells are others, and with ``apply`` where something that was graded
    before now fails: then nothing is changed.
    """
    root = root.resolve()
    app = grade.course(root)
    place = root / FOLDER / name
    _finish(app, name, place)
    book = _book(app, name)
    unknown = sorted(set(students) - set(book.students))
    require(not unknown, "student", unknown[:1], f"graded for {name}; `parity grade {name}` grades what is new")
    require(bool(book.students), "name", name, f"an exercise that was graded; `parity grade {name}` does it first")
    notebook = Path(app.coursedir.format_path(app.coursedir.source_directory, ".", name), f"{name}.ipynb")
    points = _points(root, notebook, book)
    record = _record(place)
    dropped = {task: record.get(task, {}) for task in record | dict.fromkeys(_tasks(drop, points))}
    put_back = {task: dropped.pop(task) for task in _tasks(restore, record)}
    rules = Rules({task: 0.0 if task in dropped else most for task, most in points.items()}, set(dropped), put_back,
                  forget_manual)
    require(not students or rules.most == book.most, "student", students, "left out: points change for everybody")

    chosen = sorted(one for one in book.students if not students or one in students)
    failed = _trial(root, app, name, place, chosen, jobs)
    with grade.course_lock(app):      # what stands now: somebody may have read meanwhile
        known, book = book, _book(app, name)
        _require_same(app, name, place, known, book, set(chosen) - set(failed))
        trial = standing.read(_url(place), app.coursedir.course_id, name)
        penalty = _penalty(app)
        found = {student: _row(app, name, place, student, book, trial, rules, failed, penalty) for student in chosen}
        rows = [row for row, _ in found.values()]
        rows += [Row(one.parent.name, "new", notes=[f"not graded yet: parity grade {name}"])
                 for one in grade.submission_folders(app, name)
                 if one.parent.name not in book.students and not students]
        result = Regraded(rows, _said_of_points(book, rules, put_back))
        if apply:
            _require_whole(rows, book)
            kept = {task: {student: asdict(marks.get(student, one.marks[task]))
                           for student, one in book.students.items()} for task, marks in dropped.items()}
            new = {student: one for student, (_, one) in found.items() if one}
            result.backup = _put(app, name, place, rules, new, kept)
            result.applied = True
    return result


# ---------------------------------------------------------------- what is to be done


def _book(app: NbGraderApp, name: str) -> Book:
    """The gradebook with those who have handed in or were graded."""
    book = standing.read(app.coursedir.db_url, app.coursedir.course_id, name)
    sent = {one.parent.name for one in grade.submission_folders(app, name)}
    for student in [*book.students]:    # an extension alone is a submission, too
        if student not in sent and not _graded(app, student, name).is_dir():
            del book.students[student]
    return book


def _points(root: Path, notebook: Path, book: Book) -> dict[str, float]:
    """The points of each task as the source has them now, whose cells must be the gradebook's."""
    if not notebook.is_file():
        raise ValueError(f"{notebook} is missing: `parity exercises` writes it")
    text = root / "solutions" / f"{notebook.stem}.md"
    if text.is_file() and (root / "book").is_dir() and notebook.resolve().is_relative_to(text.parent):    # no variant
        same = authoring.notebook(authoring.read(text)).cells == nbformat.read(notebook, as_version=4).cells
        if not same:
            raise ValueError(f"solutions/{text.name} is not what its notebook was made of: `parity exercises` first")
    marks = [cell.metadata.nbgrader for cell in nbformat.read(notebook, as_version=4).cells
             if "nbgrader" in cell.metadata]
    cells = {mark.grade_id for mark in marks}
    if cells != book.cells:
        added, gone = sorted(cells - book.cells), sorted(book.cells - cells)
        raise ValueError(f"{notebook.name} has other cells than what was handed in"
                         f"{': new ' if added else ''}{', '.join(added)}{'; missing ' if gone else ''}"
                         f"{', '.join(gone)}. Put the cells back; --drop leaves out a task")
    return {mark.grade_id: float(mark.points) for mark in marks if "points" in mark}


def _tasks(given: Iterable[str], known: Iterable[str]) -> list[str]:
    """The cells that are meant: `rnn_step` is short for `rnn-step-check`."""
    found = []
    for one in given:
        plain = one.replace("_", "-")
        match = [task for task in known if task in (plain, f"{plain}-check")]
        require(bool(match), "task", one, f"one of {', '.join(known) or 'none: no task is dropped'}")
        found += match
    return found


def _record(place: Path) -> dict[str, dict[str, Mark]]:
    """Tasks that were dropped, each with the marks that it had."""
    path = place.parent / f"{place.name}.{DROPPED}"
    known = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return {task: {student: Mark(**mark) for student, mark in marks.items()} for task, marks in known.items()}


def _said_of_points(book: Book, rules: Rules, put_back: Iterable[str]) -> list[str]:
    said = []
    for task, most in rules.most.items():
        if task in rules.dropped:
            said.append(f"{task} is dropped: nobody has points for it, and there are none")
        elif book.most[task] != most:
            again = " again" if task in put_back else ""
            said.append(f"{task} has {most:g} points{again}, not {book.most[task]:g}")
    return said


# ---------------------------------------------------------------- the second grading


def _url(place: Path) -> str:
    return f"{URL}{place / 'gradebook.db'}"


@contextlib.contextmanager
def _in(place: Path) -> Iterator[None]:
    """Inside, nbgrader_config.py leads to the second gradebook."""
    os.environ["PARITY_TRIAL"] = str(place)
    try:
        yield
    finally:
        del os.environ["PARITY_TRIAL"]


def _trial(root: Path, app: NbGraderApp, name: str, place: Path, students: list[str], jobs: int) -> dict[str, str]:
    """Grade these students' hand-ins a second time, as far as that is not done; why it was not possible, by student."""
    source = Path(app.coursedir.format_path(app.coursedir.source_directory, ".", name), f"{name}.ipynb")
    deciding = [source, reporting.private_file(name), root / "nbgrader_config.py",
                root / "private" / "nbgrader_config.py", *sorted(sandbox.PACKAGE.rglob("*.py"))]
    seal, mark = private_tests.seal(*(path for path in deciding if path.is_file())), place / "rules"
    if not (mark.is_file() and mark.read_text(encoding="ascii") == seal):
        _begin(root, app, name, place)
        mark.write_text(seal, encoding="ascii")
    here = [one.parent.name for one in grade.submission_folders(app, name) if one.parent.name in students]
    for student in here:
        first, second = _graded(app, student, name), place / "autograded" / student / name
        if _since(first, name) > _since(second, name):      # it was graded again in the meantime
            shutil.rmtree(second, ignore_errors=True)
    failed = dict.fromkeys(set(students) - set(here), "its files are not there any more")
    if not here:
        return failed
    with _in(place):
        for row in grade.grade(root, name, tuple(here), jobs=jobs):
            if row.state == "failed":
                failed[row.student] = "; ".join(row.notes)
    return failed


def _begin(root: Path, app: NbGraderApp, name: str, place: Path) -> None:
    """A copy of the gradebook, in it the exercise with the tests and points that its source has now."""
    if place.exists():
        rmtree(place)
    for folder in (root / "private", root / FOLDER, place):
        folder.mkdir(mode=0o700, exist_ok=True)
    _copy(app.coursedir.db_url, place / "gradebook.db")
    with _in(place):
        second = grade.course(root)
        require(second.coursedir.db_url == _url(place), "nbgrader_config.py", second.coursedir.db_url,
                "a configuration that ends as the repository's does, with PARITY_TRIAL")
        second.coursedir.release_directory, second.coursedir.assignment_id = str(place / "release"), name
        heard, converter = grade.ErrorLog(), GenerateAssignment(coursedir=second.coursedir, parent=second)
        converter.log.addHandler(heard)
        try:
            converter.start()
        except Exception as error:
            raise ValueError(f"the source of {name} makes no exercise: {heard.reason() or error}") from None
        finally:
            converter.log.removeHandler(heard)
    rmtree(place / "release")


def _copy(db_url: str, path: Path) -> None:
    """A copy of a gradebook as an SQLite file, whole even while somebody writes to the first."""
    path.touch(0o600)
    if db_url.startswith(URL):
        with contextlib.closing(sqlite3.connect(db_url.removeprefix(URL))) as source, \
                contextlib.closing(sqlite3.connect(path)) as copy:
            source.backup(copy)
        return
    with Gradebook(f"{URL}{path}") as made, create_engine(db_url, isolation_level="SERIALIZABLE").connect() as server:
        for table in reversed(Base.metadata.sorted_tables):
            made.db.execute(table.delete())         # the course that a new gradebook has
        for table in Base.metadata.sorted_tables:
            if rows := server.execute(table.select()).mappings().all():
                made.db.execute(table.insert(), [dict(row) for row in rows])
        made.db.commit()


def _row(app: NbGraderApp, name: str, place: Path, student: str, book: Book, trial: Book, rules: Rules,
         failed: dict[str, str], penalty: Callable) -> tuple[Row, Standing | None]:
    """A student's row, and their new standing; None where the second grading failed."""
    before, most = book.students[student], (sum(book.most.values()), sum(rules.most.values()))
    graded = _graded(app, student, name)
    if student in failed:
        row = Row(student, "failed", before.points, before.points, most, notes=[grade.printable(failed[student])])
        row.look += ["it was graded before, and keeps its points"] * graded.is_dir()
        return row, None
    old, new = (_texts(one / f"{name}.ipynb") for one in (graded, place / "autograded" / student / name))
    later, words = standing.after(student, before, trial.students[student], book,
                                  lambda task: old.get(task) != new.get(task), rules, penalty)
    tasks = [f"{task} {mark.score:g} → {later.marks[task].score:g}" for task, mark in before.marks.items()
             if mark.score != later.marks[task].score]
    if before.penalty != later.penalty:
        tasks.append(f"late {-before.penalty:g} → {-later.penalty:g}")
    same = later == before and most[0] == most[1]
    return Row(student, "same" if same else "changes", before.points, later.points, most, tasks, words.notes,
               words.look), later


def _graded(app: NbGraderApp, student: str, name: str) -> Path:
    return Path(app.coursedir.format_path(app.coursedir.autograded_directory, student, name))


def _since(folder: Path, name: str) -> float:
    path = folder / f"{name}.ipynb"
    return path.stat().st_mtime if path.is_file() else 0.0


def _texts(path: Path) -> dict[str, str]:
    """The sources of a graded notebook's cells by their names; none where it is not there."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"] if path.is_file() else []     # nbgrader's own file
    return {cell["metadata"]["nbgrader"]["grade_id"]: "".join(cell["source"])
            for cell in cells if "nbgrader" in cell["metadata"]}


def _penalty(app: NbGraderApp) -> Callable[[str, float, float], float]:
    """The course's own rule for lateness, within 0 and the points, as nbgrader keeps it."""
    rule = AssignLatePenalties(parent=app)
    rule.init_plugin()
    return lambda student, score, late: min(max(
        rule.plugin_inst.late_submission_penalty(student, score, late) or 0.0, 0.0), score)


# ---------------------------------------------------------------- in the first one's place


def _require_same(app: NbGraderApp, name: str, place: Path, known: Book, book: Book, tried: set[str]) -> None:
    """Raise ValueError where a hand-in was graded, or taken out, while the second grading went on."""
    others = set(known.students) ^ set(book.students) | {
        one for one in tried if _since(_graded(app, one, name), name) > _since(place / "autograded" / one / name, name)}
    if others or known.most != book.most:
        what = ", ".join(sorted(others)) or "the points of tasks"
        raise ValueError(f"nothing was changed: {what} changed meanwhile; do the same again, what was graded for it is "
                         "kept")


def _require_whole(rows: list[Row], book: Book) -> None:
    bad = [row.student for row in rows if row.state == "failed" and row.look]
    if bad:
        raise ValueError(f"nothing was changed: {', '.join(bad)} could be graded before and cannot be now; "
                         "repair that, or name the others with --student")


def _put(app: NbGraderApp, name: str, place: Path, rules: Rules, new: dict[str, Standing],
         dropped: dict[str, dict]) -> Path:
    """The points in one transaction, then the files; what is cut off between them is finished by the next command."""
    own, backup = app.coursedir, place.parent / f"{name}.before.db"
    for number in itertools.count(2):       # none takes the place of an earlier one
        if not backup.exists():
            break
        backup = backup.with_name(f"{name}.before-{number}.db")
    _copy(own.db_url, backup)
    (place / DROPPED).write_text(json.dumps(dropped, indent=1), encoding="utf-8")
    (place / PUTTING).write_text(_digest(new), encoding="ascii")
    standing.put(own.db_url, own.course_id, name, _url(place), rules, new)
    _move(app, name, place, new)
    return backup


def _digest(students: dict[str, Standing]) -> str:
    """What the tests gave to each of these students."""
    marks = {student: {task: mark.auto for task, mark in one.marks.items()} for student, one in students.items()}
    return json.dumps(sorted(marks)) + hashlib.sha256(json.dumps(marks, sort_keys=True).encode()).hexdigest()


def _finish(app: NbGraderApp, name: str, place: Path) -> None:
    """Where putting in place was cut off after the points were written, let the files follow."""
    if not (mark := place / PUTTING).is_file():
        return
    text = mark.read_text(encoding="ascii")
    students = standing.read(app.coursedir.db_url, app.coursedir.course_id, name).students
    with contextlib.suppress(ValueError, KeyError):
        names, _ = json.JSONDecoder().raw_decode(text)
        if _digest({student: students[student] for student in names}) == text:
            _move(app, name, place, names)
    mark.unlink(missing_ok=True)


def _move(app: NbGraderApp, name: str, place: Path, students: Iterable[str]) -> None:
    """Graded notebooks, and the record of dropped tasks, in the places of the old ones.

    The second grading stays: for another rule nothing has to be graded again.
    """
    for student in students:
        folder, goal = place / "autograded" / student / name, _graded(app, student, name)
        if folder.is_dir():
            if goal.exists():
                rmtree(goal)
            goal.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(folder, goal)
    if (place / DROPPED).is_file():     # else it was cut off just before its end
        (place / DROPPED).replace(place.parent / f"{name}.{DROPPED}")
    (place / PUTTING).unlink()
