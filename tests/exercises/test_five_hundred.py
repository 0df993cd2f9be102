"""A class of five hundred, from the platform's archive to its file of grades: nobody is lost on the way."""

from __future__ import annotations

import csv
import itertools
import re
import subprocess
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from parity_grading import rubric
from tests.exercises import course
from tests.grading import archives, forty
from tests.grading.archives import EMMY, KURT, NAME, SOFJA
from tests.submissions import bank

STUDENTS = [*archives.MANY.values()]
NOTHING = {student for place, student in enumerate(archives.MANY, start=1) if place % 25 == 0}
UNREADABLE = {KURT, SOFJA}      # a page instead of a notebook, and a notebook that is cut off
GRADED = [student for student in archives.MANY if student not in NOTHING | UNREADABLE]
HAND_INS = [submission for submission in bank.bank(NAME) if submission.path.stem != "wrong_ready_answers"]
DONE = dict(zip(archives.MANY, itertools.cycle(HAND_INS), strict=False))
POINTS = 2      # for each answer in words


@dataclass(frozen=True)
class Step:
    """The output of a command, and the seconds that it took."""

    said: str
    seconds: float


def run(root: Path, *command: str) -> Step:
    """Run a command in the course, whose exit status may be 1 because something is left for a person to do."""
    began = time.perf_counter()
    done = subprocess.run([str(course.BIN / command[0]), *command[1:]], cwd=root, text=True, encoding="utf8",
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env=course.environment() | {"PARITY_PROGRESS": "0"})
    assert done.returncode in (0, 1), done.stdout[-4000:]
    assert "Traceback" not in done.stdout, done.stdout[-4000:]
    return Step(done.stdout, time.perf_counter() - began)


