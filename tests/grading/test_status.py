"""`parity status`: every state, and extensions before there is a submission."""

import json
import os
import re
import shutil
from datetime import timedelta
from pathlib import Path
from unittest import mock

import nbformat
import pytest
from click.testing import CliRunner
from nbformat.v4 import new_notebook

from parity_book.cli import main
from parity_grading import course, grade, normalise_submission, status, unfinished
from parity_grading.submission_store import SubmissionStore
from tests.exercises.course import ROOT, environment, parity
from tests.grading import archives, classroom
from tests.grading.archives import ADA, ANNA, CLASS, DUE, EMMY, GRACE, KURT, LI, NAME, SINEAD, SOFJA, notebook

SETTINGS = """c = get_config()
c.Autograde.exporter_class = "nbconvert.exporters.NotebookExporter"
c.Autograde.sanitize_preprocessors = ["nbgrader.preprocessors.ClearOutput"]
c.Autograde.autograde_preprocessors = [*(f"nbgrader.preprocessors.{name}" for name in (
    "SaveAutoGrades", "AssignLatePenalties")), "parity_grading.unfinished.FinishGrading"]
c.LateSubmissionPlugin.penalty_method = "zero"
"""
CELLS = sum(bool(cell["metadata"].get("nbgrader", {}).get("grade")) for cell in json.loads(
    archives.release(NAME))["cells"])      # those that are graded
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Path:
    """A course whose grading runs no cell, so that all tests pass, and in which late submissions get no points."""
    root = archives.make_course(tmp_path_factory.mktemp("template") / "course", NAME, "gradient_through_time")
    (root / "private").mkdir(exist_ok=True)
    (root / "private" / "nbgrader_config.py").write_text(SETTINGS)
    return root


@pytest.fixture
def root(template, tmp_path, monkeypatch) -> Path:
    """A copy of the course as the current folder, where nbgrader looks for its settings."""
    monkeypatch.chdir(shutil.copytree(template, tmp_path / "course"))
    return tmp_path / "course"


def statuses(root: Path, name: str = NAME) -> dict[str, status.StudentStatus]:
    return {row.student: row for row in status.read_statuses(course.load_course(root), name)}


def submit(root: Path, student: str, late: timedelta | None = None) -> Path:
    folder = root / "submitted" / student / NAME
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{NAME}.ipynb").write_bytes(notebook(student))
    if late is not None:
        (folder / "timestamp.txt").write_text(f"{DUE + late:%Y-%m-%d %H:%M:%S} UTC\n")
    return folder


def make_graded(root: Path, student: str, score: float = 1.0, unread: bool = False) -> Path:
    """Leave what grading leaves in the folders and in the gradebook."""
    app = course.load_course(root)
    folder = course.exercise_folder(app, "autograded", student, NAME)
    folder.mkdir(parents=True)
    digest = normalise_submission.fingerprint(course.exercise_folder(app, "submitted", student, NAME))
    nbformat.write(new_notebook(metadata={unfinished.FINGERPRINT: digest}), folder / f"{NAME}.ipynb")
    with classroom.opened(root) as book:
        entry = book.update_or_create_submission(NAME, student, timestamp=f"{DUE - timedelta(hours=1)}")
        for cell in entry.notebooks[0].grades:
            cell.auto_score, cell.needs_manual_grade = score, unread
        book.db.commit()
    return folder


def test_every_state(root, tmp_path):
    missing = statuses(root)
    assert [len(missing), {row.state for row in missing.values()}, {row.points for row in missing.values()}] == [
        40, {"missing"}, {None}]
    page = archives.zipped(tmp_path / "page.zip", archives.moodle({(SINEAD, "unrolling.html"): b"<html>"}))
    worksheet = archives.worksheet(tmp_path / "list.csv")
    assert parity(root, "collect", NAME, page, "--from", "moodle", "--list", worksheet)[0] == 1
    submit(root, ADA, timedelta(days=1, hours=3))
    submit(root, EMMY)
    SubmissionStore(course.load_course(root), NAME).record_failure(EMMY, "unrolling.ipynb is not a notebook")
    submit(root, GRACE)
    (make_graded(root, GRACE) / f"{NAME}.ipynb").write_text("{")
    for student in (KURT, SOFJA, ANNA, LI):
        submit(root, student)
        make_graded(root, student, unread=student == SOFJA)
    submit(root, ANNA, timedelta(hours=-1))         # a new time is a change, because the penalty depends on it
    shutil.rmtree(root / "submitted" / LI)
    (submit(root, "s2o4518") / "timestamp.txt").write_text("yesterday evening")
    (root / "submitted" / "s204520" / NAME).mkdir(parents=True)     # an empty folder is no submission
    rows = statuses(root)
    assert {student: row.state for student, row in rows.items() if row.state != "missing"} == {
        ADA: "collected", EMMY: "failed", GRACE: "failed", KURT: "read", SOFJA: "needs reading",
        ANNA: "changed since", LI: "read", SINEAD: "unusable", "s2o4518": "collected"}
    assert {student for student, row in rows.items() if row.points is not None} == {KURT, SOFJA, ANNA, LI}
    assert (rows[KURT].points, rows[KURT].most, rows[ADA].most, rows[ADA].late) == (CELLS, 15, 15, 27 * 3600)
    assert rows["s2o4518"].late == 0
    assert (rows[EMMY].why, rows[GRACE].why) == ("unrolling.ipynb is not a notebook", status.INTERRUPTED)
    assert rows[SINEAD].why == "unrolling.html: it is not a notebook"
    assert rows[LI].why == "it was graded, but the submission is gone"
    assert rows["s2o4518"].why == course.NOT_LISTED
    code, output = parity(root, "status", NAME)
    assert code == 1
    assert re.search(rf"^{ADA} +collected +1 day, 3:00:00 late$", output, re.MULTILINE)
    assert re.search(rf"^{KURT} +read +{CELLS} of 15$", output, re.MULTILINE)
    assert output.splitlines()[-1] == ("41 students: 32 missing, 1 unusable, 2 collected, 2 failed, "
                                       "1 changed since, 1 needs reading, 2 read")
    code, output = parity(root, "status")
    assert (code, [line.split()[0] for line in output.splitlines()]) == (1, ["gradient_through_time", NAME])
    assert "40 students: 40 missing" in output


