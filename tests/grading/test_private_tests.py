"""Private tests are tried on correct answers before anybody is graded; a failure stops the grading."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
import torch
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from parity_checks import core
from parity_grading import grade, private_tests
from parity_grading.execute import Execute
from tests.exercises import course
from tests.submissions import bank

NAME = "unrolling"
HOLDS = "import numpy as np\n\ndef parity(call):\n    assert call('parity', np.ones((1, 301), dtype=int))[0] == 1\n"


@pytest.fixture
def root(tmp_path, monkeypatch) -> Path:
    """A course beside which a part of the bank lies."""
    root = course.copy_course(tmp_path / "course", NAME)
    (root / "private").mkdir()
    for one in ("right_units_swapped", "right_helper_cells", "wrong_axis"):
        (root / "tests" / "submissions" / NAME).mkdir(parents=True, exist_ok=True)
        shutil.copy(bank.HERE / NAME / f"{one}.py", root / "tests" / "submissions" / NAME)
    monkeypatch.setenv("PARITY_PRIVATE_TESTS", str(root / "private"))
    return root


def test_one_without_an_end_is_stopped(root, monkeypatch):
    monkeypatch.setattr(private_tests, "LONGEST", 0.3)
    with pytest.raises(ValueError, match=r"`parity` does not finish within 0.3 seconds on a correct answer"):
        tried(root, "def parity(call):\n    while True:\n        pass\n")


def tried(root: Path, source: str) -> None:
    (root / "private" / f"{NAME}.py").write_text(source, encoding="utf8")
    private_tests.try_on_correct_answers(CourseDirectory(root=str(root), source_directory="solutions"), NAME)


@pytest.mark.parametrize(("source", "parts"), [
    ("import nothing_of_this_name", ("cannot be loaded", "ModuleNotFoundError", "(line 1)")),
    ("def parity(call:", ("cannot be loaded", "SyntaxError", "(line 1)")),
    ("def parity(call):\n    return 1 / 0", (
        "`parity` fails on a correct answer (the model answer)", "line 2", "ZeroDivisionError: division by zero")),
    ("import numpy as np\ndef parity(call):\n    assert call('parity', np.zeros((3, 0), dtype=int))[0] == 0",
     ("`parity` rejects a correct answer (unrolling/right_units_swapped.py)", "IndexError")),
    ("def parity(call):\n    assert False", ("rejects a correct answer", "by an assertion without a message")),
    ("def paritty(call):\n    pass", ("a test of `paritty`, which is not a task", "parity, rnn_step, two_unit")),
    ("parity = 3", ("parity must be a function, but it is 3",)),
])
def test_what_breaks_is_named_with_its_place_and_the_right_answer(root, source, parts):
    with pytest.raises(ValueError, match=r"unrolling\.py") as caught:
        tried(root, source)
    for part in parts:
        assert part in str(caught.value)
    assert not (root / "private" / f".{NAME}.tried").exists()


def test_what_holds_is_tried_once_until_something_changes(root, monkeypatch):
    asked = []
    monkeypatch.setattr(private_tests, "_try", lambda path, tests, words, cells: asked.append((words, list(tests))))
    tried(root, HOLDS)
    tried(root, HOLDS)
    assert asked == [(words, ["parity"]) for words in (
        "the model answer", "unrolling/right_helper_cells.py", "unrolling/right_units_swapped.py")]
    shutil.copy(bank.HERE / NAME / "right_loops.py", root / "tests" / "submissions" / NAME)
    tried(root, HOLDS)
    assert len(asked) == 7
    tried(root, HOLDS + "\ndef of_my_own(bits):\n    pass\n")
    assert len(asked) == 11


def test_it_leaves_this_process_as_it_was(root, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "something")
    core.bind({"mine": lambda: 5})
    weights = torch.get_rng_state()
    try:
        tried(root, HOLDS + "    import torch\n    torch.manual_seed(3)\n")
        assert core.call("mine") == 5
    finally:
        core.bind(None)
    assert torch.equal(torch.get_rng_state(), weights)
    assert private_tests.os.environ["NBGRADER_EXECUTION"] == "something"


def test_without_the_bank_the_model_answer_is_enough(root, monkeypatch):
    shutil.rmtree(root / "tests")
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    tried(root, HOLDS)
    assert (root / "private" / f".{NAME}.tried").is_file()
    assert "NBGRADER_EXECUTION" not in private_tests.os.environ


def test_without_private_tests_nothing_is_needed_and_with_them_an_answer_is(root):
    shutil.rmtree(root / "solutions" / NAME)
    private_tests.try_on_correct_answers(CourseDirectory(root=str(root), source_directory="solutions"), NAME)
    with pytest.raises(ValueError, match=r"unrolling\.ipynb is missing"):
        tried(root, HOLDS)


def test_a_cell_that_stops_stops_no_other_and_what_it_should_define_is_missed(root):
    answer = root / "tests" / "submissions" / NAME / "right_not.py"
    answer.write_text('"""Not."""\n# %% added before unroll\n1 / 0\n', encoding="utf8")
    tried(root, HOLDS)
    answer.write_text('"""Not."""\n# %% parity\n1 / 0\n', encoding="utf8")
    with pytest.raises(ValueError, match=r"a correct answer \(unrolling/right_not\.py\).* there is no `parity` yet"):
        tried(root, HOLDS)


BREAKS = "def parity(call):\n    return 1 / 0\n"


def test_both_ways_to_grade_stop_before_the_first_hand_in(root, monkeypatch):
    monkeypatch.setenv("PATH", course.environment()["PATH"])        # nbgrader looks for alembic there
    course.submit(root, "ada", NAME, course.solution(NAME))
    (root / "private" / f"{NAME}.py").write_text(BREAKS, encoding="utf8")
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "one-bit-of-memory") as book:
        book.add_assignment(NAME)
        book.add_notebook(NAME, NAME)
    with pytest.raises(ValueError, match="`parity` fails on a correct answer"):
        next(iter(grade.grade(root, NAME)))
    assert not (root / "autograded").exists()
    stock = SimpleNamespace(coursedir=CourseDirectory(root=str(root), source_directory="solutions"))
    execute = Execute()
    monkeypatch.setattr(Execute, "parent", SimpleNamespace(parent=stock))
    with pytest.raises(ValueError, match="`parity` fails on a correct answer"):
        execute.preprocess(course.solution(NAME), {"nbgrader": {"assignment": NAME}})


def test_the_test_in_the_chapter_for_instructors_holds(root):
    """The sample that everybody copies may not be the first to take points from a right answer."""
    shutil.copytree(bank.HERE / NAME, root / "tests" / "submissions" / NAME, dirs_exist_ok=True)
    chapter = (course.ROOT / "book" / "instructors.md").read_text(encoding="utf8")
    sample = re.search(r"cat > private/unrolling\.py <<'END'\n(.*?)\nEND\n", chapter, re.DOTALL)[1]
    tried(root, sample)


@pytest.mark.parametrize("name", ["unrolling", "gradient_through_time", "architecture"])
def test_right_answers_are_read_as_the_bank_reads_them(name):
    solution = nbformat.read(course.ROOT / "solutions" / name / f"{name}.ipynb", as_version=4)
    for one in [one for one in bank.bank(name) if not one.loses]:
        own = [cell.source for cell in bank.notebook(one).cells
               if cell.cell_type == "code" and not cell.metadata.get("nbgrader", {}).get("grade")]
        assert private_tests.sources(solution, one.path.read_text(encoding="utf8")) == own, one.name
