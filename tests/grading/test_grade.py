"""`parity grade` keeps graded submissions, grades changed ones again, and reports those that cannot be graded."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from unittest import mock

import nbformat
import pytest
from click.testing import CliRunner
from filelock import FileLock
from nbgrader.api import Gradebook
from sqlalchemy.exc import OperationalError

from parity_book.cli import main
from parity_grading import grade as grading
from parity_grading.course import add_programs_to_path, load_course
from tests.exercises import course
from tests.grading import classroom

pytestmark = pytest.mark.whole
NAME = "unrolling"


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


@pytest.mark.slow
def test_an_answer_that_was_read_is_read_again_only_if_it_has_changed(tmp_path):
    root = course.copy_course(tmp_path / "course", NAME)
    course.submit(root, "ada", NAME, course.solution(NAME))
    course.nbgrader(root, "generate_assignment", NAME, "--force")
    folder = root / "submitted" / "ada" / NAME

    def mark_again(change=lambda: None):
        change()
        assert states(grade(root, NAME)[1]) == {"ada": "graded"}
        with classroom.opened(root) as book:
            entry = book.find_grade(classroom.TASK, NAME, NAME, "ada")
            was, entry.manual_score, entry.needs_manual_grade = entry.needs_manual_grade, 3, False
            book.db.commit()
        return was

    def write_time():
        (folder / "timestamp.txt").write_text("2026-11-20 17:00:00 UTC")

    def rewrite(cell):
        notebook = nbformat.read(folder / f"{NAME}.ipynb", as_version=4)
        next(found for found in notebook.cells if found.id == cell).source += "\n\nAnd more."
        nbformat.write(notebook, folder / f"{NAME}.ipynb")

    assert mark_again()
    assert not mark_again(write_time)
    assert mark_again(lambda: rewrite(classroom.TASK))
    assert not mark_again(lambda: rewrite("imports"))

    def change_points():
        with classroom.opened(root) as book:
            book.find_grade_cell(classroom.TASK, NAME, NAME).max_score += 1
            book.db.commit()
        (folder / "timestamp.txt").write_text("2026-11-20 17:01:00 UTC")
    assert mark_again(change_points)


@pytest.mark.slow
def test_an_unreadable_submission_loses_its_earlier_points_and_delays_nobody(root):
    path = root / "submitted" / "ada" / NAME / f"{NAME}.ipynb"
    whole = path.read_text(encoding="utf8")
    path.write_text(whole[:100], encoding="utf8")
    status, rows, printed = grade(root, NAME)
    assert (status, states(rows)) == (1, {"ada": "failed", "emmy": "kept"})
    assert f"{NAME}.ipynb is not a notebook" in printed
    assert "Traceback" not in printed
    assert scores(root)["ada"] == 0
    path.write_text(whole, encoding="utf8")
    assert states(grade(root, NAME)[1]) == {"ada": "graded", "emmy": "kept"}
    assert scores(root)["ada"] == 11


@pytest.mark.slow
def test_two_jobs_give_the_same_points(root):
    grade(root, NAME, "--force")
    before = scores(root)
    status, rows, printed = grade(root, NAME, "--force", "--jobs", "2")
    assert (status, states(rows)) == (0, {"ada": "graded", "emmy": "graded"}), printed
    assert scores(root) == before
    assert states(grade(root, NAME)[1]) == {"ada": "kept", "emmy": "kept"}


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

    def autograde(app, submitted, student, name):
        with Gradebook(app.coursedir.db_url) as book:
            book.update_or_create_student(student)
            if grading.read_points(app, student, name):
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
TRIED = "; from parity_grading import before_grading; before_grading.try_known_answer = lambda config: None"


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
def test_the_sandbox_can_be_required(root):
    """Without bubblewrap, an ordinary account is warned each time, and grades nobody with the setting."""
    hide = "sandbox._find_bubblewrap, sandbox.is_root = lambda: ('', 'there is none'), lambda: False"
    done = run_with(root, hide, "emmy")
    assert done.returncode == 0, done.stderr
    assert "Submissions run with your own rights" in done.stderr
    assert "there is none" in done.stderr
    settings = root / "private" / "nbgrader_config.py"
    settings.write_text("c = get_config()\nc.Execute.require_sandbox = True\n")
    done = run_with(root, hide, "emmy")
    settings.unlink()
    assert done.returncode == 1
    assert "Execute.require_sandbox is set, but there is no sandbox: there is none" in done.stderr


def test_a_locked_database_is_reported_in_one_line(monkeypatch):
    def fail(root):
        raise OperationalError("SELECT 1", {}, sqlite3.OperationalError("database is locked"))

    monkeypatch.setattr("parity_grading.course.load_course", fail)
    result = CliRunner().invoke(main, ["status"])
    assert result.exit_code == 1
    assert result.output.startswith("Error: the gradebook cannot be used now: database is locked. If another")


def test_a_course_is_graded_by_one_command_at_a_time(root):
    with FileLock(root / grading.LOCK):
        status, rows, printed = grade(root, NAME)
    assert (status, rows) == (1, {})
    assert "another process is grading this course" in printed


@pytest.mark.slow
def test_a_submission_whose_processes_were_all_killed_keeps_no_earlier_points(root, monkeypatch):
    def grade_in_parallel(task, folders, jobs):
        yield grading.Row("ada", "kept", 11, 15)
        yield grading.Row("emmy", "failed", notes=[grading.LOST])
    monkeypatch.setattr(grading, "_grade_in_parallel", grade_in_parallel)
    status, rows, printed = grade(root, NAME, "--jobs", "2")
    assert (status, states(rows)) == (1, {"ada": "kept", "emmy": "failed"})
    assert "two processes that graded it were killed" in printed
    assert scores(root) == {"ada": 11, "emmy": 0}


def test_tasks_on_which_most_of_the_class_lose_everything_are_named_at_the_end(root, monkeypatch):
    monkeypatch.setattr("parity_grading.report.lost_by_most", lambda app, name, students: [f"parity: {students}"])
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
