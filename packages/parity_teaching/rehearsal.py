"""A dry run in a temporary course with two made-up students, from releasing an exercise to writing feedback.

One hands in the model answer, and the other the untouched notebook, so it is known what each of them deserves.
"""

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click
import nbformat
from nbgrader.apps import NbGraderAPI
from nbgrader.utils import is_solution

from parity_grading.course import load_course
from parity_grading.grade import grade
from parity_grading.untrusted import named_cells
from parity_lib.errors import require
from parity_teaching import authoring

# The end of the settings, so that those of the real course lead to none of its files.
SETTINGS = """
c.CourseDirectory.update(root=str(HERE), db_url=f"sqlite:///{HERE / 'gradebook.db'}", source_directory="solutions",
    release_directory="exercises", submitted_directory="submitted", autograded_directory="autograded",
    feedback_directory="feedback")
c.Execute.trust_submissions = True      # we wrote them
"""
REGION = re.compile(r"^[ \t]*### (?:BEGIN|END) SOLUTION\n?", re.MULTILINE)


def copy_course(root: Path, folder: Path, source: authoring.Source) -> None:
    """Copy an exercise, the settings of the course and the instructor's own tests to a folder."""
    settings = (root / "nbgrader_config.py").read_text(encoding="utf-8")
    (folder / "nbgrader_config.py").write_text(settings + SETTINGS, encoding="utf-8")
    shutil.copytree(source.folder, folder / "solutions" / source.name)
    (folder / "private").mkdir()
    for path in (root / "private").glob("*.py"):
        shutil.copy(path, folder / "private")
    os.environ["PARITY_PRIVATE_TESTS"] = str(folder / "private")


def run(source: authoring.Source) -> Iterator[tuple[str, str]]:
    """Release, submit and grade an exercise in this folder, and write the feedback.

    Yield each student, and what is wrong with the student's points, or "".
    """
    name, solved = source.name, {cell["id"]: cell["source"] for cell in source.cells}
    run_nbgrader("generate_assignment", name)
    notebook = nbformat.read(f"exercises/{name}/{name}.ipynb", as_version=4)
    for student in ("untouched-notebook", "model-answer"):
        path = Path("submitted", student, name, f"{name}.ipynb")
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
        for cell in filter(is_solution, notebook.cells):
            cell.source = REGION.sub("", solved[cell.metadata.nbgrader.grade_id])
    most = sum(cell["metadata"]["nbgrader"]["points"] for cell in source.graded if cell["kind"] == "test")
    for row in grade(Path.cwd(), name):
        cells = named_cells(Path("autograded", row.student, name, f"{name}.ipynb"))
        errors = [f"{cell}: {output.evalue}" for cell in cells for output in cells[cell].get("outputs", [])
                  if output.output_type == "error"]
        deserved = most if row.student == "model-answer" else 0
        yield row.student, "" if row.points == deserved else "; ".join(
            [f"{row.points} points instead of {deserved}", *row.notes, *errors])
    run_nbgrader("generate_feedback", name)


def run_nbgrader(command: str, name: str) -> None:
    """Run an nbgrader command for an exercise. Raise ValueError with its output if it fails."""
    app = load_course(Path.cwd())
    result = getattr(NbGraderAPI(app.coursedir, config=app.config), command)(name)
    require(result["success"], f"nbgrader {command}", result.get("error") or result.get("log"),
            "finished without an error")


@click.command()
@click.argument("name")
def rehearse(name: str) -> None:
    """Rehearse the grading of exercise NAME with two made-up students.

    The exercise is released, submitted and graded in a temporary folder, and feedback is written. Your class is not
    touched. The exit status is 0 only if the model answer gets every point in the tests, and the untouched notebook
    none.
    """
    root, failed = Path.cwd(), False
    source = authoring.read(root / "solutions" / name / f"{name}.md")
    with tempfile.TemporaryDirectory(prefix="parity-rehearsal-") as folder, contextlib.chdir(folder):
        copy_course(root, Path(folder).resolve(), source)
        for student, problem in run(source):
            click.echo(f"{student}: {problem or 'ok'}")
            failed |= bool(problem)
    if failed:
        raise click.exceptions.Exit(1)
