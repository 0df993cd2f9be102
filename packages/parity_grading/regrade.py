"""Tools for grading an exercise again after its tests or points have changed.

The second grading uses a copy of the gradebook in ``private/regrade/EXERCISE``, with the tests and points that the
source notebook has now. It resumes after an interruption and starts again after a change of the tests, the points or
the settings. :mod:`~parity_grading.grade_diff` compares the two gradings.
"""

from __future__ import annotations

import contextlib
import importlib.util
import re
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import joblib
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderApp
from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import capture_log, rmtree, temp_attrs
from sqlalchemy.engine import make_url

from parity_checks import reporting
from parity_grading import grade
from parity_grading.course import (
    exercise_folder,
    find_assignment,
    load_course,
    open_gradebook,
    submission_folders,
)
from parity_grading.grade_diff import StudentDiff, update_exercise, update_submission
from parity_grading.untrusted import named_cells
from parity_lib.errors import require

FOLDER = Path("private", "regrade")
PACKAGES = ("parity_lib", "parity_checks", "parity_grading")    # a change in their code starts the grading again


@dataclass
class Regrading:
    """The result of a second grading, with the old and new points for each task and student."""

    name: str
    most: dict[str, tuple[float, float]]
    students: list[StudentDiff]
    interrupted: bool = False       # an earlier --apply did not copy all graded notebooks
    backup: Path | None = None

    @property
    def needs_attention(self) -> bool:
        """Whether an instructor needs to look at the results."""
        return self.interrupted or any(diff.look or diff.failure for diff in self.students)

    def lines(self) -> Iterator[str]:
        """Yield the lines printed by `parity regrade`."""
        tasks = [(task, before, now) for task, (before, now) in self.most.items() if before != now]
        for task, before, now in tasks:
            yield f"{task} has {now:g} points instead of {before:g}" if now else f"{task} is dropped: no points"
        before, now = (sum(points) for points in zip(*self.most.values(), strict=True))
        changed = "changed" if self.backup else "would change"
        counts = {changed: 0, "unchanged": 0, "failed": 0}
        for diff in self.students:
            state = "failed" if diff.failure else changed if diff.changes or diff.look or tasks else "unchanged"
            counts[state] += 1
            if state != "unchanged":
                points = f"{diff.before:g} of {before:g} → {diff.after:g} of {now:g}"
                details = [*diff.changes, *(f"LOOK: {reason}" for reason in diff.look)]
                yield f"{diff.student:20} {state:12} {diff.failure or f'{points}  ' + '; '.join(details)}"
        yield f"{len(self.students)} submissions: " + ", ".join(f"{count} {state}" for state, count in counts.items())
        if self.backup:
            yield (f"The new grades are in place. The earlier gradebook is {self.backup}. The feedback pages are out "
                   f"of date until you run `nbgrader generate_feedback {self.name} --force`.")
        elif self.interrupted:
            yield "An earlier --apply was interrupted. Run it again, so that all graded notebooks are copied."
        elif counts[changed]:
            yield "Nothing has been changed yet. To put the new grades in place, run the same command with --apply."


def regrade(root: Path, name: str, students: tuple[str, ...] = (), *, apply: bool = False, jobs: int = 1) -> Regrading:
    """Grade an exercise a second time and compare the results.

    Return the differences, which are put in place if ``apply`` is true. ``jobs`` is the number of submissions graded at
    a time. Raise ValueError, and change nothing, if nothing has been graded yet, if the source has other cells than the
    graded exercise, or if submissions are graded meanwhile; with ``apply`` also if a graded submission cannot be graded
    again.
    """
    root = root.resolve()
    app = load_course(root)
    trial, first = root / FOLDER / name, _first_grading(app, name)
    require(bool(first), "name", name, f"an exercise that has been graded; run `parity grade {name}` first")
    for student in students:
        require(student in first, "student", student, f"graded for {name}; `parity grade {name}` does it")
    applying = trial.with_name(f"{name}.applying")      # exists until all graded notebooks have been copied
    chosen = sorted(set(students) or first)
    again_app = _prepare(root, app, name, trial)
    failures = _grade_again(root, app, name, chosen, jobs, trial)
    with (grade.course_lock(app), open_gradebook(app) as book, open_gradebook(again_app) as again,
          book.db.no_autoflush):
        if _first_grading(app, name) != first:
            raise ValueError(f"submissions for {name} were graded in the meantime, so nothing has been changed; run "
                             "the same command again")
        notebook, second = book.find_notebook(name, name), again.find_notebook(name, name)
        now = {cell.name: cell.max_score for cell in second.grade_cells}
        most = {cell.name: (cell.max_score, now[cell.name]) for cell in notebook.grade_cells}
        require(not students or all(before == after for before, after in most.values()), "--student", students,
                "left out, because the points of tasks change for everybody")
        result = Regrading(name, most, _compare(app, again_app, name, book, again, chosen, failures, most),
                           interrupted=applying.exists())
        if apply:
            lost = [student for student in failures if first[student]]
            if lost:
                raise ValueError(f"nothing has been changed, because {', '.join(lost)} could be graded before and "
                                 "cannot be graded now; repair that, or name the other students with --student")
            update_exercise(notebook, second)
            result.backup = trial.with_name(f"{name}.before-{datetime.now():%Y-%m-%d-%H%M%S}.db")
            _copy(app.coursedir.db_url, result.backup)
            applying.touch()
            book.db.commit()
            for student in set(chosen) - set(failures):
                target = exercise_folder(app, "autograded", student, name)
                if target.exists():
                    rmtree(target)
                shutil.copytree(exercise_folder(again_app, "autograded", student, name), target,
                                copy_function=shutil.copy)      # with new times: feedback pages are older
            if not (students and result.interrupted):
                applying.unlink()
                result.interrupted = False
    return result


