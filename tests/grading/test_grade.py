"""`parity grade` keeps graded submissions, grades changed ones again, and reports those that cannot be graded."""

import contextlib
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from unittest import mock

import click
import nbformat
import pytest
from click.testing import CliRunner
from filelock import FileLock
from nbgrader.api import Gradebook
from sqlalchemy.exc import OperationalError

from parity_book.cli import LazyGroup, main
from parity_grading import grade as grading
from parity_grading.course import LOCK, add_programs_to_path, load_course
from tests.exercises import course
from tests.grading import classroom

pytestmark = pytest.mark.whole
NAME = "unrolling"
PENALTY = """
from nbgrader.plugins import LateSubmissionPlugin
class Tenth(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return score / 10
c = get_config()
c.AssignLatePenalties.plugin_class = Tenth
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    """Return a course with two submissions that are not graded yet."""
    folder = course.copy_course(tmp_path_factory.mktemp("grade") / "course", NAME)
    for student in ("ada", "emmy"):
        course.submit(folder, student, NAME, course.solution(NAME))
    course.nbgrader(folder, "generate_assignment", NAME, "--force")
    return folder


def grade(root: Path, *arguments: str) -> tuple[int, dict[str, list[str]], str]:
    """Run the command; return its exit status, its row for each student, and everything that it printed."""
    code, printed = course.parity(root, "grade", *arguments)
    rows = {line.split()[0]: line.split() for line in printed.splitlines() if line.startswith(("ada", "emmy"))}
    return code, rows, printed


def states(rows: dict[str, list[str]]) -> dict[str, str]:
    return {student: row[1] for student, row in rows.items()}


def scores(root: Path) -> dict[str, float]:
    with classroom.opened(root) as book:
        return {submission.student.id: submission.score for submission in book.assignment_submissions(NAME)}


@pytest.mark.slow
def test_graded_submissions_are_kept_and_changed_ones_are_graded_again(root):
    status, rows, printed = grade(root, NAME)
    assert (status, states(rows)) == (0, {"ada": "graded", "emmy": "graded"}), printed
    assert rows["ada"][2:5] == ["11", "of", "15"]
    assert states(grade(root, NAME)[1]) == {"ada": "kept", "emmy": "kept"}
    notebook = course.solution(NAME)
    next(cell for cell in notebook.cells if cell.id == "unroll").source = "def unroll(*given):\n    return 0"
    path = root / "submitted" / "emmy" / NAME / f"{NAME}.ipynb"
    nbformat.write(notebook, path)
    assert states(grade(root, NAME)[1]) == {"ada": "kept", "emmy": "graded"}
    assert scores(root) == {"ada": 11, "emmy": 8}
    assert states(grade(root, NAME, "--student", "ada", "--force")[1]) == {"ada": "graded"}


def set_marks(root: Path, student: str, task: str, **marks: object) -> None:
    """Change what the gradebook contains about a student's work on a task."""
    with classroom.opened(root) as book:
        entry = book.find_grade(task, NAME, NAME, student)
        for key, value in marks.items():
            setattr(entry, key, value)
        book.db.commit()


def marks_of(root: Path, student: str) -> dict[str, tuple]:
    """Return each task's automatic points, points by hand, whether a person has to look at it, and its maximum."""
    with classroom.opened(root) as book:
        return {entry.name: (entry.auto_score, entry.manual_score, entry.needs_manual_grade, entry.max_score)
                for entry in book.find_submission_notebook(NAME, NAME, student).grades}


def tables(path: Path) -> dict[str, list[str]]:
    """Return all rows of a gradebook."""
    with contextlib.closing(sqlite3.connect(path)) as book:
        names = [name for name, in book.execute("select name from sqlite_master where type = 'table'")]
        return {name: sorted(map(repr, book.execute(f"select * from {name}"))) for name in names}


@pytest.fixture(scope="module")
def read_class(tmp_path_factory) -> Path:
    """Return a course with two graded submissions whose answers in words have been read. Emmy's is late."""
    root = course.copy_course(tmp_path_factory.mktemp("force") / "course", NAME)
    (root / "private").mkdir()
    (root / "private" / "nbgrader_config.py").write_text(PENALTY)
    for student in ("ada", "emmy"):
        course.submit(root, student, NAME, course.solution(NAME))
    (root / "submitted" / "emmy" / NAME / "timestamp.txt").write_text("2026-11-20 19:00:00 UTC")
    course.nbgrader_at_once(root, ["generate_assignment", NAME, "--force"],
                            ["db", "assignment", "add", NAME, "--duedate=2026-11-20 18:00:00 UTC"])
    assert "The earlier gradebook" not in grade(root, NAME, "--force")[2], "nobody was graded before"
    for student in ("ada", "emmy"):
        set_marks(root, student, classroom.TASK, manual_score=3, needs_manual_grade=False)
    return root