def downloads(folder: Path) -> None:
    """Write the archives and the lists of both platforms, and the list of the class."""
    slips, files = archives.slips(), {}
    for place, (before, student) in enumerate(itertools.pairwise([STUDENTS[-1], *STUDENTS])):
        if student.id in NOTHING:
            continue
        notebook = course.hand_in(DONE[student.id])
        for cell in notebook.cells:
            if rubric.in_words(cell):
                cell.source = forty.answer_of(place, student, before)
        written = nbformat.writes(notebook).encode()
        for (_, name), data in ([item for item in slips.items() if item[0][0] == student.id]
                                or [((student.id, f"{NAME}.ipynb"), b"")]):
            if name.endswith(".zip"):
                files[student.id, name] = archives.zip_bytes({f"{NAME}/{NAME}.ipynb": written})
            else:
                kept = student.id in UNREADABLE or name.endswith(".pdf")
                files[student.id, name] = data if kept else written
    archives.zipped(folder / "moodle.zip", archives.moodle(files))
    archives.worksheet(folder / "moodle.csv", students=STUDENTS)
    archives.zipped(folder / "canvas.zip", archives.canvas(files))
    archives.canvas_gradebook(folder / "canvas.csv", students=STUDENTS)
    with (folder / "students.csv").open("w", encoding="utf8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["id", "first_name", "last_name", "email"])
        table.writerows([student.id, student.first_name, student.last_name, student.email] for student in STUDENTS)


@pytest.fixture(scope="module")
def steps(tmp_path_factory) -> tuple[Path, dict[str, Step]]:
    """Return the course at the end, and each step by its name."""
    root = course.copy_course(tmp_path_factory.mktemp("class") / "course", NAME)
    downloads(place := root.parent)
    (root / "parity_lib").symlink_to(course.ROOT / "parity_lib")
    moodle, canvas = (["--list", str(place / f"{platform}.csv")] for platform in ("moodle", "canvas"))
    commands = {
        "class": ["nbgrader", "db", "student", "import", str(place / "students.csv")],
        "exercise": ["nbgrader", "generate_assignment", NAME, "--force"],
        "due": ["nbgrader", "db", "assignment", "add", NAME, f"--duedate={archives.DUE} UTC"],
        "collect": ["parity", "collect", NAME, str(place / "moodle.zip"), "--from", "moodle", *moodle],
        "collect again": ["parity", "collect", NAME, str(place / "canvas.zip"), "--from", "canvas", *canvas],
        "status before": ["parity", "status", NAME],
        "grade": ["parity", "grade", NAME, "--jobs", "2"],
        "grade again": ["parity", "grade", NAME, "--jobs", "2"],
        "status": ["parity", "status", NAME],
        "regrade": ["parity", "regrade", NAME, "--jobs", "2"],
        "report": ["parity", "report", NAME, "--names"],
        "feedback": ["nbgrader", "generate_feedback", NAME, "--force"],
        "export to Moodle": ["parity", "export", NAME, "--to", "moodle", *moodle],
        "export to Canvas": ["parity", "export", NAME, "--to", "canvas", *canvas]}
    done = {}
    for name, command in commands.items():
        done[name] = run(root, *command)
        if name == "status":
            forty.read(root, NAME, POINTS)
    return root, done


pytestmark = pytest.mark.slow


def test_what_each_step_takes(steps, capsys):
    with capsys.disabled():
        print("\n" + "\n".join(f"{name:18}{step.seconds:7.1f} s" for name, step in steps[1].items()))


def test_everybody_is_collected_or_named(steps):
    root, done = steps
    assert sorted(path.parent.name for path in (root / "submitted").glob(f"*/{NAME}")) == sorted(GRADED)
    lines = dict(re.findall(r"^(s2045\d+) (.*)", done["collect"].said, re.MULTILINE))
    assert lines.keys() == archives.MANY.keys()
    assert f"500 students: {len(GRADED)} kept" in done["collect again"].said
    assert {student for student, line in lines.items() if "nothing" in line} >= NOTHING


def test_the_list_has_a_row_for_everybody(steps):
    for name, state in (("status before", "collected"), ("status", "needs reading|read")):
        rows = dict(re.findall(rf"^(s2045\d+) +(missing|unusable|{state})", steps[1][name].said, re.MULTILINE))
        assert rows.keys() == archives.MANY.keys()
        assert {student for student, state in rows.items() if state == "missing"} == NOTHING
        assert {student for student, state in rows.items() if state == "unusable"} == UNREADABLE


def test_points_are_those_of_the_bank_and_reach_both_platforms(steps):
    root, _ = steps
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
        found = {one.student.id: {grade.name: grade.score for grade in one.notebooks[0].grades}
                 for one in book.assignment_submissions(NAME)}
        most = {cell.name: cell.max_score for cell in book.find_notebook(NAME, NAME).grade_cells}
    assert sorted(found) == sorted(GRADED)
    for place, student in enumerate(archives.MANY):
        if student in GRADED and student != EMMY:       # of two files of one time, either may be taken
            words = 0 if forty.kind_of(place) == "empty" else POINTS
            assert found[student] == {cell: words if not cell.endswith("-check") else points * (
                cell not in DONE[student].loses) for cell, points in most.items()}, DONE[student].path.stem
    for platform, encoding, key, column in (("moodle", "utf-8-sig", "ID number", "Grade"),
                                            ("canvas", "utf8", "SIS User ID", "Unrolling (1234)")):
        path = root / "private" / "export" / f"{NAME}-{platform}.csv"
        with path.open(encoding=encoding, newline="") as file:
            table = {row[key]: row[column] for row in csv.DictReader(file) if row[key]}
        assert table.keys() == archives.MANY.keys()
        assert {student: float(grade) for student, grade in table.items() if grade} == {
            student: pytest.approx(sum(points.values())) for student, points in found.items()}
        with zipfile.ZipFile(path.with_name(f"{NAME}-{platform}-feedback.zip")) as archive:
            assert len(archive.namelist()) >= len(GRADED) - 1


def test_what_is_done_is_kept_and_a_second_grading_changes_nothing(steps):
    _, done = steps
    assert f"{len(GRADED)} kept" in done["grade again"].said
    assert f"0 would change, {len(GRADED)} unchanged" in done["regrade"].said
