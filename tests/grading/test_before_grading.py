"""Private tests and a correct submission are tried before anybody is graded; a failure stops the grading."""

import re
import shutil
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from parity_grading import before_grading, grade, rebuild
from tests.exercises import course

pytestmark = pytest.mark.whole
NAME = "unrolling"
PASSES = "import numpy as np\n\ndef parity(call):\n    assert call('parity', np.ones((1, 301), dtype=int))[0] == 1\n"
FAILS = """
def parity(call):
    return 1 / 0

def unroll(call):
    assert False

def two_unit_weights(call):
    call("two_unit_weights", 5)
"""


@pytest.fixture
def root(tmp_path, monkeypatch) -> Path:
    """A course with a folder for private tests."""
    root = course.copy_course(tmp_path / "course", NAME)
    (root / "private").mkdir()
    monkeypatch.setenv("PARITY_PRIVATE_TESTS", str(root / "private"))
    return root


def try_tests(root: Path, source: str | None = None) -> None:
    """Write the private tests of the exercise, if there are any, and try them."""
    if source is not None:
        (root / "private" / f"{NAME}.py").write_text(source, encoding="utf8")
    config = Config({"Execute": {"packages": ["parity_study"]}})
    before_grading.try_private_tests(CourseDirectory(root=str(root), source_directory="solutions"), config, NAME)


@pytest.mark.parametrize(("source", "words"), [
    ("import nothing_of_this_name", "cannot be loaded, .*ModuleNotFoundError"),
    ("def parity(call:", "cannot be loaded, .*SyntaxError.*1"),
    ("def paritty(call):\n    pass", "a test of `paritty`, which is not a task; the tasks are parity, rnn"),
])
def test_a_file_of_tests_that_cannot_be_used_is_named(root, source, words):
    with pytest.raises(ValueError, match=rf"unrolling\.py .*{words}"):
        try_tests(root, source)


def test_every_test_that_rejects_the_model_answer_is_named(root):
    with pytest.raises(ValueError, match="does not accept the model answer: ") as caught:
        try_tests(root, FAILS)
    for words in ("the test of `parity` did not run (ZeroDivisionError: division by zero)",
                  "own test: `unroll` does not do what the task asks for", "two_unit_weights"):
        assert words in str(caught.value)


def test_private_tests_need_a_model_answer(root):
    shutil.rmtree(root / "solutions" / NAME)
    try_tests(root)
    with pytest.raises(ValueError, match=r"unrolling\.ipynb is missing"):
        try_tests(root, PASSES)


def test_parity_grade_and_nbgrader_autograde_stop_before_the_first_submission(root, monkeypatch):
    monkeypatch.setenv("PATH", course.environment()["PATH"])        # nbgrader looks for alembic there
    course.submit(root, "ada", NAME, course.solution(NAME))
    (root / "private" / f"{NAME}.py").write_text("import nothing_of_this_name", encoding="utf8")
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "one-bit-of-memory") as book:
        book.add_assignment(NAME)
        book.add_notebook(NAME, NAME)
    with pytest.raises(ValueError, match="so nobody was graded"):
        next(iter(grade.grade(root, NAME)))
    assert not (root / "autograded").exists()
    stock = Autograde(coursedir=CourseDirectory(root=str(root), source_directory="solutions", assignment_id=NAME))
    with pytest.raises(NbGraderException, match="so nobody was graded"):
        rebuild.LenientExporter(parent=stock)


def test_the_example_in_the_chapter_for_instructors_passes(root):
    chapter = (course.ROOT / "book" / "instructors-reference.md").read_text(encoding="utf8")
    sample = re.search(r"cat > private/unrolling\.py <<'END'\n(.*?)\nEND\n", chapter, re.DOTALL)[1]
    try_tests(root, sample)


@pytest.mark.parametrize(("change", "reason"), [
    ({"ANSWER": "import not_installed"}, "full marks on this machine: .*No module named 'not_installed'"),
    ({"ANSWER": "import os; os._exit(1)"}, "full marks on this machine: .*The kernel stopped in this cell"),
    ({"TEST": "0.5"}, "does not get full marks on this machine: something else than full marks"),
])
def test_nobody_is_graded_if_a_known_correct_submission_loses_points(monkeypatch, change, reason):
    for name, value in change.items():
        monkeypatch.setattr(before_grading, name, value)
    with pytest.raises(ValueError, match=f"nobody was graded, because .*{reason}"):
        before_grading.try_course(CourseDirectory(), Config(), NAME)