def test_a_student_whom_only_nbgrader_has_entered_is_not_in_the_list(root):
    """nbgrader enters everybody whom it grades, without a name."""
    submit(root, "s2o4518")
    with classroom.opened(root) as book:
        book.add_student("s2o4518")
    make_graded(root, "s2o4518", score=0.0)
    rows = statuses(root)
    code, output = parity(root, "status", NAME)
    assert (code, "0 of 15" in output) == (0, True), "zero points are points, and nothing is left to do"
    assert (rows["s2o4518"].state, rows["s2o4518"].why) == ("read", course.NOT_LISTED)
    assert not [student for student in CLASS if rows[student].why]


def test_a_graded_submission_that_is_not_in_the_gradebook_has_no_points(root):
    submit(root, ADA)
    make_graded(root, ADA)
    with classroom.opened(root) as book:
        book.remove_submission(NAME, ADA)
    row = statuses(root)[ADA]
    assert (row.state, row.points, row.why) == (
        "collected", None, "it was graded, but the gradebook does not contain it")


def test_a_failure_is_known_until_the_submission_changes_or_is_graded(root):
    app, folder = course.load_course(root), submit(root, ADA)
    make_graded(root, ADA)
    (folder / f"{NAME}.ipynb").write_bytes(b"{")
    SubmissionStore(app, NAME).record_failure(ADA, "ValueError: \x1b[2Jno notebook")
    grade.withdraw(app, ADA, NAME)
    grade.withdraw(app, "bad\udcff", NAME)      # a folder whose name is no valid text stops nobody
    assert (statuses(root)[ADA].state, statuses(root)[ADA].points) == ("failed", None)
    assert "ValueError: \ufffd[2Jno notebook" in parity(root, "status", NAME)[1]
    (folder / f"{NAME}.ipynb").write_bytes(notebook("mended"))
    assert (statuses(root)[ADA].state, statuses(root)[ADA].points) == ("changed since", None)


def test_a_folder_or_time_that_cannot_be_read_concerns_one_student_only(root, monkeypatch):
    times = [submit(root, student) / "timestamp.txt" for student in (EMMY, GRACE, KURT)]
    os.mkfifo(times[0])
    times[1].symlink_to("/dev/zero")
    with times[2].open("wb") as file:
        file.truncate(100_000_000_000)
    closed, iterdir = submit(root, ADA), Path.iterdir

    def refuse(path: Path):
        if path == closed:      # root can read every folder
            raise PermissionError(13, "Permission denied", str(path))
        return iterdir(path)

    monkeypatch.setattr(Path, "iterdir", refuse)
    rows = {student: row for student, row in statuses(root).items() if row.state != "missing"}
    assert {student: (row.state, row.late) for student, row in rows.items()} == {
        ADA: ("failed", 0)} | dict.fromkeys((EMMY, GRACE, KURT), ("collected", 0))
    assert "its folder cannot be read: [Errno 13] Permission denied" in rows[ADA].why


def test_an_extension_before_there_is_a_submission_counts_in_grading(root, monkeypatch):
    monkeypatch.chdir(root)
    with classroom.opened(root) as book:
        book.update_or_create_submission(NAME, ADA)
        book.grant_extension(NAME, ADA, days=2)
    assert (statuses(root)[ADA].state, statuses(root)[ADA].extension) == ("missing", 2 * 86400)
    assert "2 days, 0:00:00 more time" in parity(root, "status", NAME)[1]
    app = course.load_course(root)
    for student in (ADA, EMMY):
        submit(root, student, timedelta(days=1))
        grade.autograde(app, root / "submitted", student, NAME)
    rows = statuses(root)
    assert (rows[ADA].late, rows[EMMY].late, rows[EMMY].points) == (0, 86400, 0)
    assert rows[ADA].points > 0


def test_wrong_arguments_are_explained(root, tmp_path):
    assert "name must be an exercise in the gradebook (gradient_" in parity(root, "status", "unroling")[1]
    (tmp_path / "elsewhere").mkdir()
    code, output = parity(tmp_path / "elsewhere", "status")
    assert (code, "is not a course, because it has no nbgrader_config.py" in output) == (1, True)
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_an_empty_course_in_an_environment_that_is_not_activated(tmp_path, monkeypatch):
    """The first command creates the gradebook, for which nbgrader starts a program of its environment."""
    (tmp_path / "nbgrader_config.py").write_text((ROOT / "nbgrader_config.py").read_text())
    monkeypatch.chdir(tmp_path)
    with mock.patch.dict(os.environ, environment() | {"PATH": os.defpath}):
        done = CliRunner().invoke(main, ["status"])
    assert (done.exit_code, "There is no exercise in the gradebook yet" in done.output) == (0, True), done.output