@pytest.fixture
def own(read_class, tmp_path) -> Path:
    """Return a copy of this course that a test may change."""
    return shutil.copytree(read_class, tmp_path / "course")


def change_notes(printed: str) -> dict[str, str]:
    """Return the notes in each student's row, which follow its duration."""
    return {row[1]: row[2] for row in re.finditer(r"^(ada|emmy) .* s  (.*)$", printed, re.MULTILINE)}


@pytest.mark.slow
def test_force_lists_what_changes_and_keeps_a_copy_of_the_earlier_gradebook(own):
    set_marks(own, "ada", "unroll-check", auto_score=0)
    before = tables(own / "gradebook.db")
    status, _, printed = grade(own, NAME, "--force", "--jobs", "2")
    backup, = (own / "private").glob("*.db")
    assert re.fullmatch(rf"before-{NAME}-\d{{4}}-\d\d-\d\d-\d{{6}}\.db", backup.name)
    assert (backup.stat().st_mode & 0o777, tables(backup)) == (0o600, before)
    assert (status, change_notes(printed)) == (0, {"ada": "unroll-check 0 → 3", "emmy": "late penalty 1.1 → 1.4"})
    assert printed.endswith(f"""
2 submissions: 2 graded, 0 kept, 0 failed
The points of 2 of 2 submissions have changed. The earlier gradebook is private/{backup.name}. The feedback pages are \
out of date until you run `nbgrader generate_feedback {NAME} --force`.
""")


@pytest.mark.slow
def test_points_by_hand_stay_and_a_person_looks_again_only_if_an_answer_or_a_result_has_changed(own):
    set_marks(own, "ada", "unroll-check", auto_score=0, manual_score=1, needs_manual_grade=False)
    set_marks(own, "emmy", "unroll-check", manual_score=1, needs_manual_grade=False)
    path = own / "submitted" / "emmy" / NAME / f"{NAME}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.source += "\n\nAnd more." if cell.id == classroom.TASK else ""
    nbformat.write(notebook, path)
    assert change_notes(grade(own, NAME, "--force")[2])["ada"] == ""
    assert {student: marks_of(own, student)["unroll-check"] for student in ("ada", "emmy")} == {
        "ada": (3, 1, True, 3), "emmy": (3, 1, False, 3)}
    assert {student: marks_of(own, student)[classroom.TASK] for student in ("ada", "emmy")} == {
        "ada": (None, 3, False, 4), "emmy": (None, 3, True, 4)}


@pytest.mark.slow
def test_points_by_hand_are_at_most_a_smaller_maximum_and_a_dropped_task_loses_them(own):
    set_marks(own, "emmy", "rnn-step-check", manual_score=1, extra_credit=0.5, needs_manual_grade=False)
    path = own / "solutions" / NAME / f"{NAME}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.id in (points := {"unroll-check": 5, classroom.TASK: 1, "rnn-step-check": 0}):
            cell.metadata.nbgrader.points = points[cell.id]
    nbformat.write(notebook, path)
    course.nbgrader(own, "generate_assignment", NAME, "--force")
    status, rows, printed = grade(own, NAME, "--force")
    assert (status, rows["emmy"][2:5]) == (0, ["12", "of", "12"])
    assert change_notes(printed)["emmy"] == (
        f"rnn-step-check 1.5 → 0; unroll-check 3 → 5; {classroom.TASK} 3 → 1; late penalty 1.1 → 1.2")
    marks = marks_of(own, "emmy")
    assert marks["rnn-step-check"] == (0, None, False, 0)
    assert marks[classroom.TASK] == (None, 1, True, 1)


def test_force_gives_no_score_to_a_submission_that_cannot_be_graded_now(own):
    (own / "submitted" / "ada" / NAME / f"{NAME}.ipynb").write_text("{")
    status, rows, printed = grade(own, NAME, "--force")
    assert (status, states(rows), scores(own)["ada"]) == (1, {"ada": "failed", "emmy": "graded"}, 3)
    assert all(auto is None and waits for auto, _, waits, _ in marks_of(own, "ada").values())
    assert "The points of 1 of 2 submissions have changed." in printed


def test_force_changes_nothing_if_the_gradebook_cannot_be_copied(own, monkeypatch):
    elsewhere = grading.make_url("postgresql://ada:secret@host/grades")
    monkeypatch.setattr(grading, "make_url", lambda url: elsewhere)
    before = tables(own / "gradebook.db")
    status, rows, printed = grade(own, NAME, "--force")
    assert (status, rows, tables(own / "gradebook.db")) == (1, {}, before)
    assert "must be an SQLite file, because --force copies the gradebook first, but it is postgresql:" in printed
    assert "secret" not in printed


