"""`parity check`: what it finds in a notebook, and that a student's installation is enough for it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner

from parity_lib.cli import main
from parity_lib.teaching import precheck
from parity_lib.teaching.precheck import Ran, check
from tests.exercises import course
from tests.submissions import bank

NAME = "unrolling"
TESTS = ("parity-check", "rnn-step-check", "unroll-check", "two-unit-weights-check")


def nothing_fails(path, code, seconds):
    """In the place of a kernel."""
    return {number: Ran(cell["name"]) for number, cell in enumerate(code)}


@pytest.fixture
def notebook():
    """A complete hand-in."""
    done = course.solution(NAME)
    for cell in done.cells:
        if cell.cell_type == "code":
            cell.source = cell.source.replace("s1234567", "s204501")
        if cell.id == "what-convinces":
            cell.source = "My seed is 5, and I counted 31."
    return done


def cell_of(notebook, name):
    return next(cell for cell in notebook.cells if cell.id == name)


def looked_at(notebook, folder: Path, name: str = f"{NAME}.ipynb", run=nothing_fails):
    nbformat.write(notebook, folder / name)
    return check(folder / name, run=run)


def test_a_complete_notebook_is_complete_and_stays_as_it_is(notebook, tmp_path):
    nbformat.write(notebook, tmp_path / f"{NAME}.ipynb")
    before = (tmp_path / f"{NAME}.ipynb").read_bytes()
    found = check(tmp_path / f"{NAME}.ipynb", run=nothing_fails)
    assert (found.next, found.complete) == ([], True)
    said = list(precheck.lines(found))
    assert "  2 of 2   parity                       passed" in said
    assert "    read   what-convinces               8 words" in said
    assert ("  11 of 11 points in the public checks, and 4 more for answers in words, which your instructor reads. "
            "Grading tries new cases of the same kind.") in said
    assert (tmp_path / f"{NAME}.ipynb").read_bytes() == before


@pytest.mark.parametrize(("change", "words"), [
    (lambda nb: nb.cells.remove(cell_of(nb, "unroll")), "The cell `unroll` is missing"),
    (lambda nb: nb.cells.remove(cell_of(nb, "unroll-check")), "The locked cell `unroll-check` is missing"),
    (lambda nb: nb.cells.append(nbformat.from_dict(cell_of(nb, "parity") | {"id": "x"})), "`parity` is there 2 times"),
    (lambda nb: cell_of(nb, "what-convinces").update(source="YOUR ANSWER HERE"), "answer `what-convinces` is empty"),
    (lambda nb: cell_of(nb, "what-convinces").update(source="\n "), "answer `what-convinces` is empty"),
    (lambda nb: cell_of(nb, "my-strings").update(source='my_id = "s1234567"  # x'), "Put your own id"),
])
def test_what_is_missing_is_named_once(notebook, tmp_path, change, words):
    change(notebook)
    found = looked_at(notebook, tmp_path)
    assert not found.complete
    assert [words in one for one in found.next] == [True], found.next


def test_the_name_of_the_file_counts(notebook, tmp_path):
    assert looked_at(notebook, tmp_path, "unrolling (1).ipynb").next == [
        "Rename the file to unrolling.ipynb: under another name it may not be found."]


def test_another_notebook_is_no_exercise_and_is_not_run(tmp_path):
    other = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1/0", id="parity")])
    found = looked_at(other, tmp_path, run=None)
    assert "none of its cells is known. There are: unrolling, varying_lengths" in found.next[0]
    assert next(precheck.lines(found)).endswith("no exercise")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[]", b'{"cells": [{"cell_type": "code"}]}', b'{"cells": 3}'])
def test_what_is_no_notebook_is_said_and_the_next_file_is_looked_at(notebook, tmp_path, content):
    (tmp_path / "half.ipynb").write_bytes(content)
    done = CliRunner().invoke(main, ["check", str(tmp_path / "half.ipynb"), str(tmp_path / "gone.ipynb")])
    first, second = done.output.splitlines()
    assert first.startswith("half.ipynb: half.ipynb is no notebook, or was saved in half")
    assert second.startswith("gone.ipynb: file must be a notebook that is there")
    assert done.exit_code == 1


def test_each_test_is_run_as_it_was_released_also_where_it_is_gone(notebook):
    cells = [cell | {"source": cell.source} for cell in notebook.cells if cell.id != "unroll-check"]
    next(cell for cell in cells if cell["id"] == "parity-check")["source"] = "print('passed')"
    code = precheck.with_tests(cells, json.loads(precheck.CELLS.read_text())[NAME], NAME)
    assert {cell["source"].splitlines()[-1] for cell in code if cell["name"] in TESTS} == {
        "check.parity()", "check.rnn_step()", "check.unroll()", "check.two_unit_weights()"}
    assert code[-1]["name"] == "unroll-check"


def test_a_failed_check_says_why_and_where_to_read(notebook, tmp_path):
    wrong = next(one for one in bank.bank(NAME) if one.path.stem == "wrong_V_transposed")
    message = bank.grade(bank.notebook(wrong))["rnn-step-check"].message
    found = looked_at(notebook, tmp_path, run=lambda path, code, seconds: {
        number: Ran(cell["name"], message if cell["name"] == "rnn-step-check" else "")
        for number, cell in enumerate(code)})
    assert found.next == ["`rnn_step`: rnn_step with a batch of 5 and 3 hidden units. likely: V is transposed: the new "
                          "state is h @ V.T, because row i of V belongs to unit i. read: the chapter \"unrolling\", "
                          "section \"the cell in numpy\" (book/unrolling.html#the-cell-in-numpy)."]
    assert "  0 of 2   rnn_step                     not passed" in list(precheck.lines(found))


def test_a_terminal_is_given_no_orders(notebook, tmp_path):
    found = looked_at(notebook, tmp_path, run=lambda *given: {0: Ran(None, "\x1b]0;mine\x07 gone")})
    assert not any("\x1b" in line or "\x07" in line for line in precheck.lines(found))


def test_a_cell_that_does_not_end_or_ends_the_kernel_costs_that_cell(tmp_path):
    code = [{"name": None, "source": source} for source in (
        "x = 1", "while True: pass", "x + 1", "raise ValueError('mine')", "import os; os._exit(3)", "x")]
    ran = precheck.in_a_kernel(tmp_path / "some.ipynb", code, 1)
    assert [one.error for one in ran.values()] == [
        "", "it ran longer than 1 seconds", "", "ValueError: mine",
        "the kernel stopped in this cell; nothing after it was run"]
    assert [one.stopped for one in ran.values()] == [False] * 4 + [True]
    assert list(precheck._stopped(ran))[-1].startswith("Code cell 5: the kernel stopped")


@pytest.mark.whole
def test_a_students_installation_is_enough_and_no_clone_is_needed(notebook, tmp_path):
    """Everything runs: in a folder of its own, from a library that lies elsewhere, without nbgrader."""
    shutil.copytree(course.ROOT / "parity_lib", tmp_path / "lib" / "parity_lib",
                    ignore=shutil.ignore_patterns("__pycache__", "results"))
    (tmp_path / "home").mkdir()
    nbformat.write(notebook, tmp_path / "home" / f"{NAME}.ipynb")
    blocked = ("import sys\nfor name in ('nbgrader', 'jupytext', 'yaml', 'nh3', 'psutil', 'sqlalchemy'):\n"
               "    sys.modules[name] = None\nfrom parity_lib.cli import main\nmain()")
    done = subprocess.run([sys.executable, "-c", blocked, "check", f"{NAME}.ipynb"], cwd=tmp_path / "home",
                          env=course.environment(tmp_path / "lib"), text=True, capture_output=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "11 of 11 points in the public checks" in done.stdout
    assert done.stdout.splitlines()[-1].strip() == "Complete."
    assert sorted(path.name for path in (tmp_path / "home").iterdir()) == [f"{NAME}.ipynb"]
