"""A course of our own for a test: the repository's files, hand-ins made from the release, nbgrader's commands."""

from __future__ import annotations

import contextlib
import copy
import csv
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import nbformat
from click.testing import CliRunner
from nbformat import NotebookNode
from nbgrader.api import Gradebook

from parity_book.cli import main
from tests.submissions import bank

ROOT = bank.ROOT
BIN = Path(sys.executable).parent


def environment(library: Path = ROOT) -> dict[str, str]:
    """This Python's commands first, `library` imported from its folder, nothing of the user's own Jupyter settings."""
    own = {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "OMP_NUM_THREADS": "1",
           "PYTHONPATH": os.pathsep.join([str(library), str(library / "packages")]), "JUPYTER_NO_CONFIG": "1",
           "PYTHONDONTWRITEBYTECODE": "1"}
    taken = {"PARITY_PRIVATE_TESTS", "NBGRADER_EXECUTION"}
    return {key: value for key, value in os.environ.items() if key not in taken} | own


def copy_course(folder: Path, *names: str) -> Path:
    """A course root with the configuration and these exercises, as a clone has them but without a gradebook."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    for name in names:
        for tree in ("solutions", "exercises"):
            shutil.copytree(ROOT / tree / name, folder / tree / name)
        shutil.copy(ROOT / "solutions" / f"{name}.md", folder / "solutions")
    return folder


# The same commands, one after the other in one process, which imports nbgrader once.
AT_ONCE = """
import json, sys
from nbgrader.apps.nbgraderapp import NbGraderApp
for arguments in json.loads(sys.argv[1]):
    NbGraderApp.clear_instance()
    NbGraderApp.launch_instance(arguments)
"""


def parity(root: Path, *arguments: str | Path) -> tuple[int, str]:
    """Run a command of ours in a course root, in this process, which coverage sees; its status, and what it said."""
    with contextlib.chdir(root), mock.patch.dict(os.environ, environment() | {"PARITY_PROGRESS": "0"}):
        done = CliRunner().invoke(main, [*map(str, arguments)])
    if done.exception is not None and not isinstance(done.exception, SystemExit | KeyboardInterrupt):
        raise done.exception
    return done.exit_code, done.output


def nbgrader(folder: Path, *arguments: str) -> list[tuple[float, str]]:
    """Run a command of nbgrader in a course root; its lines, each with the second at which it came."""
    return _run(folder, BIN / "nbgrader", *arguments)


def nbgrader_at_once(folder: Path, *commands: list[str]) -> list[tuple[float, str]]:
    """Run several commands without starting anew for each."""
    return _run(folder, sys.executable, "-c", AT_ONCE, json.dumps(commands))


def _run(folder: Path, *command: str | Path) -> list[tuple[float, str]]:
    process = subprocess.Popen(command, cwd=folder, env=environment(), text=True, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, encoding="utf8", errors="replace")
    lines = [(time.monotonic(), line) for line in process.stdout]
    assert process.wait() == 0, "".join(line for _, line in lines)[-4000:]
    return lines


# Hand-ins

def release(name: str) -> NotebookNode:
    """What a student gets."""
    return nbformat.read(ROOT / "exercises" / name / f"{name}.ipynb", as_version=4)


def filled(name: str, done: NotebookNode) -> NotebookNode:
    """The release with the work of a solved notebook pasted in, as a student would: what is locked stays as it is."""
    hand_in, work = release(name), {cell.id: cell for cell in done.cells}
    for cell in hand_in.cells:
        if not locked(cell) and cell.id in work:
            cell.source = re.sub(r"^[ \t]*### (?:BEGIN|END) SOLUTION\n?", "", work[cell.id].source, flags=re.MULTILINE)
    known = {cell.id for cell in hand_in.cells}
    for place, cell in enumerate(done.cells):
        if cell.id not in known:  # one that the student added, before the same cell as there
            after = next(other.id for other in done.cells[place + 1:] if other.id in known)
            hand_in.cells.insert([one.id for one in hand_in.cells].index(after), copy.deepcopy(cell))
    return hand_in


def locked(cell: NotebookNode) -> bool:
    meta = cell.metadata.get("nbgrader", {})
    return bool(meta) and not meta["solution"]


def solution(name: str) -> NotebookNode:
    """The hand-in of a student who writes what the source has."""
    return filled(name, bank.authoring.notebook(bank.published(name)))


def hand_in(submission: bank.Submission) -> NotebookNode:
    """A submission of the bank as the file that the student sends."""
    return filled(submission.exercise, bank.notebook(submission))


def submit(folder: Path, student: str, name: str, notebook: NotebookNode) -> None:
    """Put a hand-in where nbgrader looks for it."""
    path = folder / "submitted" / student / name / f"{name}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)


# Results

@dataclass(frozen=True)
class Graded:
    """One student's graded notebook: its test cells' outcomes, answers in words that await the instructor, feedback."""

    outcomes: dict[str, bank.Outcome]
    waiting: list[str]
    feedback: str


def results(folder: Path, name: str) -> dict[str, Graded]:
    """What the gradebook, the graded notebooks and the feedback pages say, by student."""
    found = {}
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as book:
        for submission in book.assignment_submissions(name):
            student = submission.student.id
            graded = nbformat.read(folder / "autograded" / student / name / f"{name}.ipynb", as_version=4)
            tests = {cell.metadata.nbgrader.grade_id: cell for cell in graded.cells
                     if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade")}
            grades = submission.notebooks[0].grades
            page = folder / "feedback" / student / name / f"{name}.html"
            found[student] = Graded(
                {grade.name: bank.Outcome(grade.score, grade.max_score, said(tests[grade.name]))
                 for grade in grades if grade.name in tests},
                [grade.name for grade in grades if grade.needs_manual_grade],
                page.read_text(encoding="utf8") if page.is_file() else "")
    return found


def said(cell: NotebookNode) -> str:
    """What a cell printed, and its error's text."""
    return "\n".join(one.get("text", "") or one.get("evalue", "") for one in cell.outputs)


@dataclass(frozen=True)
class Batch:
    """One exercise, graded for several students by the stock commands, and what each command took."""

    folder: Path
    name: str
    graded: dict[str, Graded]
    seconds: dict[str, float]
    exported: dict[str, float]


def grade_batch(folder: Path, name: str, notebooks: dict[str, NotebookNode], at_once: bool = True) -> Batch:
    """generate_assignment, autograde, generate_feedback, export: in a course root of its own."""
    if not (folder / "nbgrader_config.py").is_file():
        copy_course(folder, name)
    for student, notebook in notebooks.items():
        submit(folder, student, name, notebook)
    commands = (["generate_assignment", name, "--force"], ["autograde", name], ["generate_feedback", name],
                ["export", "--to=grades.csv"])
    lines = nbgrader_at_once(folder, *commands) if at_once else [
        line for command in commands for line in nbgrader(folder, *command)]
    with (folder / "grades.csv").open(encoding="utf8", newline="") as table:
        exported = {row["student_id"]: float(row["score"]) for row in csv.DictReader(table)}
    return Batch(folder, name, results(folder, name), seconds_of_each(lines), exported)


def seconds_of_each(lines: list[tuple[float, str]]) -> dict[str, float]:
    """How long each student's notebook took, from what autograde says at its beginning and end."""
    found = {}
    for (start, first), (stop, last) in itertools.pairwise(
            one for one in lines if re.search(r"Sanitizing|AutogradeApp.*Setting destination", one[1])):
        if (begun := re.search(r"Sanitizing .*?submitted[/\\]([^/\\]+)[/\\]", first)) and "Setting" in last:
            found[begun[1]] = stop - start
    return found