@pytest.mark.slow
def test_a_database_that_is_locked_for_a_while_costs_nobody_points(root):
    writer = sqlite3.connect(root / "gradebook.db", isolation_level=None, check_same_thread=False)
    with contextlib.chdir(root), mock.patch.dict(os.environ, course.environment()):
        app = load_course(root)
        writer.execute("BEGIN EXCLUSIVE")
        threading.Timer(8, lambda: (writer.rollback(), writer.close())).start()     # SQLite's default is five seconds
        row = grading.grade_submission(app, root / "submitted" / "ada" / NAME, NAME, force=True)
    assert (row.state, row.points) == ("graded", 11), row


@pytest.fixture
def ada(tmp_path, monkeypatch):
    """Return a course, and a function that grades a submission without running a kernel."""
    root = course.copy_course(tmp_path / "course", NAME)
    add_programs_to_path()
    with classroom.opened(root) as book:
        classroom.enter(book)
    course.submit(root, "ada", NAME, course.solution(NAME))
    app = load_course(root)

    def autograde(app, submitted, student, name, digest):
        with Gradebook(app.coursedir.db_url) as book:
            book.update_or_create_student(student)
            if grading.read_results(app, student, name):
                book.remove_submission(name, student)
            classroom.add_graded(root, book, student, *classroom.answer("right_units_swapped"))
    monkeypatch.setattr(grading, "autograde", autograde)
    return app, lambda force=False: grading.grade_submission(app, root / "submitted" / "ada" / NAME, NAME, force)


def test_a_graded_submission_that_is_not_in_the_gradebook_is_graded_again(ada):
    app, grade_it = ada
    assert [grade_it().state for _ in range(2)] == ["graded", "kept"]
    with Gradebook(app.coursedir.db_url) as book:
        book.remove_student("ada")
    assert grade_it().state == "graded"


def test_nobody_has_to_read_an_answer_to_a_dropped_task(ada):
    app, grade_it = ada
    with Gradebook(app.coursedir.db_url) as book:
        book.find_grade_cell(classroom.TASK, NAME, NAME).max_score = 0
        book.db.commit()
    assert grade_it().state == "graded"
    with Gradebook(app.coursedir.db_url) as book:
        dropped = book.find_grade(classroom.TASK, NAME, NAME, "ada")
        assert (dropped.auto_score, dropped.needs_manual_grade) == (0, False)
        assert not book.find_submission(NAME, "ada").needs_manual_grade


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no such modes")
@pytest.mark.parametrize(("settings", "file", "folder"), [
    ("", 0o600, 0o700), ("c = get_config()\nc.CourseDirectory.groupshared = True\n", 0o660, 0o770)])
def test_other_accounts_cannot_read_grades_and_private_tests(tmp_path, settings, file, folder):
    root = course.copy_course(tmp_path)
    (root / "private").mkdir(mode=0o755)
    (root / "private" / "nbgrader_config.py").write_text(settings)
    (root / "gradebook.db").write_bytes(b"grades")
    for path in ("gradebook.db", "private"):
        (root / path).chmod(0o755)
    with contextlib.chdir(root):
        load_course(root)
    assert [(root / path).stat().st_mode & 0o777 for path in ("gradebook.db", "private")] == [file, folder]


def run_with(root: Path, change: str, student: str, command: str = "grade", program: str = "parity_book.cli"
             ) -> subprocess.CompletedProcess:
    """Run a command for one student in a process in which ``change`` was executed."""
    script = f"from parity_grading import sandbox; {change}; from {program} import main; main()"
    return subprocess.run([sys.executable, "-c", script, command, NAME, "--student", student, "--force"], cwd=root,
                          env=course.environment(), text=True, capture_output=True)


NO_KERNEL = "sandbox.SYSTEM = ()"
TRIED = "; from parity_grading import before_grading; before_grading.try_course = lambda *arguments: None"


@pytest.mark.slow
def test_a_kernel_that_does_not_start_is_a_failed_row(root):
    """No points are lost, and the exit status says that something is wrong."""
    done = run_with(root, NO_KERNEL + TRIED, "ada")
    assert (done.returncode, done.stdout.split()[:2]) == (1, ["ada", "failed"]), done.stdout + done.stderr
    assert "the kernel did not start" in done.stdout
    assert scores(root)["ada"] == 0
    assert states(grade(root, NAME)[1])["ada"] == "graded"


