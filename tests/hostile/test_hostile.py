"""Every broken or hostile submission gets the points it deserves, in one batch, and leaves nothing behind."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from nbgrader.api import Gradebook

from parity_lib.teaching import sandbox
from tests.exercises import course
from tests.hostile import bank

pytestmark = pytest.mark.whole

EVERY = bank.bank()
FIRST = bank.first_of_each_kind()
GRADE = "from parity_lib.cli import main; main()"
# Low limits for loops that do not end and for memory, which some machines hand out slowly.
SETTINGS = "c = get_config()\nc.Execute.timeout = 10\nc.Execute.memory = 2000\n"
PRIVATE = "def parity(call):\n    assert call('parity', __import__('numpy').array([[1, 1]]))[0] == 0\n"


@dataclass(frozen=True)
class Graded:
    """The result of a batch: points by student and test cell, the command's lines by student, its exit status."""

    folder: Path
    points: dict[str, dict[str, float] | None]
    rows: dict[str, str]
    status: int


def checksums(root: Path) -> dict[str, str]:
    """Return hashes of the files that no submission may change: sources, releases, settings, tests, submissions."""
    kept = [path for place in ("solutions", "exercises", "private", "submitted") for path in (root / place).rglob("*")]
    return {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in [*kept, root / "nbgrader_config.py"] if path.is_file() and not path.is_symlink()
            and path.suffix != ".tried" and root / "private" / "outcomes" not in path.parents}      # the grader's notes


def prepared(root: Path, hand_ins: list[bank.Hostile]) -> Path:
    """Make a course with a private test, these submissions, and an honest one before and after them."""
    course.copy_course(root, bank.EXERCISE)
    (root / "private").mkdir()
    (root / "private" / f"{bank.EXERCISE}.py").write_text(PRIVATE, encoding="utf8")
    (root / "private" / "nbgrader_config.py").write_text(SETTINGS, encoding="utf8")
    for submission in hand_ins:
        bank.hand_in(root, submission)
    for honest in ("aaa-honest", "zzz-honest"):
        course.submit(root, honest, bank.EXERCISE, course.solution(bank.EXERCISE))
    course.nbgrader(root, "generate_assignment", bank.EXERCISE, "--force")
    return root


def run(root: Path, *command: str) -> Graded:
    """Run a grading command in a course and return its result."""
    assert sandbox.missing() == "", "outside the sandbox, some of these would kill every process of this user"
    before, others = checksums(root), processes_left()
    done = subprocess.run([sys.executable, "-c", *command], cwd=root, env=course.environment(), text=True,
                          capture_output=True, encoding="utf8", errors="replace", timeout=3600)
    assert checksums(root) == before
    assert set(processes_left()) <= set(others)
    assert [path.name for path in Path(tempfile.gettempdir()).glob("parity-kernel-*")
            if not psutil.pid_exists(int(path.name.split("-")[2]))] == []
    rows = {line.split()[0]: line for line in done.stdout.splitlines() if re.match(r"\S+ +(graded|kept|failed)", line)}
    return Graded(root, points(root), rows, done.returncode)


def processes_left() -> list[str]:
    """Return the command lines of kernels whose grading process has ended."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        if any("parity-kernel-" in part for part in process.info["cmdline"] or []):
            owner = re.search(r"parity-kernel-(\d+)-", " ".join(process.info["cmdline"]))
            if owner and not psutil.pid_exists(int(owner[1])):
                found.append(" ".join(process.info["cmdline"]))
    return found


def points(root: Path) -> dict[str, dict[str, float] | None]:
    """Return points by student and test cell; None for a submission without a graded notebook."""
    found: dict[str, dict[str, float] | None] = {}
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
        for submission in book.assignment_submissions(bank.EXERCISE):
            graded = (root / "autograded" / submission.student.id / bank.EXERCISE / f"{bank.EXERCISE}.ipynb").is_file()
            found[submission.student.id] = {grade.name: grade.score for grade in submission.notebooks[0].grades
                                            if grade.name in bank.TESTS} if graded else None
    return found


def feedback(root: Path, student: str) -> str:
    """Return the text of the graded notebook, with the messages that the student reads."""
    path = root / "autograded" / student / bank.EXERCISE / f"{bank.EXERCISE}.ipynb"
    return path.read_text(encoding="utf8") if path.is_file() else ""


def wrong(graded: Graded, hand_ins: list[bank.Hostile], stock: bool = False) -> dict[str, str]:
    """Return the submissions that did not get what they deserve, with an explanation."""
    found = {}
    for submission in hand_ins:
        name, row = submission.name, graded.rows.get(submission.name, "")
        got, expected = graded.points.get(name), submission.points(stock)
        if got != expected:
            found[name] = f"{submission.story} Expected: {expected}. Got: {got}. {row}"
        elif not stock and submission.says not in feedback(graded.folder, name) + row:
            found[name] = f"{submission.story} Missing text: {submission.says!r}. {row}"
    for honest in ("aaa-honest", "zzz-honest"):
        if graded.points[honest] != bank.TESTS:
            found[honest] = str(graded.points[honest])
    return found


@pytest.fixture(scope="module")
def graded(tmp_path_factory) -> Graded:
    """Two submissions are graded at the same time; the whole bank, below, one after the other."""
    root = prepared(tmp_path_factory.mktemp("hostile") / "course", FIRST)
    return run(root, GRADE, "grade", bank.EXERCISE, "--jobs=2")


def test_there_is_a_sandbox_here():
    """Without bubblewrap the rest of this file would fail for that reason alone."""
    assert sandbox.missing() == ""


def test_each_mechanism_gets_what_it_deserves(graded):
    assert wrong(graded, FIRST) == {}
    assert graded.status == int(any(submission.loses == bank.NOTHING for submission in FIRST))
    assert len(graded.rows) == len(FIRST) + 2


def test_a_second_run_keeps_what_is_done(graded):
    again = run(graded.folder, GRADE, "grade", bank.EXERCISE)
    assert again.points == graded.points
    assert {row.split()[1] for row in again.rows.values()} <= {"kept", "failed"}


@pytest.mark.slow
def test_the_whole_bank_gets_what_it_deserves(tmp_path):
    assert wrong(run(prepared(tmp_path / "course", EVERY), GRADE, "grade", bank.EXERCISE), EVERY) == {}


@pytest.mark.slow
def test_the_stock_command_gives_the_same_points(tmp_path):
    launch = "from nbgrader.apps.nbgraderapp import main; main()"
    graded = run(prepared(tmp_path / "course", EVERY), launch, "autograde", bank.EXERCISE)
    assert wrong(graded, EVERY, stock=True) == {}


def test_the_bank_is_large_and_says_what_it_is_about():
    assert len(EVERY) >= 80
    assert all(len(submission.story) > 30 for submission in EVERY)
