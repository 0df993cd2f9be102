"""`parity grade`: what is kept, what is graded again, and what is said of a hand-in that cannot be graded."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path
from unittest import mock

import nbformat
import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook

from parity_lib.cli import main
from tests.exercises import course

pytestmark = pytest.mark.whole
NAME = "unrolling"


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    """A course with two hand-ins, in the gradebook and not yet graded."""
    folder = course.copy_course(tmp_path_factory.mktemp("grade") / "course", NAME)
    (folder / "private").mkdir()
    (folder / "private" / "nbgrader_config.py").write_text("c = get_config()\nc.Execute.warm = True\n")
    for student in ("ada", "emmy"):
        course.submit(folder, student, NAME, course.solution(NAME))
    course.nbgrader(folder, "generate_assignment", NAME, "--force")
    return folder


def grade(root: Path, *arguments: str) -> tuple[int, dict[str, list[str]], str]:
    """The command's status, its row of each student, and all that it said."""
    with contextlib.chdir(root), mock.patch.dict(os.environ, course.environment()):
        done = CliRunner().invoke(main, ["grade", *arguments])
    rows = {line.split()[0]: line.split() for line in done.output.splitlines() if line.startswith(("ada", "emmy"))}
    return done.exit_code, rows, done.output


def states(rows: dict[str, list[str]]) -> dict[str, str]:
    return {student: row[1] for student, row in rows.items()}


def scores(root: Path) -> dict[str, float]:
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
        return {one.student.id: one.score for one in book.assignment_submissions(NAME)}


def test_what_is_done_is_kept_and_what_has_changed_is_graded_again(root):
    status, rows, said = grade(root, NAME)
    assert (status, states(rows)) == (0, {"ada": "graded", "emmy": "graded"}), said
    assert rows["ada"][2:5] == ["11", "of", "15"]
    assert states(grade(root, NAME)[1]) == {"ada": "kept", "emmy": "kept"}
    notebook = course.solution(NAME)
    next(cell for cell in notebook.cells if cell.id == "unroll").source = "def unroll(*given):\n    return 0"
    path = root / "submitted" / "emmy" / NAME / f"{NAME}.ipynb"
    nbformat.write(notebook, path)
    assert states(grade(root, NAME)[1]) == {"ada": "kept", "emmy": "graded"}
    assert scores(root) == {"ada": 11, "emmy": 8}
    assert states(grade(root, NAME, "--student", "ada", "--force")[1]) == {"ada": "graded"}


def test_one_that_cannot_be_read_has_no_points_of_before_and_stops_nobody(root):
    path = root / "submitted" / "ada" / NAME / f"{NAME}.ipynb"
    whole = path.read_text(encoding="utf8")
    path.write_text(whole[:100], encoding="utf8")
    status, rows, said = grade(root, NAME)
    assert (status, states(rows)) == (1, {"ada": "failed", "emmy": "kept"})
    assert f"{NAME}.ipynb is no notebook" in said
    assert "Traceback" not in said
    assert scores(root)["ada"] == 0
    path.write_text(whole, encoding="utf8")
    assert states(grade(root, NAME)[1]) == {"ada": "graded", "emmy": "kept"}
    assert scores(root)["ada"] == 11


def test_what_is_not_there_is_said(root):
    assert "an exercise with hand-ins in submitted/" in grade(root, "nothing")[2]
    course.submit(root, "ada", "varying_lengths", course.solution("varying_lengths"))
    status, _, said = grade(root, "varying_lengths")
    assert status == 1
    assert "nbgrader generate_assignment varying_lengths" in said


def test_containment_can_be_required(root, monkeypatch):
    """Without bubblewrap grading says so each time, and with the setting it does not grade."""
    hides = ("from parity_lib.teaching import sandbox; sandbox._tried = lambda: ('', 'nothing contains it'); "
             "from parity_lib.cli import main; main()")
    settings = root / "private" / "nbgrader_config.py"
    before = settings.read_text()

    def run() -> subprocess.CompletedProcess:
        return subprocess.run([sys.executable, "-c", hides, "grade", NAME, "--student", "emmy", "--force"], cwd=root,
                              env=course.environment(), text=True, capture_output=True)
    try:
        done = run()
        assert done.returncode == 0, done.stderr
        assert "Submissions run with your own rights" in done.stderr
        assert "nothing contains it" in done.stderr
        settings.write_text(before + "c.Execute.require_containment = True\n")
        done = run()
        assert done.returncode == 1
        assert "require_containment is set, and nothing contains it" in done.stdout
    finally:
        settings.write_text(before)