@pytest.mark.slow
def test_nothing_is_graded_on_a_machine_on_which_a_correct_submission_fails(root):
    """Both commands stop before the first submission, and what was graded before stays."""
    before, folder = scores(root), root / "autograded" / "ada" / NAME
    changed = (folder / f"{NAME}.ipynb").stat().st_mtime
    done = run_with(root, NO_KERNEL, "ada")
    assert (done.returncode, done.stdout) == (1, ""), done.stdout + done.stderr
    assert "Error: nobody was graded, because the kernel did not start" in done.stderr
    done = run_with(root, NO_KERNEL, "ada", "autograde", "nbgrader.apps.nbgraderapp")
    assert done.returncode == 1
    assert "nobody was graded, because the kernel did not start" in done.stderr
    assert "Traceback" not in done.stderr
    assert (scores(root), (folder / f"{NAME}.ipynb").stat().st_mtime) == (before, changed)


@pytest.mark.slow
def test_without_a_sandbox_only_who_trusts_all_submissions_can_grade(root):
    """Then an ordinary account is warned each time."""
    hide = "sandbox._find_bubblewrap, sandbox.is_root = lambda: ('', 'there is none'), lambda: False"
    done = run_with(root, hide, "emmy")
    assert done.returncode == 1
    assert "there is no sandbox: there is none. If you trust every submission" in done.stderr
    settings = root / "private" / "nbgrader_config.py"
    settings.write_text("c = get_config()\nc.Execute.trust_submissions = True\n")
    done = run_with(root, hide, "emmy")
    settings.unlink()
    assert done.returncode == 0, done.stderr
    assert "Submissions run with your own rights" in done.stderr
    assert "there is none" in done.stderr


def test_a_locked_database_is_reported_in_one_line(monkeypatch):
    def fail(root):
        raise OperationalError("SELECT 1", {}, sqlite3.OperationalError("database is locked"))

    monkeypatch.setattr("parity_grading.course.load_course", fail)
    result = CliRunner().invoke(main, ["status"])
    assert result.exit_code == 1
    assert result.output.startswith("Error: the gradebook cannot be used now: database is locked. If another")


def test_a_character_that_the_output_cannot_encode_is_replaced(monkeypatch):
    monkeypatch.setattr(LazyGroup, "get_command", lambda *_: click.Command("x", callback=lambda: click.echo("3 → 5 é")))
    result = CliRunner(charset="cp1252").invoke(main, ["status"])
    assert (result.exit_code, result.output) == (0, "3 \\u2192 5 é\n")


def test_a_course_is_graded_by_one_command_at_a_time(root):
    with FileLock(root / LOCK):
        status, rows, printed = grade(root, NAME)
    assert (status, rows) == (1, {})
    assert "another command is collecting or grading in this course" in printed


def test_a_module_that_a_submission_lacks_is_named_whatever_its_cell(tmp_path):
    error = nbformat.v4.new_output("error", ename="ModuleNotFoundError", evalue="No module named 'own_helper'")
    cells = [nbformat.v4.new_code_cell("import own_helper", outputs=[error]) for _ in range(2)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "graded.ipynb")
    assert grading.missing_modules(tmp_path / "graded.ipynb") == [
        "to look at: a cell stopped with No module named 'own_helper'"]


def test_a_submission_whose_processes_were_all_killed_keeps_no_earlier_points(own, monkeypatch):
    def grade_in_parallel(task, folders, jobs):
        yield grading.Row("ada", "kept", 11, 15)
        yield grading.Row("emmy", "failed", notes=[grading.LOST])
    monkeypatch.setattr(grading, "_grade_in_parallel", grade_in_parallel)
    status, rows, printed = grade(own, NAME, "--jobs", "2")
    assert (status, states(rows)) == (1, {"ada": "kept", "emmy": "failed"})
    assert "two processes that graded it were killed" in printed
    assert scores(own) == {"ada": 14, "emmy": 3}, "only the points that a person gave remain"


def test_tasks_on_which_most_of_the_class_lose_everything_are_named_at_the_end(root, monkeypatch):
    monkeypatch.setattr("parity_teaching.report.lost_by_most", lambda app, name, students: [f"parity: {students}"])
    monkeypatch.setattr(grading, "grade", lambda *arguments: iter([
        grading.Row("ada", "graded", 0, 15), grading.Row("emmy", "failed", notes=["it is a link"])]))
    _, _, printed = grade(root, NAME)
    assert "WARNING: more than half of these submissions have no points for a task." in printed
    assert printed.endswith("\n  parity: ['ada']\n")


def test_wrong_arguments_are_explained(root):
    assert "student must be the id of a student who has submitted unrolling, but it is 'adda'" in grade(
        root, NAME, "--student", "adda")[2]
    assert "an exercise with submissions in submitted/" in grade(root, "nothing")[2]
    assert grade(root, NAME, "--jobs", "0")[0] == 2
    course.submit(root, "ada", "varying_lengths", course.solution("varying_lengths"))
    status, _, printed = grade(root, "varying_lengths")
    assert status == 1
    assert "nbgrader generate_assignment" in printed
