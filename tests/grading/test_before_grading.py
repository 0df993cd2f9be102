"""Private tests and a correct submission are tried before anybody is graded; a failure stops the grading."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import torch
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from parity_checks import core
from parity_grading import before_grading, grade, rebuild
from tests.exercises import course

NAME = "unrolling"
PASSES = "import numpy as np\n\ndef parity(call):\n    assert call('parity', np.ones((1, 301), dtype=int))[0] == 1\n"
BREAKS = "def parity(call):\n    return 1 / 0\n"


@pytest.fixture
def root(tmp_path, monkeypatch) -> Path:
    """A course with a folder for private tests."""
    root = course.copy_course(tmp_path / "course", NAME)
    (root / "private").mkdir()
    monkeypatch.setenv("PARITY_PRIVATE_TESTS", str(root / "private"))
    return root


def try_tests(root: Path, source: str) -> None:
    """Write the private tests of the exercise and try them."""
    (root / "private" / f"{NAME}.py").write_text(source, encoding="utf8")
    before_grading.try_private_tests(CourseDirectory(root=str(root), source_directory="solutions"), NAME)


@pytest.mark.parametrize(("source", "parts"), [
    ("import nothing_of_this_name", ("cannot be loaded", "ModuleNotFoundError", "(line 1)")),
    ("def parity(call:", ("cannot be loaded", "SyntaxError", "(line 1)")),
    (BREAKS, ("does not accept the model answer: it stops with ZeroDivisionError: division by zero (line 2)",)),
    ("def parity(call):\n    while True:\n        pass", ("it does not finish within 1 seconds",)),
    ("def parity(call):\n    assert False", ("it fails with an assertion without a message",)),
    ("def paritty(call):\n    pass", ("a test of `paritty`, which is not a task", "parity, rnn_step, two_unit")),
])
def test_a_test_that_fails_is_named_with_its_line(root, monkeypatch, source, parts):
    monkeypatch.setattr(before_grading, "LONGEST", 1)
    with pytest.raises(ValueError, match=r"unrolling\.py") as caught:
        try_tests(root, source)
    for part in parts:
        assert part in str(caught.value)


def test_trying_leaves_this_process_as_it_was(root, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "something")
    core.bind({"mine": lambda: 5})
    weights = torch.get_rng_state()
    try:
        try_tests(root, PASSES + "    import torch\n    torch.manual_seed(3)\n\ndef of_my_own(bits):\n    pass\n")
        assert core.call("mine") == 5
    finally:
        core.bind(None)
    assert torch.equal(torch.get_rng_state(), weights)
    assert before_grading.os.environ["NBGRADER_EXECUTION"] == "something"


def test_private_tests_need_a_model_answer(root):
    shutil.rmtree(root / "solutions" / NAME)
    before_grading.try_private_tests(CourseDirectory(root=str(root), source_directory="solutions"), NAME)
    with pytest.raises(ValueError, match=r"unrolling\.ipynb is missing"):
        try_tests(root, PASSES)


def test_parity_grade_and_nbgrader_autograde_stop_before_the_first_submission(root, monkeypatch):
    monkeypatch.setenv("PATH", course.environment()["PATH"])        # nbgrader looks for alembic there
    course.submit(root, "ada", NAME, course.solution(NAME))
    (root / "private" / f"{NAME}.py").write_text(BREAKS, encoding="utf8")
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "one-bit-of-memory") as book:
        book.add_assignment(NAME)
        book.add_notebook(NAME, NAME)
    with pytest.raises(ValueError, match="the model answer: it stops with"):
        next(iter(grade.grade(root, NAME)))
    assert not (root / "autograded").exists()
    stock = Autograde(coursedir=CourseDirectory(root=str(root), source_directory="solutions", assignment_id=NAME))
    with pytest.raises(NbGraderException, match="the model answer: it stops with"):
        rebuild.LenientExporter(parent=stock)


def test_the_example_in_the_chapter_for_instructors_passes(root):
    chapter = (course.ROOT / "book" / "instructors-reference.md").read_text(encoding="utf8")
    sample = re.search(r"cat > private/unrolling\.py <<'END'\n(.*?)\nEND\n", chapter, re.DOTALL)[1]
    try_tests(root, sample)


# ---------------------------------------------------------------- a correct submission


@pytest.mark.whole
@pytest.mark.parametrize(("change", "reason"), [
    ({"ANSWER": "import not_installed"}, "full marks on this machine: No module named 'not_installed'"),
    ({"ANSWER": "def known_answer(numbers):\n    return numbers"}, "does not get full marks on this machine: "),
    ({"ANSWER": "import os; os._exit(1)"}, "full marks on this machine: The kernel stopped in this cell"),
    ({"TEST": "0.5"}, "does not get full marks on this machine: its test shows something else"),
])
def test_nobody_is_graded_if_a_known_correct_submission_loses_points(monkeypatch, change, reason):
    for name, value in change.items():
        monkeypatch.setattr(before_grading, name, value)
    with pytest.raises(ValueError, match=f"nobody was graded, because .*{reason}"):
        before_grading.try_known_answer(Config())