def _first_grading(app: NbGraderApp, name: str) -> dict[str, float]:
    """Return the modification time of each student's graded notebook, or 0 if there is none."""
    submitted = {folder.parent.name for folder in submission_folders(app, name)}
    with open_gradebook(app) as book:
        find_assignment(book, name)
        times = {submission.student.id: max((path.stat().st_mtime for path in exercise_folder(
            app, "autograded", submission.student.id, name).glob("*.ipynb")), default=0.0)
            for submission in book.assignment_submissions(name)}
    # In the gradebook, an extension counts as a submission, too.
    return {student: time for student, time in times.items() if time or student in submitted}


# ---------------------------------------------------------------- the second grading


def _prepare(root: Path, app: NbGraderApp, name: str, trial: Path) -> NbGraderApp:
    """Load the course with a copy of the gradebook, and update the exercise in this copy.

    The copy of an interrupted grading is used again if the tests and the settings are the same.
    """
    specs = filter(None, map(importlib.util.find_spec, PACKAGES))
    files = [exercise_folder(app, "source", ".", name) / f"{name}.ipynb", reporting.private_file(name),
             root / "nbgrader_config.py", root / "private" / "nbgrader_config.py",
             *sorted((root / "private" / "exercises" / name).glob("*.py")),
             *(path for spec in specs for path in sorted(Path(str(spec.origin)).parent.rglob("*.py")))]
    digest = joblib.hash([(path.name, path.read_bytes()) for path in files if path.is_file()])
    mark = trial / "rules"
    if mark.is_file() and mark.read_text(encoding="ascii") == digest:
        return load_course(root, trial)
    if trial.exists():
        rmtree(trial)
    trial.mkdir(mode=0o700, parents=True)
    _copy(app.coursedir.db_url, trial / "gradebook.db")
    again_app = load_course(root, trial)
    with temp_attrs(again_app.coursedir, release_directory=str(trial / "release"), assignment_id=name):
        result = capture_log(GenerateAssignment(coursedir=again_app.coursedir, parent=again_app))
    if not result["success"]:
        errors = re.findall(r"^\s*(\w+Error: .*)", result.get("log", ""), re.MULTILINE)
        raise ValueError(f"nbgrader cannot use the source of {name}: {errors[-1] if errors else result['error']}")
    rmtree(trial / "release")
    mark.write_text(digest, encoding="ascii")
    return again_app


def _copy(db_url: str, path: Path) -> None:
    """Copy a gradebook to a new file, which only the owner can read."""
    url = make_url(db_url)
    require(url.get_backend_name() == "sqlite", "CourseDirectory.db_url", url, "an SQLite file, which can be copied")
    path.touch(0o600)
    with (contextlib.closing(sqlite3.connect(str(url.database))) as source,
          contextlib.closing(sqlite3.connect(path)) as copy):
        source.backup(copy)


def _grade_again(root: Path, app: NbGraderApp, name: str, students: list[str], jobs: int, trial: Path
                 ) -> dict[str, str]:
    """Grade submissions again with a copy of the gradebook. Return the reasons for failures, keyed by student."""
    submitted = {folder.parent.name for folder in submission_folders(app, name)}
    failures = {student: "its files are missing" for student in students if student not in submitted}
    if chosen := tuple(student for student in students if student in submitted):
        for row in grade.grade(root, name, chosen, jobs=jobs, trial=trial):
            if row.state == "failed":
                failures[row.student] = "; ".join(row.notes)
    return failures


def _compare(app: NbGraderApp, again_app: NbGraderApp, name: str, book: Gradebook, again: Gradebook,
             students: list[str], failures: dict[str, str], most: dict[str, tuple[float, float]]) -> list[StudentDiff]:
    """Compare the two gradings of each submission, and write the new marks to ``book`` without committing them."""
    answers = {cell.name for cell in book.find_notebook(name, name).solution_cells} & set(most)
    rule, diffs = AssignLatePenalties(parent=app), []
    rule.init_plugin()
    for student in students:
        if student in failures:
            diffs.append(StudentDiff(student, failure=failures[student]))
            continue
        before, after = (named_cells(exercise_folder(course, "autograded", student, name) / f"{name}.ipynb")
                         for course in (app, again_app))
        diffs.append(update_submission(
            book.find_submission(name, student), again.find_submission(name, student), most,
            {task: len({cells[task].source if task in cells else None for cells in (before, after)}) > 1
             for task in answers}, rule.plugin_inst))
    return diffs
