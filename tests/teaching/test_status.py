"""`parity status` and `parity extend`: every state, and an extension before there is a hand-in."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import stat
import time
from datetime import timedelta
from pathlib import Path
from unittest import mock

import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook, MissingEntry

from parity_lib.cli import main
from parity_lib.teaching import extension, grade, outcome, status, tidy
from tests.exercises import course
from tests.teaching import archives as made
from tests.teaching.archives import ADA, ANNA, CLASS, DUE, EMMY, GRACE, KURT, LI, NAME, SINEAD, SOFJA, notebook

POINTS = """c = get_config()
c.Autograde.exporter_class = "nbconvert.exporters.NotebookExporter"
c.Autograde.sanitize_preprocessors = ["nbgrader.preprocessors.ClearOutput"]
c.Autograde.autograde_preprocessors = [f"nbgrader.preprocessors.{one}" for one in (
    "SaveAutoGrades", "AssignLatePenalties")]
c.LateSubmissionPlugin.penalty_method = "zero"
"""


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Path:
    """A course whose grading runs no cell, so that all tests pass, and in which what is late has no points."""
    root = made.make_course(tmp_path_factory.mktemp("template") / "course", NAME, "gradient_through_time")
    (root / "private" / "nbgrader_config.py").write_text(POINTS)
    return root


@pytest.fixture
def root(template, tmp_path, monkeypatch) -> Path:
    """A copy, as the current folder: nbgrader reads the settings that are there."""
    monkeypatch.chdir(shutil.copytree(template, tmp_path / "course"))
    return tmp_path / "course"


def states(root: Path, name: str = NAME) -> dict[str, status.State]:
    return {one.student: one for one in status.states(grade.course(root), name)}


def book(root: Path) -> Gradebook:
    return Gradebook(f"sqlite:///{root / 'gradebook.db'}")


def hand_in(root: Path, student: str, late: timedelta | None = None) -> Path:
    folder = root / "submitted" / student / NAME
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{NAME}.ipynb").write_bytes(notebook(student))
    if late is not None:
        (folder / "timestamp.txt").write_text(f"{DUE + late:%Y-%m-%d %H:%M:%S} UTC\n")
    return folder


def graded(root: Path, student: str, by_stock: bool = False, score: float | None = 1.0, waits: bool = False) -> Path:
    """What a grading leaves in the folders and in the gradebook."""
    app, folder = grade.course(root), root / "autograded" / student / NAME
    folder.mkdir(parents=True)
    (folder / f"{NAME}.ipynb").write_bytes(notebook(student))
    copy = root / "copy"
    list(grade.normalise(outcome.submission_folder(app, student, NAME), copy, [NAME]))
    if not by_stock:
        (folder / grade.RECORD).write_text(grade.fingerprint(copy))
    shutil.rmtree(copy)
    with book(root) as entries:
        entry = entries.update_or_create_submission(NAME, student, timestamp=f"{DUE - timedelta(hours=1)}")
        for one in entry.notebooks[0].grades:
            one.auto_score, one.needs_manual_grade = score, waits
        entries.db.commit()
    return folder


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_every_state(root):
    missing = states(root)
    assert len(missing) == 40
    assert {one.state for one in missing.values()} == {"missing"}
    assert {one.points for one in missing.values()} == {None}
    hand_in(root, ADA, timedelta(days=1, hours=3))
    hand_in(root, EMMY)
    outcome.write(grade.course(root), EMMY, NAME, "unrolling.ipynb is no notebook")
    hand_in(root, GRACE)
    half = graded(root, GRACE)
    (half / f"{NAME}.ipynb").write_text("{")
    for student, waits in ((KURT, False), (SOFJA, True), (ANNA, False), (LI, False)):
        hand_in(root, student)
        graded(root, student, waits=waits)
    hand_in(root, ANNA, timedelta(hours=-1))        # a time is a change, too: a penalty hangs on it
    shutil.rmtree(root / "submitted" / LI)
    hand_in(root, "s2o4518")
    (root / "submitted" / SINEAD / NAME).mkdir(parents=True)    # a folder alone is no hand-in
    found = states(root)
    assert {one: found[one].state for one in (ADA, EMMY, GRACE, KURT, SOFJA, ANNA, LI, SINEAD, "s2o4518")} == {
        ADA: "collected", EMMY: "failed", GRACE: "half graded", KURT: "read", SOFJA: "needs reading",
        ANNA: "changed since", LI: "read", SINEAD: "missing", "s2o4518": "collected"}
    assert {student for student, one in found.items() if one.points is not None} == {KURT, SOFJA, ANNA, LI}
    assert found[KURT].points == len(cells())
    assert found[KURT].most == found[ADA].most == 15
    assert found[ADA].late == 27 * 3600
    assert found[EMMY].why == "unrolling.ipynb is no notebook"
    assert found[LI].why == "graded, and no longer in submitted/"
    assert found["s2o4518"].why == status.UNKNOWN
    assert found[ANNA].full_name == "Anna Müller"
    code, said = course.parity(root, "status", NAME)
    assert code == 1
    assert re.search(rf"^{ADA} +collected +1 d 3 h late$", said, re.MULTILINE)
    assert re.search(rf"^{KURT} +read +{len(cells())} of 15$", said, re.MULTILINE)
    assert said.splitlines()[-1] == ("41 students: 33 missing, 2 collected, 1 failed, 1 half graded, 1 changed since, "
                                     "1 needs reading, 2 read")
    code, said = course.parity(root, "status")
    assert code == 1
    assert [line.split()[0] for line in said.splitlines()] == ["gradient_through_time", NAME]
    assert "40 students: 40 missing" in said


def test_whom_nbgrader_has_entered_is_still_not_in_the_list(root):
    """It enters whoever it grades, without a name."""
    hand_in(root, "s2o4518")
    with book(root) as entries:
        entries.add_student("s2o4518")
    graded(root, "s2o4518", waits=False)
    found = states(root)
    assert (found["s2o4518"].state, found["s2o4518"].why) == ("read", status.UNKNOWN)
    assert not [one for one in CLASS if found[one].why]


def test_grading_names_who_is_not_in_the_list_where_there_is_one(root):
    folders = [hand_in(root, "s2o4518"), hand_in(root, KURT)]
    assert grade._unlisted_students(grade.course(root), folders) == {"s2o4518"}
    with book(root) as entries:
        for one in entries.students:
            one.first_name = one.last_name = one.email = None
        entries.db.commit()
    assert grade._unlisted_students(grade.course(root), folders) == set(), "ids alone are no list: nbgrader adds them"


def test_a_folder_that_is_no_course_is_named_and_left_empty(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    code, said = course.parity(tmp_path / "elsewhere", "status")
    assert code == 1
    assert "is not a course, because it has no nbgrader_config.py" in said
    assert list((tmp_path / "elsewhere").iterdir()) == []


def cells() -> list[str]:
    """The graded cells of the exercise."""
    return [cell for cell in json.loads(made.release(NAME))["cells"]
            if cell["metadata"].get("nbgrader", {}).get("grade")]


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_the_table_leaves_points_blank_and_holds_no_formula(root):
    hand_in(root, KURT)
    graded(root, KURT, score=0.0)
    with book(root) as entries:
        entries.find_student(ADA).first_name = "=HYPERLINK(1)"
        entries.db.commit()
    code, _ = course.parity(root, "status", NAME, "--csv", root / "status.csv")
    assert code == 0        # missing or read: nothing waits
    with (root / "status.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert (rows[KURT]["points"], rows[EMMY]["points"], rows[EMMY]["state"]) == ("0", "", "missing")
    assert rows[ADA]["name"] == "'=HYPERLINK(1) Lovelace"
    assert set(rows) == set(CLASS)


def test_the_table_is_its_owners_and_takes_the_place_of_no_other_file(root):
    table, other = root / "status.csv", root / "Grades.csv"
    assert course.parity(root, "status", NAME, "--csv", table)[0] == 0
    assert os.name == "nt" or stat.S_IMODE(table.stat().st_mode) == 0o600
    assert course.parity(root, "status", NAME, "--csv", table)[0] == 0
    other.write_text("Identifier,Full name\n")
    code, said = course.parity(root, "status", NAME, "--csv", other)
    assert (code, other.read_text()) == (1, "Identifier,Full name\n")
    assert "--csv must be a new file, or an earlier table of parity status" in said


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_what_the_gradebook_does_not_know_is_not_graded(root):
    hand_in(root, ADA)
    graded(root, ADA)
    with book(root) as entries:
        entries.remove_submission(NAME, ADA)
    found = states(root)[ADA]
    assert (found.state, found.points, found.why) == (
        "collected", None, "in autograded/, but not in the gradebook")


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_a_good_hand_in_in_the_place_of_a_failed_one_is_collected(root):
    folder = hand_in(root, ADA)
    shutil.rmtree(graded(root, ADA))        # nbgrader has entered it, and left nothing
    (folder / f"{NAME}.ipynb").write_bytes(b"{")
    outcome.write(grade.course(root), ADA, NAME, "no notebook")
    assert states(root)[ADA].state == "failed"
    (folder / f"{NAME}.ipynb").write_bytes(notebook("mended"))
    assert (states(root)[ADA].state, states(root)[ADA].why) == ("collected", "")


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_a_failure_is_known_until_the_hand_in_changes_or_is_graded(root):
    app = grade.course(root)
    folder = hand_in(root, ADA)
    graded(root, ADA)
    (folder / f"{NAME}.ipynb").write_bytes(b"{")
    outcome.write(app, ADA, NAME, "ValueError: \x1b[2Jno notebook")
    grade.withdraw(app, ADA, NAME)
    assert (states(root)[ADA].state, states(root)[ADA].points) == ("failed", None)
    said = course.parity(root, "status", NAME)[1]
    assert "ValueError: \ufffd[2Jno notebook" in said
    (folder / f"{NAME}.ipynb").write_bytes(notebook("mended"))
    found = states(root)[ADA]       # another one than was graded, whose points were taken out
    assert (found.state, found.points) == ("changed since", None)
    (folder / f"{NAME}.ipynb").write_bytes(b"{")
    assert outcome.failure_reason(app, ADA, NAME) == "ValueError: \x1b[2Jno notebook"
    outcome.write(app, ADA, NAME, None, 2.5, ["a note"])
    assert outcome.failure_reason(app, ADA, NAME) is None
    assert outcome.entries(app, NAME)[ADA] | {"hand_in": ""} == {
        "why": None, "hand_in": "", "seconds": 2.5, "notes": ["a note"]}
    outcome.write(app, "../x/y", NAME, "why")
    assert {one.name for one in (root / "private" / "outcomes" / NAME).iterdir()} == {"..%2Fx%2Fy.json", f"{ADA}.json"}
    assert set(outcome.entries(app, NAME)) == {"../x/y", ADA}
    (root / "private" / "outcomes" / NAME / f"{ADA}.json").write_text("[]")
    assert outcome.failure_reason(app, ADA, NAME) is None
    assert set(outcome.entries(app, NAME)) == {"../x/y"}


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_trace_of_a_hand_in_follows_no_link_and_reads_no_more_than_it_must(root, tmp_path, monkeypatch):
    app, folder = grade.course(root), hand_in(root, ADA)
    (folder / "all").symlink_to("/")
    (folder / "unrolling.txt").write_bytes(b"1" * 100)
    outcome.write(app, ADA, NAME, "why")
    (folder / "unrolling.txt").write_bytes(b"2" * 100)
    assert outcome.failure_reason(app, ADA, NAME) is None
    monkeypatch.setattr(tidy, "LARGEST", 50)
    outcome.write(app, ADA, NAME, "why")
    (folder / "unrolling.txt").write_bytes(b"3" * 100)
    assert outcome.failure_reason(app, ADA, NAME) == "why"


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_what_a_stock_command_graded_or_could_not_grade(root):
    """It leaves no fingerprint: a newer file is a change. A failure leaves an entry, and nothing in autograded/."""
    folder = hand_in(root, ADA)
    done = graded(root, ADA, by_stock=True)
    os.utime(folder / f"{NAME}.ipynb", (1_000_000, 1_000_000))
    assert states(root)[ADA].state == "read"
    os.utime(done / f"{NAME}.ipynb", (999_999, 999_999))
    assert states(root)[ADA].state == "changed since"
    shutil.rmtree(done)
    assert states(root)[ADA].state == "failed"
    assert "parity grade" in states(root)[ADA].why
    hand_in(root, EMMY)
    graded(root, EMMY)
    (root / "submitted" / EMMY / NAME / f"{NAME}.ipynb").rename(root / "submitted" / EMMY / NAME / "notes.txt")
    assert states(root)[EMMY].state == "changed since"      # and cannot be graded as it is


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_penalties_are_taken_off_and_a_time_that_cannot_be_read_is_none(root):
    folder = hand_in(root, ADA, timedelta(days=1))
    graded(root, ADA)
    with book(root) as entries:
        entries.find_submission(NAME, ADA).notebooks[0].late_submission_penalty = 1.5
        entries.db.commit()
    assert states(root)[ADA].points == len(cells()) - 1.5
    (folder / "timestamp.txt").write_text("yesterday evening")
    assert states(root)[ADA].late == 0


def test_an_extension_before_there_is_a_hand_in(root, monkeypatch):
    """The stock command respects it; until then nothing was handed in."""
    tzset = getattr(time, "tzset", lambda: None)
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Europe/Berlin")
        tzset()
        code, said = course.parity(root, "extend", ADA, NAME, "2")
    tzset()
    assert code == 0
    assert "2026-11-22 18:00 UTC" in said
    assert "2026-11-22 19:00 CET" in said or not hasattr(time, "tzset")
    assert "parity grade" not in said
    assert (states(root)[ADA].state, states(root)[ADA].extension) == ("missing", 2 * 86400)
    assert "2 d more time" in course.parity(root, "status", NAME)[1]
    course.parity(root, "extend", ADA, NAME, "1.5")        # replaces, does not add
    assert states(root)[ADA].extension == 1.5 * 86400
    hand_in(root, ADA, timedelta(days=1))
    assert (states(root)[ADA].state, states(root)[ADA].late) == ("collected", 0)
    hand_in(root, EMMY, timedelta(days=1))
    app = grade.course(root)
    for student in (ADA, EMMY):
        grade.autograde(app, root / "submitted", student, NAME)
    found = states(root)
    assert (found[ADA].late, found[EMMY].late) == (0, 86400)
    assert found[ADA].points > 0, found[ADA]
    assert found[EMMY].points == 0
    code, said = course.parity(root, "extend", ADA, NAME, "0")
    assert (code, "2026-11-20 18:00 UTC" in said) == (0, True)
    assert f"parity regrade {NAME} --student {ADA} --apply" in said
    assert states(root)[ADA].late == 86400
    with book(root) as entries:
        assert entries.find_submission(NAME, ADA).extension is None      # a graded hand-in keeps its entry


def test_an_extension_that_is_taken_away_leaves_nothing_behind(root):
    assert course.parity(root, "extend", ADA, NAME, "0")[0] == 0
    course.parity(root, "extend", ADA, NAME, "3")
    with book(root) as entries:
        assert extension.is_empty(entries.find_submission(NAME, ADA))
    course.parity(root, "extend", ADA, NAME, "0")
    with book(root) as entries, pytest.raises(MissingEntry):
        entries.find_submission(NAME, ADA)


def test_what_cannot_be_extended_is_said(root):
    with book(root) as entries:
        entries.add_assignment("no_date")
        entries.add_assignment("not_generated", duedate=DUE)
    for arguments, message in (
            (("nobody", NAME, "2"), "STUDENT must be in the list of students"),
            ((ADA, "unroling", "2"), "name must be an exercise in the gradebook (gradient_through_time, "),
            ((ADA, NAME, "nan"), "DAYS must be a number from 0 to 366, but it is nan"),
            ((ADA, NAME, "1e9"), "DAYS must be a number from 0 to 366"),
            ((ADA, "no_date", "2"), "no_date has no due date: nbgrader db assignment add no_date --duedate="),
            ((ADA, "not_generated", "2"), "nbgrader generate_assignment not_generated")):
        code, said = course.parity(root, "extend", *arguments)
        assert code == 1
        assert message in said
        assert len(said.splitlines()) == 1
    assert course.parity(root, "status", "unroling")[0] == 1
    assert states(root, "no_date")[ADA].late == 0


def test_an_empty_course(tmp_path):
    (tmp_path / "nbgrader_config.py").write_text((made.course.ROOT / "nbgrader_config.py").read_text())
    with mock.patch.dict(os.environ, made.course.environment()), book(tmp_path) as entries:
        entries.add_student("=x")
    code, said = course.parity(tmp_path, "status")
    assert (code, said) == (0, "no exercise is in the gradebook yet: nbgrader generate_assignment NAME\n")


def test_an_environment_that_was_not_activated(tmp_path, monkeypatch):
    """A first command makes the gradebook, and nbgrader needs a program of its environment for that."""
    (tmp_path / "nbgrader_config.py").write_text((made.course.ROOT / "nbgrader_config.py").read_text())
    monkeypatch.chdir(tmp_path)
    with mock.patch.dict(os.environ, course.environment() | {"PATH": os.defpath}):
        done = CliRunner().invoke(main, ["status"])
    assert (done.exit_code, "no exercise is in the gradebook yet" in done.output) == (0, True), done.output
