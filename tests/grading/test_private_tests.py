"""Private tests are tried on the model answer before anybody is graded; a failure stops the grading."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from parity_checks import core
from parity_grading import grade, private_tests
from parity_grading.execute import Execute
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
    private_tests.try_on_model_answer(CourseDirectory(root=str(root), source_directory="solutions"), NAME)


@pytest.mark.parametrize(("source", "parts"), [
    ("import nothing_of_this_name", ("cannot be loaded", "ModuleNotFoundError", "(line 1)")),
    ("def parity(call:", ("cannot be loaded", "SyntaxError", "(line 1)")),
    (BREAKS, ("does not accept the model answer: it stops with ZeroDivisionError: division by zero (line 2)",)),
    ("def parity(call):\n    while True:\n        pass", ("it does not finish within 1 seconds",)),
    ("def parity(call):\n    assert False", ("it fails with an assertion without a message",)),
    ("def paritty(call):\n    pass", ("a test of `paritty`, which is not a task", "parity, rnn_step, two_unit")),
])
def test_a_test_that_fails_is_named_with_its_line(root, monkeypatch, source, parts):
    monkeypatch.setattr(private_tests, "LONGEST", 1)
    with pytest.raises(ValueError, match=r"unrolling\.py") as caught:
        try_tests(root, source)
    for part in parts:
        assert part in str(caught.value)
    assert not (root / "private" / f".{NAME}.tried").exists()


def test_tests_that_pass_are_tried_again_only_after_a_change(root, monkeypatch):
    calls = []
    monkeypatch.setattr(private_tests, "_try", lambda path, tests, cells: calls.append(list(tests)))
    for source in (PASSES, PASSES, PASSES + "\ndef of_my_own(bits):\n    pass\n"):
        try_tests(root, source)
    assert calls == [["parity"], ["parity"]]


def test_trying_leaves_this_process_as_it_was(root, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "something")
    core.bind({"mine": lambda: 5})
    weights = torch.get_rng_state()
    try:
        try_tests(root, PASSES + "    import torch\n    torch.manual_seed(3)\n")
        assert core.call("mine") == 5
    finally:
        core.bind(None)
    assert torch.equal(torch.get_rng_state(), weights)
    assert private_tests.os.environ["NBGRADER_EXECUTION"] == "something"


def test_private_tests_need_a_model_answer(root):
    shutil.rmtree(root / "solutions" / NAME)
    private_tests.try_on_model_answer(CourseDirectory(root=str(root), source_directory="solutions"), NAME)
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
    stock = SimpleNamespace(coursedir=CourseDirectory(root=str(root), source_directory="solutions"))
    execute = Execute(allow_root=True)
    monkeypatch.setattr(Execute, "parent", SimpleNamespace(parent=stock))
    with pytest.raises(ValueError, match="the model answer: it stops with"):
        execute.preprocess(course.solution(NAME), {"nbgrader": {"assignment": NAME}})


def test_the_example_in_the_chapter_for_instructors_passes(root):
    chapter = (course.ROOT / "book" / "instructors-reference.md").read_text(encoding="utf8")
    sample = re.search(r"cat > private/unrolling\.py <<'END'\n(.*?)\nEND\n", chapter, re.DOTALL)[1]
    try_tests(root, sample)
