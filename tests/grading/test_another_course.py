"""A course on another subject is graded without anything that belongs to this one."""

import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook

from tests.exercises import course

pytestmark = [pytest.mark.whole, pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")]
NAME = "rectangles"
SETTINGS = """
import sys
from pathlib import Path
c = get_config()
sys.path.append(str(Path(__file__).parent / "checks"))
c.CourseDirectory.course_id = "geometry"
c.OverwriteCells.add_missing_cells = True
c.Autograde.exporter_class = "parity_grading.rebuild.LenientExporter"
stock = "nbgrader.preprocessors."
c.Autograde.sanitize_preprocessors = [
    "parity_grading.rebuild.Rebuild", "parity_grading.unfinished.BeginGrading", stock + "ClearOutput",
    stock + "DeduplicateIds", stock + "OverwriteKernelspec", stock + "OverwriteCells", stock + "CheckCellMetadata"]
c.Autograde.autograde_preprocessors = [
    "parity_grading.execute.Execute", stock + "LimitOutput", stock + "SaveAutoGrades", stock + "CheckCellMetadata",
    "parity_grading.unfinished.FinishGrading"]
"""
CHECKS = '''
from parity_checks import call, check, fresh

@check("area: correct for several rectangles")
def area(seed=0):
    for width, height in [(2, 3), (0, 5), (1 + seed % 89, 4)]:
        assert call("area", width, height) == width * height
'''
SOLUTION = "def area(width, height):\n    ### BEGIN SOLUTION\n    return width * height\n    ### END SOLUTION"
TEST = ("import geometry_checks as check\ncheck.area()\n### BEGIN HIDDEN TESTS\ncheck.area(seed=check.fresh())\n"
        "### END HIDDEN TESTS")
HOSTILE = """
import sys
from pathlib import Path

class Right:
    __eq__ = __hash__ = lambda self, other=None: True

for module in [*sys.modules.values()]:
    if hasattr(module, "CheckFailed"):
        module.CheckFailed = SystemExit
found = [str(path) for path in Path({root!r}).rglob("*")]
print("found", found)

def area(width, height):
    return Right()
"""
# Runs nbgrader's own commands, and prints which packages of this course they have imported.
COMMANDS = """
import json, sys
from nbgrader.apps.nbgraderapp import NbGraderApp
for arguments in json.loads(sys.argv[1]):
    NbGraderApp.clear_instance()
    NbGraderApp.launch_instance(arguments)
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules if name.startswith("parity_")})))
"""


def marks(name: str, **others: object) -> dict:
    """Return nbgrader's metadata of a cell."""
    kinds = {"grade": False, "solution": False, "locked": False, "task": False}
    return {"nbgrader": kinds | {"grade_id": name, "schema_version": 3, "cell_type": "code"} | others}


def notebook(answer: str = SOLUTION, test: str = TEST, points: int = 4) -> NotebookNode:
    """Return the notebook of the exercise."""
    return new_notebook(cells=[
        new_markdown_cell("The area of a rectangle", id="title"),
        new_code_cell(answer, id="area", metadata=marks("area", solution=True)),
        new_code_cell(test, id="area-check", metadata=marks("area-check", grade=True, locked=True, points=points))])


def write(path: Path, content: NotebookNode) -> None:
    path.parent.mkdir(parents=True)
    nbformat.write(content, path)


def test_right_answers_get_points_and_wrong_or_hostile_ones_do_not(tmp_path):
    root = tmp_path / "geometry"
    (root / "checks").mkdir(parents=True)
    (root / "nbgrader_config.py").write_text(SETTINGS)
    (root / "checks" / "geometry_checks.py").write_text(CHECKS)
    write(root / "source" / NAME / f"{NAME}.ipynb", notebook())
    submissions = {
        "ada": notebook("def area(width, height):\n    return sum([width] * height)"),
        "bob": notebook("def area(width, height):\n    return 2 * (width + height)"),
        "eve": notebook(HOSTILE.format(root=str(root)), test="pass", points=100)}
    for student, submission in submissions.items():
        write(root / "submitted" / student / NAME / f"{NAME}.ipynb", submission)
    done = subprocess.run([sys.executable, "-c", COMMANDS, json.dumps([["generate_assignment", NAME],
                                                                      ["autograde", NAME]])],
                          cwd=root, env=course.environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-4000:]
    assert json.loads(done.stdout.splitlines()[-1]) == ["parity_checks", "parity_grading", "parity_lib"]
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
        assert {entry.student.id: (entry.score, entry.max_score) for entry in book.assignment_submissions(NAME)} == {
            "ada": (4, 4), "bob": (0, 4), "eve": (0, 4)}
    cells = nbformat.read(root / "autograded" / "eve" / NAME / f"{NAME}.ipynb", as_version=4).cells
    assert cells[1].outputs[0].text == "found []\n"
    assert [output.ename for output in cells[2].outputs] == ["CheckFailed"]
