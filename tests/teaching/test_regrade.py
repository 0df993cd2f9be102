"""`parity regrade` for a class: what it lists, what it leaves alone, and that it is put in place as a whole."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

import nbformat
import pytest
from filelock import FileLock
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.api import Gradebook
from nbgrader.preprocessors import OverwriteCells

from parity_lib.teaching import grade as grading
from parity_lib.teaching import regrade as module
from parity_lib.teaching import standing
from tests.exercises import course
from tests.teaching.roster import the_class

pytestmark = [pytest.mark.whole, pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")]
NAME = "unrolling"
TESTS = {"parity-check": 2, "rnn-step-check": 2, "unroll-check": 3, "two-unit-weights-check": 4}
ANSWER = "what-convinces"
CLASS = [one.id for one in the_class()][::4]
PENALTY = """
from nbgrader.plugins import LateSubmissionPlugin
class Tenth(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return score / 10
c = get_config()
c.AssignLatePenalties.plugin_class = Tenth
"""


@pytest.fixture(scope="module")
def graded_class(tmp_path_factory) -> Path:
    """Ten hand-ins: graded, and their answers read."""
    root = course.copy_course(tmp_path_factory.mktemp("regrade") / "course", NAME)
    (root / "private").mkdir()
    (root / "private" / "nbgrader_config.py").write_text(PENALTY)
    course.nbgrader_at_once(root, ["generate_assignment", NAME, "--force"],
                            ["db", "assignment", "add", NAME, "--duedate=2026-11-20 18:00:00 UTC"])
    notebook = course.solution(NAME)
    next(cell for cell in notebook.cells if cell.id == ANSWER).source = "Mine."
    notebook = nbformat.writes(notebook)
    with book_of(root) as book:
        for student in CLASS:
            for place in ("submitted", "autograded"):
                folder = root / place / student / NAME
                folder.mkdir(parents=True)
                (folder / f"{NAME}.ipynb").write_text(notebook, encoding="utf8")
            book.add_student(student)
            late = student == CLASS[7]
            book.add_submission(NAME, student, timestamp=f"2026-11-20 {19 if late else 17}:00:00 UTC")
            own = book.find_submission_notebook(NAME, NAME, student)
            for one in own.grades:
                one.needs_manual_grade = False
                one.auto_score, one.manual_score = (TESTS[one.name], None) if one.name in TESTS else (None, 2)
            for one in own.comments:
                if one.name == ANSWER:
                    one.manual_comment = "Read."
            own.late_submission_penalty = 1.3 if late else None
        book.db.commit()
    return root


@contextlib.contextmanager
def book_of(root: Path) -> Iterator[Gradebook]:
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "one-bit-of-memory") as book:
        yield book


@dataclass
class Class:
    """A course, what its tests give now, and what was graded for that."""

    root: Path
    auto: dict[tuple[str, str], float] = field(default_factory=dict)
    text: dict[str, str] = field(default_factory=dict)
    fails: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    stop_after: int = 1000

    def grade(self, root: Path, name: str, students: tuple[str, ...] = (), force: bool = False,
              jobs: int = 1) -> Iterator:
        """Stands for `grade`: no hand-in is run."""
        app = grading.course(root)
        for student in students:
            place = Path(app.coursedir.autograded_directory, student, name)
            if place.is_dir():
                yield grading.Row(student, "kept")
                continue
            if len(self.asked) >= self.stop_after:
                raise KeyboardInterrupt
            self.asked.append(student)
            if student in self.fails:
                yield grading.Row(student, "failed", notes=[self.fails[student]])
                continue
            notebook = json.loads((root / "submitted" / student / name / f"{name}.ipynb").read_text(encoding="utf8"))
            next(cell for cell in notebook["cells"] if cell["id"] == ANSWER)["source"] = self.text.get(student, "Mine.")
            with Gradebook(app.coursedir.db_url, app.coursedir.course_id) as book:
                for one in book.find_submission_notebook(name, name, student).grades:
                    one.auto_score = self.auto.get((student, one.name), one.max_score) if one.name in TESTS else None
                    one.needs_manual_grade = one.manual_score is not None or one.auto_score is None
                book.db.commit()
            place.mkdir(parents=True)
            (place / f"{name}.ipynb").write_text(json.dumps(notebook), encoding="utf8")
            yield grading.Row(student)

    def regrade(self, *arguments: str) -> tuple[int, dict[str, str], str]:
        """The command's status, its line of each student, and all that it said."""
        code, said = course.parity(self.root, "regrade", NAME, *arguments)
        lines = {line.split()[0]: " ".join(line.split()[1:]) for line in said.splitlines() if line.startswith("s2045")}
        return code, lines, said

    def marks(self, student: str) -> dict[str, tuple]:
        with book_of(self.root) as book:
            return {one.name: (one.auto_score, one.manual_score, one.needs_manual_grade, one.max_score)
                    for one in book.find_submission_notebook(NAME, NAME, student).grades}

    def score(self, student: str) -> float:
        with book_of(self.root) as book:
            return book.find_submission(NAME, student).score

    def change(self, student: str, task: str, **values: object) -> None:
        with book_of(self.root) as book:
            one = book.find_grade(task, NAME, NAME, student)
            for key, value in values.items():
                setattr(one, key, value)
            book.db.commit()

    def as_it_is(self) -> str:
        """A hash of all that an instructor has."""
        digest = hashlib.sha256()
        for path in sorted([self.root / "gradebook.db", *(self.root / "autograded").rglob("*.ipynb")]):
            digest.update(path.relative_to(self.root).as_posix().encode() + path.read_bytes())
        return digest.hexdigest()


@pytest.fixture
def those(graded_class, tmp_path, monkeypatch) -> Class:
    found = Class(shutil.copytree(graded_class, tmp_path / "course"))
    monkeypatch.setattr(grading, "grade", found.grade)
    return found


def source(root: Path) -> Path:
    return root / "solutions" / NAME / f"{NAME}.ipynb"


def edit(root: Path, change) -> None:
    """Change nbgrader's source."""
    notebook = nbformat.read(source(root), as_version=4)
    change(notebook)
    nbformat.write(notebook, source(root))


def with_points(root: Path, **points: int) -> None:
    def change(notebook) -> None:
        for cell in notebook.cells:
            if cell.id.replace("-", "_") in points:
                cell.metadata.nbgrader.points = points[cell.id.replace("-", "_")]
    edit(root, change)


def test_a_changed_check_is_listed_first_and_what_was_read_stays_read(those):
    edit(those.root, lambda notebook: notebook.cells.__getitem__(0).update(source="Another beginning."))
    those.auto = {(CLASS[3], "unroll-check"): 0, (CLASS[7], "two-unit-weights-check"): 2}
    before = those.as_it_is()
    status, lines, said = those.regrade()
    assert status == 0, said
    assert lines == {CLASS[3]: "changes 13 of 15 → 10 of 15 unroll-check 3 → 0",
                     CLASS[7]: "changes 11.7 of 15 → 9.9 of 15 two-unit-weights-check 4 → 2; late -1.3 → -1.1"}
    assert "10 hand-ins: 2 would change, 8 same, 0 failed" in said
    assert those.as_it_is() == before
    assert those.regrade("--apply")[0] == 0
    assert len(those.asked) == 10       # what was graded for the list is put in place
    assert those.score(CLASS[3]) == 10
    for student in CLASS[3], CLASS[4]:
        assert [one[1:3] for name, one in those.marks(student).items() if name not in TESTS] == [(2, False)]
    with book_of(those.root) as book:
        assert book.find_comment(ANSWER, NAME, NAME, CLASS[3]).manual_comment == "Read."
        assert not any(one.needs_manual_grade for one in book.assignment_submissions(NAME))
    backup = Gradebook(f"sqlite:///{those.root / 'private' / 'regrade' / f'{NAME}.before.db'}", "one-bit-of-memory")
    with backup as book:
        assert book.find_submission(NAME, CLASS[3]).score == 13
    asked = len(those.asked)
    assert those.regrade()[0] == 0
    assert len(those.asked) == asked, "nothing has to be graded a third time"
    second = those.root / "private" / "regrade" / NAME / "autograded" / CLASS[3] / NAME / f"{NAME}.ipynb"
    os.utime(second, (second.stat().st_atime, second.stat().st_mtime - 1))
    assert those.regrade()[0] == 0
    assert those.asked[asked:] == [CLASS[3]], "but what was graded again since"
    assert those.regrade()[:2] == (0, {})


def test_one_that_was_stopped_goes_on_and_begins_anew_where_the_rules_have_changed(those):
    those.stop_after = 4
    assert those.regrade()[0] == 1
    assert len(those.asked) == 4
    those.stop_after = 1000
    assert those.regrade()[0] == 0
    assert sorted(those.asked) == sorted(CLASS)
    (those.root / "private" / f"{NAME}.py").write_text("def parity(call):\n    pass\n")
    assert those.regrade()[0] == 0
    assert len(those.asked) == 20


def test_a_changed_answer_is_read_again_and_says_so(those):
    those.text = {CLASS[0]: "Another answer."}
    status, lines, _ = those.regrade("--apply")
    assert status == 1
    assert list(lines) == [CLASS[0]]
    assert lines[CLASS[0]].count("to be read again, the answer has changed") == 1
    assert {one[1:3] for name, one in those.marks(CLASS[0]).items() if name not in TESTS} == {(2, True)}


def test_points_of_a_test_that_were_given_by_hand_are_kept_unless_they_are_to_be_forgotten(those):
    those.change(CLASS[0], "unroll-check", auto_score=0, manual_score=1)
    those.change(CLASS[1], "unroll-check", auto_score=3, manual_score=2.5)
    status, lines, _ = those.regrade()
    assert status == 1
    assert "LOOK: unroll-check: stays at 1, which was given by hand; the test now gives 3" in lines[CLASS[0]]
    assert lines[CLASS[1]].endswith("unroll-check: 2.5 by hand, kept (the test gives 3)")
    assert those.regrade("--apply")[0] == 1
    assert those.marks(CLASS[0])["unroll-check"] == (3, 1, True, 3)
    assert those.marks(CLASS[1])["unroll-check"] == (3, 2.5, False, 3)
    status, lines, _ = those.regrade("--forget-manual", "--apply")
    assert (status, those.marks(CLASS[0])["unroll-check"]) == (0, (3, None, False, 3))
    assert "unroll-check 1 → 3; unroll-check: 1 by hand, forgotten" in lines[CLASS[0]]


def test_an_extension_without_a_hand_in_is_none(those):
    with book_of(those.root) as book:
        book.add_student("s204540")
        book.add_submission(NAME, "s204540")
        book.grant_extension(NAME, "s204540", days=2)
    status, lines, said = those.regrade()
    assert (status, "s204540" in lines) == (0, False), said


def can_be_graded(root: Path, name: str, points: int) -> bool:
    """Whether nbgrader takes the cell as the gradebook has it; with a checksum of other points it raises."""
    with book_of(root) as book:
        own = book.find_source_cell(name, NAME, NAME)
        notebook = new_notebook(cells=[new_code_cell(own.source, metadata={"nbgrader": {
            "grade": True, "solution": False, "locked": True, "task": False, "grade_id": name, "points": points,
            "schema_version": 3, "cell_type": "code", "checksum": own.checksum}})])
    OverwriteCells().preprocess(notebook, {"nbgrader": {
        "notebook": NAME, "assignment": NAME, "db_url": f"sqlite:///{root / 'gradebook.db'}"}})
    return notebook.cells[0].metadata.nbgrader.points == points


def test_points_that_changed_in_the_source_reach_a_gradebook_with_hand_ins(those):
    with_points(those.root, unroll_check=5, **{ANSWER.replace("-", "_"): 1})
    status, lines, said = those.regrade("--apply")
    assert f"unroll-check has 5 points, not 3\n{ANSWER} has 1 points, not 4" in said
    assert status == 1
    assert f"{ANSWER}: 2 by hand is more than there are, and becomes 1" in lines[CLASS[0]]
    marks = those.marks(CLASS[0])
    assert marks["unroll-check"] == (5, None, False, 5)
    assert can_be_graded(those.root, "unroll-check", 5)
    assert marks[ANSWER] == (None, 1, True, 1)
    with book_of(those.root) as book:
        assert book.find_submission(NAME, CLASS[0]).max_score == 15 + 2 - 3
    assert those.regrade()[0] == 0
    with_points(those.root, unroll_check=4)
    assert "points change for everybody" in those.regrade("--student", CLASS[0])[2]


def test_a_dropped_task_is_out_for_everybody_until_it_is_restored(those):
    status, lines, said = those.regrade("--drop", "rnn_step", "--drop", ANSWER)
    assert status == 0
    assert "rnn-step-check is dropped: nobody has points for it, and there are none" in said
    assert lines[CLASS[0]].startswith("changes 13 of 15 → 9 of 9 rnn-step-check 2 → 0")
    assert f"{ANSWER}: 2 by hand, dropped with the task" in lines[CLASS[0]]
    assert those.marks(CLASS[0])["rnn-step-check"][3] == 2
    assert those.regrade("--drop", "rnn_step", "--drop", ANSWER, "--apply")[0] == 0
    for student in CLASS:
        marks = those.marks(student)
        assert marks["rnn-step-check"] == marks[ANSWER] == (0, None, False, 0)
    assert can_be_graded(those.root, "rnn-step-check", 0)
    # It stays dropped, and the marks of before are kept for the day when it is not.
    assert those.regrade("--apply")[:2] == (0, {})
    status, lines, said = those.regrade("--restore", ANSWER, "--apply")
    assert status == 0
    assert f"{ANSWER} has 4 points again, not 0" in said
    assert those.marks(CLASS[0])[ANSWER] == (None, 2, False, 4)
    assert those.marks(CLASS[0])["rnn-step-check"] == (0, None, False, 0)
    assert those.score(CLASS[0]) == 11
    assert "one of rnn-step-check" in those.regrade("--restore", "parity")[2]


@pytest.mark.parametrize(("arguments", "words"), [
    (("--drop", "unrol"), "task must be one of parity-check, rnn-step-check"),
    (("--restore", "unroll"), "one of none: no task is dropped"),
    (("--student", "s204599"), "graded for unrolling; `parity grade unrolling` grades what is new"),
])
def test_what_is_not_there_is_named(those, arguments, words):
    status, _, said = those.regrade(*arguments)
    assert (status, said.count("\n")) == (1, 1)
    assert words in said


def test_other_cells_are_refused_before_anything_is_done(those):
    before = those.as_it_is()
    edit(those.root, lambda notebook: [cell.metadata.nbgrader.update(grade_id="folded")
                                       for cell in notebook.cells if cell.id == "unroll"])
    status, _, said = those.regrade("--apply")
    assert status == 1
    assert "has other cells than what was handed in: new folded; missing unroll. Put the cells back" in said
    assert (those.asked, those.as_it_is()) == ([], before)


def test_a_source_whose_text_has_changed_since_is_refused(those):
    shutil.copytree(course.ROOT / "book", those.root / "book", ignore=lambda folder, names: [
        name for name in names if "." in name and not name.endswith(".md")])
    shutil.copy(course.ROOT / "_toc.yml", those.root)
    shutil.copy(course.ROOT / "_config.yml", those.root)
    assert those.regrade()[0] == 0
    text = those.root / "solutions" / f"{NAME}.md"
    text.write_text(text.read_text(encoding="utf8").replace("unroll_check, points: 3", "unroll_check, points: 5"),
                    encoding="utf8")
    assert "not what its notebook was made of: `parity exercises` first" in those.regrade()[2]


def test_what_cannot_be_graded_any_more_stops_all_of_it_and_what_never_could_does_not(those):
    those.auto = {(CLASS[5], "unroll-check"): 0}
    those.fails = {CLASS[0]: "RuntimeError: no notebook\x1b[2J", CLASS[1]: "ValueError: never was one"}
    shutil.rmtree(those.root / "autograded" / CLASS[1])
    shutil.rmtree(those.root / "submitted" / CLASS[2])
    course.submit(those.root, "s209999", NAME, course.solution(NAME))
    before = those.as_it_is()
    status, lines, said = those.regrade("--apply")
    assert status == 1
    assert f"nothing was changed: {CLASS[0]}, {CLASS[2]} could be graded before and cannot be now" in said
    assert those.as_it_is() == before
    status, lines, said = those.regrade()
    assert "RuntimeError: no notebook" in lines[CLASS[0]]
    assert "\x1b" not in said
    assert "its files are not there any more" in lines[CLASS[2]]
    assert "s209999              new" in said
    assert "3 failed, 1 not graded yet" in said
    others = [part for student in CLASS[3:] for part in ("--student", student)]
    assert those.regrade(*others, "--apply")[0] == 0
    assert those.score(CLASS[5]) == 10
    assert those.marks(CLASS[0])["unroll-check"] == (3, None, False, 3)


def test_putting_in_place_that_was_cut_off_is_finished_by_the_next(those, monkeypatch):
    those.auto = dict.fromkeys([(student, "unroll-check") for student in CLASS[:4]], 1)
    those.text = {CLASS[0]: "Another answer."}
    whole, copied = shutil.copytree, []

    def one_and_no_more(source: Path, goal: Path) -> None:
        if copied:
            raise KeyboardInterrupt
        copied.append(whole(source, goal))
    with monkeypatch.context() as cut:
        cut.setattr(module.shutil, "copytree", one_and_no_more)
        assert "Aborted!" in those.regrade("--apply")[2]
    there = [student for student in CLASS if (those.root / "autograded" / student / NAME).is_dir()]
    assert there == [CLASS[0], *CLASS[2:]], "the second is taken away, and not in place"
    assert those.score(CLASS[3]) == 11
    assert those.regrade()[:2] == (0, {})
    assert all((those.root / "autograded" / student / NAME / f"{NAME}.ipynb").is_file() for student in CLASS)
    text = (those.root / "autograded" / CLASS[0] / NAME / f"{NAME}.ipynb").read_text(encoding="utf8")
    assert text.count("Another answer.") == 1
    # Cut off before a point was written, it has not begun.
    those.auto = dict.fromkeys([(student, "unroll-check") for student in CLASS[:4]], 2)
    (those.root / "private" / f"{NAME}.py").write_text("def parity(call):\n    pass\n")
    monkeypatch.setattr(standing, "put", mock.Mock(side_effect=KeyboardInterrupt))
    before = those.as_it_is()
    assert those.regrade("--apply")[0] == 1
    assert those.as_it_is() == before
    assert len(those.regrade()[1]) == 4
    assert those.as_it_is() == before


def test_cut_off_at_its_very_end_it_is_finished_too(those, monkeypatch):
    those.auto = {(CLASS[0], "unroll-check"): 1}
    whole = Path.unlink

    def unlink(path: Path, **options) -> None:
        if path.name == module.PUTTING:
            raise KeyboardInterrupt
        whole(path, **options)
    monkeypatch.setattr(Path, "unlink", unlink)
    assert those.regrade("--apply")[0] == 1
    monkeypatch.setattr(Path, "unlink", whole)
    assert those.regrade()[:2] == (0, {})
    assert those.score(CLASS[0]) == 11


def test_what_a_person_reads_meanwhile_stays(those, monkeypatch):
    def grade(*arguments, **options) -> Iterator:
        yield from those.grade(*arguments, **options)
        those.change(CLASS[0], ANSWER, manual_score=3)
    monkeypatch.setattr(grading, "grade", grade)
    those.auto = {(CLASS[0], "unroll-check"): 0}
    assert those.regrade("--apply")[0] == 0
    assert those.marks(CLASS[0])["unroll-check"][0] == 0
    assert those.marks(CLASS[0])[ANSWER] == (None, 3, False, 4)


def test_what_is_graded_meanwhile_is_not_overwritten(those, monkeypatch):
    those.auto = {(CLASS[0], "unroll-check"): 0}
    before = those.as_it_is()
    with FileLock(those.root / grading.LOCK):
        assert "another process is grading this course" in those.regrade("--apply")[2]
    assert those.as_it_is() == before

    def grade(*arguments, **options) -> Iterator:
        yield from those.grade(*arguments, **options)
        graded = those.root / "autograded" / CLASS[1] / NAME / f"{NAME}.ipynb"
        os.utime(graded, (graded.stat().st_atime, graded.stat().st_mtime + 1000))
    monkeypatch.setattr(grading, "grade", grade)
    assert f"nothing was changed: {CLASS[1]} changed meanwhile" in those.regrade("--apply")[2]
    assert those.as_it_is() == before


def test_a_gradebook_on_a_server_is_copied_row_by_row(those):
    """Another name of the same driver stands for a server: no file is copied."""
    (those.root / "private" / "nbgrader_config.py").write_text(
        f"{PENALTY}c.CourseDirectory.db_url = 'sqlite+pysqlite:///{those.root / 'gradebook.db'}'\n")
    those.auto = {(CLASS[3], "unroll-check"): 0}
    before = tables(those.root / "gradebook.db")
    status, lines, said = those.regrade("--apply")
    assert status == 0, said
    assert lines == {CLASS[3]: "changes 13 of 15 → 10 of 15 unroll-check 3 → 0"}
    assert those.score(CLASS[3]) == 10
    assert tables(those.root / "private" / "regrade" / f"{NAME}.before.db") == before


def test_no_gradebook_that_was_kept_is_lost(those):
    kept, before = those.root / "private" / "regrade", tables(those.root / "gradebook.db")
    those.auto = {(CLASS[3], "unroll-check"): 0}
    assert those.regrade("--apply")[0] == 0
    assert "before-2.db" in those.regrade("--apply")[2]
    assert tables(kept / f"{NAME}.before.db") == before
    assert tables(kept / f"{NAME}.before-2.db") == tables(those.root / "gradebook.db")


def test_a_variant_is_regraded_from_its_own_source(those):
    variants = those.root / "private" / "variants" / "solutions"
    shutil.copytree(those.root / "solutions" / NAME, variants / NAME)
    (those.root / "book").mkdir()       # as in a clone, where a published source has to be that of its notebook
    settings = those.root / "private" / "nbgrader_config.py"
    settings.write_text(f"{PENALTY}c.CourseDirectory.source_directory = 'private/variants/solutions'\n")
    notebook = nbformat.read(variants / NAME / f"{NAME}.ipynb", as_version=4)
    notebook.cells[0].source = "A variant."
    nbformat.write(notebook, variants / NAME / f"{NAME}.ipynb")
    status, _, said = those.regrade()
    assert status == 0, said
    assert "10 hand-ins: 0 would change, 10 same" in said


def tables(path: Path) -> dict[str, list[str]]:
    """All rows of a gradebook."""
    with contextlib.closing(sqlite3.connect(path)) as book:
        names = [name for name, in book.execute("select name from sqlite_master where type = 'table'")]
        return {name: sorted(map(repr, book.execute(f"select * from {name}"))) for name in names}


def test_an_exercise_that_was_not_graded_is_named(those):
    with book_of(those.root) as book:
        for student in CLASS:
            book.remove_submission(NAME, student)
    assert "an exercise that was graded; `parity grade unrolling` does it first" in those.regrade()[2]
    (those.root / "gradebook.db").unlink()
    assert "nbgrader generate_assignment unrolling" in those.regrade()[2]


def test_without_its_source_nothing_is_graded(those):
    source(those.root).unlink()
    assert "is missing: `parity exercises` writes it" in those.regrade()[2]
