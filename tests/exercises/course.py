"""A course for a test: the repository's files, submissions made from the release, and nbgrader's commands."""

import contextlib
import csv
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import nbformat
from click.testing import CliRunner
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.server_extensions.formgrader import handlers
from traitlets.config import Config, PyFileConfigLoader

from parity_book.cli import main
from parity_teaching.feedback import FeedbackExporter
from tests.submissions import bank

ROOT = bank.ROOT
BIN = Path(sys.executable).parent
# Runs several commands in one process, which imports nbgrader once.
AT_ONCE = """
import json, sys
from nbgrader.apps.nbgraderapp import NbGraderApp
for arguments in json.loads(sys.argv[1]):
    NbGraderApp.clear_instance()
    NbGraderApp.launch_instance(arguments)
"""


def environment(library: Path = ROOT) -> dict[str, str]:
    """Return variables for commands of this Python and the packages of ``library``, without the user's settings."""
    own = {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "OMP_NUM_THREADS": "1",
           "PYTHONPATH": os.pathsep.join([str(library), str(library / "packages")]), "JUPYTER_NO_CONFIG": "1",
           "PYTHONDONTWRITEBYTECODE": "1"}
    of_other_courses = {"PARITY_PRIVATE_TESTS", "NBGRADER_EXECUTION"}
    return {key: value for key, value in os.environ.items() if key not in of_other_courses} | own


def copy_course(folder: Path, *names: str) -> Path:
    """Create a course with the configuration and these exercises, as a clone has them, without a gradebook."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    for name in names:
        for tree in ("solutions", "exercises"):
            shutil.copytree(ROOT / tree / name, folder / tree / name)
    return folder


def parity(root: Path, *arguments: str | Path) -> tuple[int, str]:
    """Run a `parity` command in a course, in this process. Return its exit status and its output."""
    with contextlib.chdir(root), mock.patch.dict(os.environ, environment() | {"PARITY_PROGRESS": "0"}):
        done = CliRunner().invoke(main, [*map(str, arguments)])
    if done.exception is not None and not isinstance(done.exception, SystemExit | KeyboardInterrupt):
        raise done.exception
    return done.exit_code, done.output


def nbgrader(root: Path, *arguments: str) -> None:
    """Run a command of nbgrader in a course."""
    _run(root, BIN / "nbgrader", *arguments)


def nbgrader_at_once(root: Path, *commands: list[str]) -> None:
    """Run several commands of nbgrader in a course, without starting a process for each."""
    _run(root, sys.executable, "-c", AT_ONCE, json.dumps(commands))


def _run(root: Path, *command: str | Path) -> None:
    done = subprocess.run(command, cwd=root, env=environment(), text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, encoding="utf8", errors="replace")
    assert done.returncode == 0, done.stdout[-4000:]


# Submissions

def release(name: str) -> NotebookNode:
    """Return the notebook that students receive."""
    return nbformat.read(ROOT / "exercises" / name / f"{name}.ipynb", as_version=4)


def solution(name: str) -> NotebookNode:
    """Return the submission of a student whose answers are the model answers."""
    return bank.fill_in(release(name), bank.authoring.notebook(bank.published(name)))


def hand_in(submission: bank.Submission) -> NotebookNode:
    """Return a submission of the bank as the notebook that the student sends."""
    return bank.fill_in(release(submission.exercise), bank.notebook(submission))


def submit(root: Path, student: str, name: str, notebook: NotebookNode) -> None:
    """Write a submission into the folder where nbgrader looks for it."""
    path = root / "submitted" / student / name / f"{name}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)


# Pages

def exporter(folder: Path, template: str, stock: bool = False) -> HTMLExporter:
    """Return what makes the pages of the formgrader or the feedback, with a course's settings or, if stock, without."""
    settings = Config() if stock else PyFileConfigLoader("nbgrader_config.py", str(folder)).load_config()
    config = Config({"HTMLExporter": settings.HTMLExporter, "CourseDirectory": settings.CourseDirectory})
    config.CourseDirectory.root = str(folder)
    config.HTMLExporter.template_name = template
    config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    config.HTMLExporter.extra_template_paths = [    # nbgrader's versions keep it in different folders
        str(next(Path(handlers.static_path).rglob("bootstrap.min.css")).parent)]
    return HTMLExporter(config=config) if stock or template == "formgrade" else FeedbackExporter(config=config)


def page(maker: HTMLExporter, notebook: NotebookNode, **resources: object) -> str:
    """Return the page of a notebook."""
    known = {"base_url": "", "submission_id": "5", "notebook_id": "n", "assignment_id": "a", "index": 0, "total": 1,
             "notebook_path": "n.ipynb",
             "nbgrader": {"notebook": "n", "score": 1, "max_score": 2, "late_penalty": 0, "student": "ada"}}
    if maker.template_name != "formgrade":
        del known["submission_id"]
    return maker.from_notebook_node(notebook, known | resources)[0]


# Results

@dataclass(frozen=True)
class Graded:
    """A student's result: the outcomes of test cells, the answers that an instructor has to read, and the feedback."""

    outcomes: dict[str, bank.Outcome]
    waiting: list[str]
    feedback: str


@dataclass(frozen=True)
class Batch:
    """An exercise that is graded for several students by the stock commands, with the exported grades."""

    folder: Path
    name: str
    graded: dict[str, Graded]
    exported: dict[str, float]


def results(root: Path, name: str) -> dict[str, Graded]:
    """Return by student what the gradebook, the graded notebook and the page of feedback contain."""
    graded = {}
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
        for submission in book.assignment_submissions(name):
            student, grades = submission.student.id, submission.notebooks[0].grades
            notebook = nbformat.read(root / "autograded" / student / name / f"{name}.ipynb", as_version=4)
            tests = {cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells
                     if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade")}
            page = root / "feedback" / student / name / f"{name}.html"
            graded[student] = Graded(
                {grade.name: bank.outcome(tests[grade.name], grade.score, grade.max_score)
                 for grade in grades if grade.name in tests},
                [grade.name for grade in grades if grade.needs_manual_grade],
                page.read_text(encoding="utf8") if page.is_file() else "")
    return graded


def grade_batch(root: Path, name: str, submissions: dict[str, NotebookNode]) -> Batch:
    """Run generate_assignment, autograde, generate_feedback and export in a course of its own."""
    copy_course(root, name)
    for student, notebook in submissions.items():
        submit(root, student, name, notebook)
    nbgrader_at_once(root, ["generate_assignment", name, "--force"], ["autograde", name], ["generate_feedback", name],
                     ["export", "--to=grades.csv"])
    with (root / "grades.csv").open(encoding="utf8", newline="") as table:
        exported = {row["student_id"]: float(row["score"]) for row in csv.DictReader(table)}
    return Batch(root, name, results(root, name), exported)
