"""Grades hostile submissions in one batch, and compares the results with what the submissions deserve."""

import hashlib
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psutil
from nbgrader.api import Gradebook

from parity_grading import sandbox
from parity_grading.untrusted import paths_below
from tests.exercises import course
from tests.hostile import bank

GRADE = "from parity_book.cli import main; main()"
COMMANDS = {"parity grade": (GRADE, "grade", bank.EXERCISE, "--jobs=2"),
            "nbgrader autograde": ("from nbgrader.apps.nbgraderapp import main; main()", "autograde", bank.EXERCISE)}
# Low limits for loops that do not end and for memory, which some machines allocate slowly.
SETTINGS = "c = get_config()\nc.Execute.timeout = 10\nc.Execute.memory = 2000\n"
PRIVATE = "def parity(call):\n    assert call('parity', __import__('numpy').array([[1, 1]]))[0] == 0\n"
HONEST = ("aaa-honest", "zzz-honest")       # graded before and after the hostile submissions


@dataclass(frozen=True)
class Graded:
    """The result of a batch: points by student and test cell, the command's lines by student, its exit status."""

    folder: Path
    points: dict[str, dict[str, float] | None]
    rows: dict[str, str]
    status: int


def prepared(root: Path, submissions: list[bank.Hostile]) -> Path:
    """Create a course with a private test, these submissions, and two honest ones."""
    course.copy_course(root, bank.EXERCISE)
    (root / "private").mkdir()
    (root / "private" / f"{bank.EXERCISE}.py").write_text(PRIVATE, encoding="utf8")
    (root / "private" / "nbgrader_config.py").write_text(SETTINGS, encoding="utf8")
    for submission in submissions:
        bank.hand_in(root, submission)
    for student in HONEST:
        course.submit(root, student, bank.EXERCISE, course.solution(bank.EXERCISE))
    course.nbgrader(root, "generate_assignment", bank.EXERCISE, "--force")
    return root


def run(root: Path, *command: str) -> Graded:
    """Run a grading command in a course. Assert that it changes no file it should not change and leaves nothing."""
    assert sandbox.missing() == "", "outside the sandbox, some of these would kill every process of this user"
    files, processes = checksums(root), processes_left()
    done = subprocess.run([sys.executable, "-c", *command], cwd=root, env=course.environment(), text=True,
                          capture_output=True, encoding="utf8", errors="replace", timeout=3600)
    assert checksums(root) == files
    assert processes_left() <= processes
    assert [path.name for path in Path(tempfile.gettempdir()).glob("parity-kernel-*")
            if not psutil.pid_exists(int(path.name.split("-")[2]))] == []
    # Python's own functions cannot remove folders that are nested so deep.
    subprocess.run(["find", root, "-mindepth", "200", "-delete"], check=True)
    rows = {line.split()[0]: line for line in done.stdout.splitlines() if re.match(r"\S+ +(graded|kept|failed)", line)}
    return Graded(root, points(root), rows, done.returncode)


def checksums(root: Path) -> dict[str, str]:
    """Return hashes of the files that no submission may change: sources, releases, settings, tests, submissions.

    Grading renames a time that it cannot read, and must leave its content as it is.
    """
    folders = ("solutions", "exercises", "private", "submitted")
    paths = [root / "nbgrader_config.py", *(path for folder in folders for path in paths_below(root / folder))]
    notes_of_the_grader = {path for path in paths if path.is_relative_to(root / "private" / "collected")}
    return {re.sub(r"unreadable-time-\d+", "timestamp", str(path)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in set(paths) - notes_of_the_grader if path.is_file() and not path.is_symlink()}


def processes_left() -> set[str]:
    """Return the command lines of kernels whose grading process has ended."""
    commands = {" ".join(process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"])}
    owners = {command: re.search(r"parity-kernel-(\d+)-", command) for command in commands}
    return {command for command, owner in owners.items() if owner and not psutil.pid_exists(int(owner[1]))}


def points(root: Path) -> dict[str, dict[str, float] | None]:
    """Return points by student and test cell; None for a submission without a graded notebook."""
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
        return {submission.student.id: {grade.name: grade.score for grade in submission.notebooks[0].grades
                                        if grade.name in bank.TESTS}
                if graded_notebook(root, submission.student.id).is_file() else None
                for submission in book.assignment_submissions(bank.EXERCISE)}


def graded_notebook(root: Path, student: str) -> Path:
    """Return the path of a graded notebook, which contains the messages that the student reads."""
    return root / "autograded" / student / bank.EXERCISE / f"{bank.EXERCISE}.ipynb"


def wrong(graded: Graded, submissions: list[bank.Hostile], stock: bool = False) -> dict[str, str]:
    """Return the submissions that did not get what they deserve, with an explanation."""
    problems = {student: str(graded.points[student]) for student in HONEST if graded.points[student] != bank.TESTS}
    for submission in submissions:
        row, actual = graded.rows.get(submission.name, ""), graded.points.get(submission.name)
        notebook = graded_notebook(graded.folder, submission.name)
        text = row + (notebook.read_text(encoding="utf8") if notebook.is_file() else "")
        if actual != (expected := submission.points(stock)):
            problems[submission.name] = f"{submission.story} Expected: {expected}. Got: {actual}. {row}"
        elif not stock and submission.says not in text:
            problems[submission.name] = f"{submission.story} Missing text: {submission.says!r}. {row}"
    return problems
