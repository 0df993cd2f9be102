"""Follow-through credit: one slip costs once, a task's own mistake costs as before, and a model answer stays unseen."""

from __future__ import annotations

import copy
import time
from pathlib import Path
from unittest import mock

import pytest
from nbformat.v4 import new_code_cell, new_output

from parity_lib.teaching import follow_through
from parity_lib.teaching.follow_through import credited, defined, is_test, reference, solved_by, used
from tests.exercises import course
from tests.submissions import bank
from tests.teaching.in_process import InProcess

NAME = "unrolling"


def graded(notebook, with_credit=True, name=NAME):
    """Points by test cell, the graded cells, and what stood for kernels."""
    notebook = copy.deepcopy(notebook)
    execute = InProcess(answers(name) if with_credit else None)
    execute.preprocess(notebook, {})
    tests = {cell.id: cell for cell in notebook.cells if is_test(cell)}
    points = {name: 0 if any(one.output_type == "error" for one in cell.outputs) else cell.metadata.nbgrader.points
              for name, cell in tests.items()}
    return points, tests, execute.ran


def answers(name: str) -> dict[str, str]:
    return reference(course.ROOT / "solutions" / name / f"{name}.ipynb")


def hand_in(cells: dict[str, str], name: str = NAME):
    """The solved notebook with these cells in place."""
    notebook = course.solution(name)
    for cell in notebook.cells:
        cell.source = cells.get(cell.id, cell.source)
    return notebook


WRONG_STEP = "def rnn_step(x, h, U, V, b):\n    return np.tanh(x @ U.T + h @ V + b)\n"
RIGHT_UNROLL = ("def unroll(xs, h0, U, V, b):\n    states = [h0]\n    for t in range(xs.shape[1]):\n"
                "        states.append(rnn_step(xs[:, t], states[-1], U, V, b))\n"
                "    return np.stack(states[1:], axis=1)\n")


@pytest.mark.parametrize(("cells", "without", "with_credit"), [
    ({"rnn-step": WRONG_STEP}, ("rnn-step-check", "unroll-check"), ("rnn-step-check",)),
    ({"rnn-step": ""}, ("rnn-step-check", "unroll-check"), ("rnn-step-check",)),
    ({"rnn-step": "def rnn_step(", "unroll": RIGHT_UNROLL}, ("rnn-step-check", "unroll-check"), ("rnn-step-check",)),
    ({"rnn-step": WRONG_STEP, "unroll": RIGHT_UNROLL.replace("[1:]", "[:-1]")}, ("rnn-step-check", "unroll-check"),
     ("rnn-step-check", "unroll-check")),
    ({"rnn-step": WRONG_STEP + RIGHT_UNROLL, "unroll": ""}, ("rnn-step-check", "unroll-check"), ("rnn-step-check",)),
    ({"parity": ""}, ("parity-check",), ("parity-check",)),
    ({"two-unit-weights": ""}, ("two-unit-weights-check",), ("two-unit-weights-check",)),
    (dict.fromkeys(["parity", "rnn-step", "unroll", "two-unit-weights"], ""),
     ("parity-check", "rnn-step-check", "unroll-check", "two-unit-weights-check"),
     ("parity-check", "rnn-step-check", "unroll-check", "two-unit-weights-check")),
])
def test_a_slip_costs_its_own_task_and_nothing_else(cells, without, with_credit):
    for credit, loses in ((False, without), (True, with_credit)):
        points, _, _ = graded(hand_in(cells), credit)
        assert {name for name, value in points.items() if not value} == set(loses)


