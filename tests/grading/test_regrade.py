"""`parity regrade` lists what a second grading changes, keeps points given by hand, and applies all or nothing."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.apps import NbGraderApp
from nbgrader.preprocessors import OverwriteCells

from parity_grading import before_grading
from parity_grading import grade as grading
from parity_grading import regrade as module
from parity_grading.course import exercise_folder, open_gradebook
from parity_grading.grade_diff import update_grade
from tests.exercises import course
from tests.grading import archives, classroom

pytestmark = [pytest.mark.whole, pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")]
NAME = "unrolling"
TESTS = {"parity-check": 2, "rnn-step-check": 2, "unroll-check": 3, "two-unit-weights-check": 4}
ANSWER = "what-convinces"
STUDENTS = list(archives.CLASS)[::4]
LATE = STUDENTS[7]
PENALTY = """
from nbgrader.plugins import LateSubmissionPlugin
class Tenth(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return score / 10
c = get_config()
c.AssignLatePenalties.plugin_class = Tenth
"""


# ---------------------------------------------------------------- single marks


def mark(auto=None, manual=None, waits=False):
    return SimpleNamespace(auto_score=auto, manual_score=manual, extra_credit=None, needs_manual_grade=waits)


@pytest.mark.parametrize(("before", "auto", "most", "answer_changed", "expected", "look"), [
    # A test without points by hand takes the result of the second grading.
    (mark(0), 3, (4, 4), None, mark(3), ""),
    # An answer that has been read stays read, although nbgrader wants it to be read after every grading.
    (mark(None, 2), None, (4, 4), False, mark(None, 2), ""),
    (mark(None, None, True), None, (4, 4), False, mark(None, None, True), ""),
    # A changed answer must be read, and keeps its points until then.
    (mark(None, 2), None, (4, 4), True, mark(None, 2, True),
     "must be read again, because the answer or its points have changed"),
    (mark(0), None, (4, 4), True, mark(None, None, True), ""),
    # Points by hand for a test stay, and somebody should look at them if the test's result has changed.
    (mark(0, 1), 0, (4, 4), None, mark(0, 1), ""),
    (mark(0, 1), 3, (4, 4), None, mark(3, 1, True), "stays at 1, which was given by hand, but the test now gives 3"),
    # An answer is read again if its points change, and not if it is dropped.
    (mark(None, 3), None, (2, 4), False, mark(None, 3, True),
     "must be read again, because the answer or its points have changed"),
    (mark(None, 3), None, (4, 2), False, mark(None, 2, True),
     "must be read again, because the answer or its points have changed; "
     "3 points given by hand become 2, the new maximum"),
    (mark(None, 3), None, (4, 0), False, mark(0), ""),
])
def test_points_by_hand_stay_and_changes_are_named(before, auto, most, answer_changed, expected, look):
    assert (update_grade(before, auto, most, answer_changed), before) == (look, expected)


# ---------------------------------------------------------------- a class


@pytest.fixture(scope="module")
def graded_class(tmp_path_factory) -> Path:
    """A course with ten submissions, which are graded and whose answers in words have been read."""
    root = archives.make_course(tmp_path_factory.mktemp("regrade") / "course", NAME)
    (root / "private").mkdir(exist_ok=True)
    (root / "private" / "nbgrader_config.py").write_text(PENALTY)
    notebook = course.solution(NAME)
    next(cell for cell in notebook.cells if cell.id == ANSWER).source = "Mine."
    with classroom.opened(root) as book:
        for student in STUDENTS:
            course.submit(root, student, NAME, notebook)
            classroom.add_graded(root, book, student, notebook, TESTS, 2)
            entry = book.find_submission(NAME, student)
            entry.timestamp = archives.DUE + timedelta(hours=1 if student == LATE else -1)
            entry.notebooks[0].late_submission_penalty = 1.3 if student == LATE else None
            book.find_comment(ANSWER, NAME, NAME, student).manual_comment = "Read."
        book.db.commit()
    return root


@dataclass
class Course:
    """A course whose notebooks are not run; ``auto`` has the results of tests that do not give all points."""

    root: Path
    auto: dict[tuple[str, str], float] = field(default_factory=dict)
    text: dict[str, str] = field(default_factory=dict)
    fails: dict[str, Exception] = field(default_factory=dict)
    graded: list[str] = field(default_factory=list)
    stop_after: int = 1000

    def autograde(self, app: NbGraderApp, submitted: Path, student: str, name: str) -> None:
        """Grade a submission in the place of nbgrader."""
        if len(self.graded) >= self.stop_after:
            raise KeyboardInterrupt
        self.graded.append(student)
        if student in self.fails:
            raise self.fails[student]
        notebook = json.loads((submitted / student / name / f"{name}.ipynb").read_text(encoding="utf8"))
        next(cell for cell in notebook["cells"] if cell["id"] == ANSWER)["source"] = self.text.get(student, "Mine.")
        with open_gradebook(app) as book:
            for grade in book.find_submission_notebook(name, name, student).grades:
                grade.auto_score = (self.auto.get((student, grade.name), grade.max_score)
                                    if grade.name in TESTS else None)
                grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None
            book.db.commit()
        folder = exercise_folder(app, "autograded", student, name)
        folder.mkdir(parents=True)
        (folder / f"{name}.ipynb").write_text(json.dumps(notebook), encoding="utf8")

    def regrade(self, *arguments: str) -> tuple[int, dict[str, str], str]:
        """Return the command's status, its line about each student, and everything that it printed."""
        status, printed = course.parity(self.root, "regrade", NAME, *arguments)
        lines = {line.split()[0]: " ".join(line.split()[1:]) for line in printed.splitlines() if line[:5] == "s2045"}
        return status, lines, printed

    def marks(self, student: str) -> dict[str, tuple]:
        with classroom.opened(self.root) as book:
            return {grade.name: (grade.auto_score, grade.manual_score, grade.needs_manual_grade, grade.max_score)
                    for grade in book.find_submission_notebook(NAME, NAME, student).grades}

    def score(self, student: str) -> float:
        with classroom.opened(self.root) as book:
            return book.find_submission(NAME, student).score

    def change(self, student: str, task: str, **values: object) -> None:
        with classroom.opened(self.root) as book:
            grade = book.find_grade(task, NAME, NAME, student)
            for key, value in values.items():
                setattr(grade, key, value)
            book.db.commit()

    def state(self) -> tuple:
        """Return the rows of the gradebook, and the graded notebooks."""
        notebooks = {path: path.read_bytes() for path in (self.root / "autograded").glob("*/*/*.ipynb")}
        return tables(self.root / "gradebook.db"), notebooks

    def edit_source(self, change) -> None:
        path = self.root / "solutions" / NAME / f"{NAME}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        change(notebook)
        nbformat.write(notebook, path)

    def set_points(self, **points: int) -> None:
        def change(notebook) -> None:
            for cell in notebook.cells:
                if cell.id.replace("-", "_") in points:
                    cell.metadata.nbgrader.points = points[cell.id.replace("-", "_")]
        self.edit_source(change)


@pytest.fixture
def own(graded_class, tmp_path, monkeypatch) -> Course:
    """A copy of the course that a test may change."""
    copy = Course(shutil.copytree(graded_class, tmp_path / "course"))
    monkeypatch.setattr(grading, "autograde", copy.autograde)
    monkeypatch.setattr(before_grading, "try_known_answer", lambda config: None)
    return copy


def tables(path: Path) -> dict[str, list[str]]:
    """Return all rows of a gradebook."""
    with contextlib.closing(sqlite3.connect(path)) as book:
        names = [name for name, in book.execute("select name from sqlite_master where type = 'table'")]
        return {name: sorted(map(repr, book.execute(f"select * from {name}"))) for name in names}


# ---------------------------------------------------------------- differences


def test_differences_are_listed_first_and_then_applied_without_grading_again(own):
    own.edit_source(lambda notebook: notebook.cells[0].update(source="Another beginning."))
    own.auto = {(STUDENTS[3], "unroll-check"): 0, (LATE, "two-unit-weights-check"): 2}
    before = own.state()
    status, lines, printed = own.regrade()
    assert status == 0, printed
    assert lines == {STUDENTS[3]: "would change 13 of 15 → 10 of 15 unroll-check 3 → 0",
                     LATE: "would change 11.7 of 15 → 9.9 of 15 two-unit-weights-check 4 → 2; late penalty 1.3 → 1.1"}
    assert "10 submissions: 2 would change, 8 unchanged, 0 failed" in printed
    assert own.state() == before
    assert own.regrade("--apply")[0] == 0
    assert len(own.graded) == 10
    assert own.score(STUDENTS[3]) == 10
    for student in STUDENTS[3], STUDENTS[4]:
        assert own.marks(student)[ANSWER] == (None, 2, False, 4)
    with classroom.opened(own.root) as book:
        assert book.find_comment(ANSWER, NAME, NAME, STUDENTS[3]).manual_comment == "Read."
    backup, = (own.root / "private" / "regrade").glob(f"{NAME}.before-*.db")
    assert tables(backup) == before[0]
    rows = own.state()[0]
    assert own.regrade("--apply")[:2] == (0, {})
    assert own.state()[0] == rows
    assert len(own.graded) == 10


def test_an_interrupted_grading_resumes_and_starts_again_if_the_tests_have_changed(own):
    own.stop_after = 4
    assert own.regrade()[0] == 1
    own.stop_after = 1000
    assert own.regrade()[0] == 0
    assert sorted(own.graded) == sorted(STUDENTS)
    (own.root / "private" / f"{NAME}.py").write_text("def parity(call):\n    pass\n")
    assert own.regrade()[0] == 0
    assert len(own.graded) == 20


def test_a_changed_answer_and_changed_points_by_hand_need_a_person(own):
    own.text = {STUDENTS[0]: "Another answer."}
    own.change(STUDENTS[1], "unroll-check", auto_score=0, manual_score=1)
    own.change(STUDENTS[2], "unroll-check", auto_score=3, manual_score=2.5)
    status, lines, _ = own.regrade("--apply")
    assert (status, list(lines)) == (1, STUDENTS[:2])
    assert f"LOOK: {ANSWER}: must be read again, because the answer or its points have changed" in lines[STUDENTS[0]]
    assert own.marks(STUDENTS[0])[ANSWER] == (None, 2, True, 4)
    assert own.marks(STUDENTS[1])["unroll-check"] == (3, 1, True, 3)
    assert own.marks(STUDENTS[2])["unroll-check"] == (3, 2.5, False, 3)
    text = (own.root / "autograded" / STUDENTS[0] / NAME / f"{NAME}.ipynb").read_text(encoding="utf8")
    assert "Another answer." in text


def test_an_extension_is_no_submission_and_reduces_the_late_penalty(own):
    with classroom.opened(own.root) as book:
        book.add_submission(NAME, "s204540")
        book.grant_extension(NAME, "s204540", days=2)
        book.grant_extension(NAME, LATE, days=1)
    assert own.regrade()[:2] == (0, {LATE: "would change 11.7 of 15 → 13 of 15 late penalty 1.3 → 0"})


# ---------------------------------------------------------------- points and dropped tasks


def can_be_graded(root: Path, name: str, points: int) -> bool:
    """Return whether nbgrader accepts the cell in the gradebook; it refuses a checksum of other points."""
    with classroom.opened(root) as book:
        cell = book.find_source_cell(name, NAME, NAME)
        notebook = new_notebook(cells=[new_code_cell(cell.source, metadata={"nbgrader": {
            "grade": True, "solution": False, "locked": True, "task": False, "grade_id": name, "points": points,
            "schema_version": 3, "cell_type": "code", "checksum": cell.checksum}})])
    OverwriteCells().preprocess(notebook, {"nbgrader": {
        "notebook": NAME, "assignment": NAME, "db_url": f"sqlite:///{root / 'gradebook.db'}"}})
    return notebook.cells[0].metadata.nbgrader.points == points


def test_changed_points_reach_a_gradebook_with_submissions(own):
    own.set_points(unroll_check=5, what_convinces=1)
    status, lines, printed = own.regrade("--apply")
    assert f"unroll-check has 5 points instead of 3\n{ANSWER} has 1 points instead of 4" in printed
    assert status == 1
    assert "2 points given by hand become 1, the new maximum" in lines[STUDENTS[0]]
    marks = own.marks(STUDENTS[0])
    assert (marks["unroll-check"], marks[ANSWER]) == ((5, None, False, 5), (None, 1, True, 1))
    assert can_be_graded(own.root, "unroll-check", 5)
    assert own.regrade()[0] == 0
    own.set_points(unroll_check=4)
    assert "the points of tasks change for everybody" in own.regrade("--student", STUDENTS[0])[2]


def test_a_task_whose_points_become_0_is_dropped(own):
    own.set_points(rnn_step_check=0, what_convinces=0)
    status, lines, printed = own.regrade()
    assert status == 0
    assert "rnn-step-check is dropped: no points" in printed
    assert lines[STUDENTS[0]].startswith("would change 13 of 15 → 9 of 9 rnn-step-check 2 → 0")
    assert own.marks(STUDENTS[0])["rnn-step-check"][3] == 2
    assert own.regrade("--apply")[0] == 0
    for student in STUDENTS:
        marks = own.marks(student)
        assert marks["rnn-step-check"] == marks[ANSWER] == (0, None, False, 0)
    assert can_be_graded(own.root, "rnn-step-check", 0)
    assert own.regrade()[:2] == (0, {})


# ---------------------------------------------------------------- errors and interruptions


def rename_cell(folder: Course) -> None:
    folder.edit_source(lambda notebook: [cell.metadata.nbgrader.update(grade_id="folded")
                                         for cell in notebook.cells if cell.id == "unroll"])


def remove_submissions(folder: Course) -> None:
    with classroom.opened(folder.root) as book:
        for student in STUDENTS:
            book.remove_submission(NAME, student)


@pytest.mark.parametrize(("change", "arguments", "words"), [
    (rename_cell, ["--apply"], "Cannot add or remove cells for notebook 'unrolling'"),
    (lambda folder: (folder.root / "solutions" / NAME / f"{NAME}.ipynb").unlink(), [], "cannot use the source of"),
    (lambda folder: None, ["--student", "s204599"], "graded for unrolling; `parity grade unrolling` does it"),
    (remove_submissions, [], "an exercise that has been graded; run `parity grade unrolling` first"),
])
def test_what_cannot_be_graded_again_is_refused_before_anything_is_done(own, change, arguments, words):
    change(own)
    before = own.state()
    status, _, printed = own.regrade(*arguments)
    assert (status, printed.startswith("Error: "), words in printed) == (1, True, True), printed
    assert (own.graded, own.state()) == ([], before)


def test_a_submission_that_cannot_be_graded_any_more_prevents_all_changes(own):
    own.auto = {(STUDENTS[5], "unroll-check"): 0}
    own.fails = {STUDENTS[0]: RuntimeError("no notebook"), STUDENTS[1]: ValueError("never was one")}
    shutil.rmtree(own.root / "autograded" / STUDENTS[1])
    shutil.rmtree(own.root / "submitted" / STUDENTS[2])
    before = own.state()
    status, _, printed = own.regrade("--apply")
    assert status == 1
    assert f"nothing has been changed, because {STUDENTS[2]}, {STUDENTS[0]} could be graded before" in printed
    assert own.state() == before
    status, lines, printed = own.regrade()
    assert status == 1
    assert lines[STUDENTS[0]].endswith("RuntimeError: no notebook")
    assert lines[STUDENTS[2]].endswith("its files are missing")
    assert "3 failed" in printed
    others = [part for student in STUDENTS[3:] for part in ("--student", student)]
    assert own.regrade(*others, "--apply")[0] == 0
    assert own.score(STUDENTS[5]) == 10
    assert own.marks(STUDENTS[0])["unroll-check"] == (3, None, False, 3)


@pytest.mark.slow
def test_after_an_interruption_of_apply_the_next_one_copies_the_rest(own, monkeypatch):
    own.auto = dict.fromkeys([(student, "unroll-check") for student in STUDENTS[:4]], 1)
    own.text = {STUDENTS[0]: "Another answer."}
    own.regrade()
    copytree = mock.Mock(side_effect=[None, KeyboardInterrupt])
    with monkeypatch.context() as interrupted:
        interrupted.setattr(module.shutil, "copytree", copytree)
        assert "Aborted!" in own.regrade("--apply")[2]
    assert own.score(STUDENTS[3]) == 11, "all points are written at once"
    status, _, printed = own.regrade()
    assert status == 1
    assert "An earlier --apply was interrupted. Run it again" in printed
    own.regrade("--apply")
    assert own.regrade()[0] == 0
    for student in STUDENTS:
        text = (own.root / "autograded" / student / NAME / f"{NAME}.ipynb").read_text(encoding="utf8")
        assert ("Another answer." in text) == (student == STUDENTS[0])


def after_grading(monkeypatch, change) -> None:
    """Let something happen between the second grading and the comparison."""
    real_grade = grading.grade

    def grade(*arguments, **options) -> Iterator:
        yield from real_grade(*arguments, **options)
        change()
    monkeypatch.setattr(grading, "grade", grade)


def test_what_a_person_marks_meanwhile_stays(own, monkeypatch):
    after_grading(monkeypatch, lambda: own.change(STUDENTS[0], ANSWER, manual_score=3))
    copy = module._copy
    monkeypatch.setattr(module, "_copy", lambda *arguments: (
        copy(*arguments), own.change(STUDENTS[1], ANSWER, manual_score=4)))
    own.auto = dict.fromkeys([(student, "unroll-check") for student in STUDENTS[:2]], 0)
    assert own.regrade("--apply")[0] == 0
    assert [own.marks(student)[ANSWER] for student in STUDENTS[:2]] == [(None, 3, False, 4), (None, 4, False, 4)]
    assert [own.marks(student)["unroll-check"][0] for student in STUDENTS[:2]] == [0, 0]


def test_what_is_graded_meanwhile_is_not_overwritten(own, monkeypatch):
    own.auto = {(STUDENTS[0], "unroll-check"): 0}
    before, path = own.state(), own.root / "autograded" / STUDENTS[1] / NAME / f"{NAME}.ipynb"
    after_grading(monkeypatch, lambda: os.utime(path, (4e9, 4e9)))
    assert "were graded in the meantime, so nothing has been changed" in own.regrade("--apply")[2]
    assert own.state() == before