@pytest.mark.parametrize(("name", "without", "with_credit"), [
    ("no_teacher_forcing/wrong_loss_of_every_step", 2, 5),
    ("unrolling/wrong_V_transposed", 2, 5),
    ("unrolling/wrong_raises", 0, 0),
    ("unrolling/wrong_reversed", 6, 6),
])
def test_what_hand_ins_of_the_bank_get(name, without, with_credit, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    exercise, _, stem = name.partition("/")
    submission = bank.read(bank.HERE / exercise / f"{stem}.py")
    notebook = bank.notebook(submission)
    notebook.cells = [cell for cell in notebook.cells if cell.id not in bank.LONG or cell.id in submission.loses]
    assert [sum(graded(notebook, credit, exercise)[0].values()) for credit in (False, True)] == [without, with_credit]


@pytest.mark.slow
def test_the_last_column_costs_two_tasks_not_four(monkeypatch):
    """The example of which instructors asked why: its own two mistakes stay, what is trained with them does not."""
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    name = "no_teacher_forcing"
    notebook = bank.notebook(bank.read(bank.HERE / name / "wrong_last_column.py"))
    assert [sum(graded(notebook, credit, name)[0].values()) for credit in (False, True)] == [8, 11]


def test_the_message_keeps_what_was_wrong_and_says_why_it_costs_nothing():
    _, before, _ = graded(hand_in({"rnn-step": WRONG_STEP}), with_credit=False)
    _, tests, _ = graded(hand_in({"rnn-step": WRONG_STEP}))
    failed = next(one for one in before["unroll-check"].outputs if one.output_type == "error")
    (said,) = tests["unroll-check"].outputs
    assert said.name == "stdout"
    assert said.text.startswith(f"As handed in: {failed.evalue.splitlines()[0]}")
    assert "With a right `rnn_step` in the place of yours this test passes" in said.text


def test_another_try_is_made_only_where_an_earlier_mistake_is_in_the_way():
    """Mistakes in tasks of which none builds on another cost no second kernel; an empty notebook does not cost many."""
    assert len(graded(hand_in(dict.fromkeys(["parity", "rnn-step", "unroll", "two-unit-weights"], "")))[2]) == 2
    assert len(graded(hand_in({"parity": "", "two-unit-weights": ""}))[2]) == 1
    assert len(graded(hand_in({"rnn-step": WRONG_STEP}))[2]) == 2


def test_what_is_lent_comes_after_the_students_own_cell_and_what_they_added_stays():
    cells = {"rnn-step": "def helper(xs, t):\n    return xs[:, t]\n" + WRONG_STEP,
             "unroll": RIGHT_UNROLL.replace("xs[:, t]", "helper(xs, t)")}
    assert graded(hand_in(cells))[0]["unroll-check"] == 3


def test_a_cell_that_did_not_end_is_not_run_again():
    cells = [new_code_cell("while True: pass", id="a"), new_code_cell("x = 1", id="b"),
             new_code_cell("", metadata={"nbgrader": {"grade": True, "solution": False, "grade_id": "t", "points": 1}})]
    follow = follow_through.FollowThrough(cells, {})
    assert list(follow.sources(cells[2], {}, ["x = 1"])) == ["x = 1"]


def test_there_is_no_other_try_when_the_notebooks_time_is_over():
    """The second kernel's time is the notebook's, too."""
    execute, follow = InProcess(), mock.Mock(lent=lambda *about: {"rnn-step": {"rnn_step"}})
    execute.until, execute.asked_for = time.monotonic() - 1, set()
    execute._try_again(new_code_cell("1 / 0"), follow)
    follow.sources.assert_not_called()


def test_a_task_is_never_tried_with_its_own_model_answer():
    """In no exercise does any test lend what it is about, whichever earlier tests have failed."""
    for path in sorted((course.ROOT / "solutions").glob("*.md")):
        notebook = course.solution(path.stem)
        follow = follow_through.FollowThrough(notebook.cells, answers(path.stem))
        assert {name for names in follow.own.values() for name in names} <= set(follow.reference)
        tests = [cell for cell in notebook.cells if is_test(cell)]
        for test in tests:
            about = set(follow.own[test.id])
            own_names = {name for one in about for name in defined(follow.reference[one])}
            lent = follow.lent(test, own_names | {"call"})
            assert not about & set(lent)
            follow.failed.append(test.id)


def test_a_test_that_asks_for_an_earlier_name_only_is_about_that():
    """Two tests of one solution with another task between them: the model answer to it is not lent to the second."""
    def cell(name, source, test):
        return new_code_cell(source, metadata={"nbgrader": {"grade": test, "solution": not test, "grade_id": name}})
    cells = [cell("a", "def a(): pass", False), cell("t1", "", True), cell("b", "def b(): return a()", False),
             cell("t2", "", True), cell("t3", "", True)]
    follow = follow_through.FollowThrough(cells, {"a": "def a(): return 1", "b": "def b(): return a()"})
    follow.failed = ["t1", "t2"]
    assert follow.lent(cells[4], {"a"}) == {}
    assert follow.lent(cells[4], {"b"}) == {"a": {"a"}}
    assert solved_by(cells) == {"t1": ("a",), "t2": ("b",), "t3": ("b",)}


def test_a_part_of_the_points_is_a_number_and_nothing_else_comes_through():
    error = new_output("error", ename="CheckFailed", evalue="wrong", traceback=[])
    for text, kept in (("1.5", 2), ("'def rnn_step'", 1)):
        after = [new_output("stream", text="def rnn_step"), new_output("execute_result", data={"text/plain": text})]
        said = credited([error], after, {"rnn_step"})
        assert len(said) == kept
        assert "def rnn_step" not in str(said)


@pytest.mark.parametrize(("source", "names", "uses"), [
    ("import numpy as np\nx = y = 1\nclass A: pass\nasync def f(): return g(x)", {"x", "y", "A", "f"}, {"g", "x"}),
    ("def f(:\n    g(\nh = 1", {"f", "h"}, {"f", "g"}),
    ("globals()['step'](1)\nfor i in range(3): t = i", {"i", "t"}, {"globals", "step", "range", "i", "t"}),
    ("def f():\n    '''As step does it.'''", {"f"}, set()),
])
def test_names_of_a_cell(source, names, uses):
    assert names <= defined(source)
    assert uses <= used(source)
    assert "step" not in used("def f():\n    '''As step does it.'''")


def test_without_the_source_nothing_can_be_lent(tmp_path):
    with pytest.raises(ValueError, match=r"follow_through is set, and .* is missing"):
        reference(tmp_path / "unrolling.ipynb")


# ---------------------------------------------------------------- with kernels

TELLS = '''
def unroll(xs, h0, U, V, b):
    code = repr(In)
    print(code)
    display(code)
    open("found.txt", "w").write(code)
    states, h = [], h0
    for t in range(xs.shape[1]):
        h = rnn_step(xs[:, t], h, U, V, b)
        states.append(h)
    return np.stack(states, axis=1)
print(repr(In))
'''
RAISES = '''
def two_unit_weights():
    rnn_step
    raise ValueError(repr(In)[-250:])
'''
SECRET = "h @ V.T + b"


@pytest.mark.whole
@pytest.mark.slow
def test_a_hand_in_that_reads_a_model_answer_cannot_tell_it(tmp_path):
    """It reads what has run beside it, and puts it into output, display, a file, and the words of an error."""
    root = course.copy_course(tmp_path / "course", NAME)
    (root / "private").mkdir()
    (root / "private" / "nbgrader_config.py").write_text(
        "c = get_config()\nc.Execute.follow_through = True\n")
    spy = hand_in({"rnn-step": WRONG_STEP, "unroll": TELLS, "two-unit-weights": RAISES})
    assert SECRET in answers(NAME)["rnn-step"]
    course.submit(root, "spy", NAME, spy)
    course.nbgrader_at_once(root, ["generate_assignment", NAME, "--force"], ["autograde", NAME])
    folder = root / "autograded" / "spy" / NAME
    assert [path.name for path in folder.iterdir()] == [f"{NAME}.ipynb"]
    text = Path(folder, f"{NAME}.ipynb").read_text(encoding="utf8")
    assert "ValueError" in text
    assert SECRET not in text
    outcomes = course.results(root, NAME)["spy"].outcomes
    assert {name: one.points for name, one in outcomes.items()} == {
        "parity-check": 2, "rnn-step-check": 0, "unroll-check": 3, "two-unit-weights-check": 0}
    assert "With a right `rnn_step`" in outcomes["unroll-check"].message
