"""`parity check` finds problems in a notebook, never ends in a traceback, and needs only a student's packages."""

import shutil
import subprocess
import sys
from pathlib import Path
from unittest import mock

import nbformat
import pytest
from click.testing import CliRunner

from parity_book.cli import main
from parity_grading.untrusted import NotebookCell
from parity_teaching import precheck
from tests.exercises import course
from tests.submissions import bank

NAME = "unrolling"

def nothing_fails(path, code, seconds):
    """Stand in for a kernel in which no cell fails."""
    return dict.fromkeys(range(len(code)), "")


@pytest.fixture
def notebook():
    """A complete submission."""
    done = course.solution(NAME)
    for cell in done.cells:
        if cell.cell_type == "code":
            cell.source = cell.source.replace("s1234567", "s204501")
        if cell.id == "what-convinces":
            cell.source = "My seed is 5, and I counted 31."
    return done


def cell_of(notebook, name):
    return next(cell for cell in notebook.cells if cell.id == name)


def checked(notebook, folder: Path, name: str = f"{NAME}.ipynb", run=nothing_fails):
    nbformat.write(notebook, folder / name)
    with mock.patch.object(precheck, "run_cells", run):
        return precheck.check_notebook(folder / name, 60)


def test_a_complete_notebook_is_complete(notebook, tmp_path):
    result = checked(notebook, tmp_path)
    assert result.advice == []
    printed = list(result.lines())
    assert "  2 of 2   parity                       passed" in printed
    assert "    read   what-convinces               8 words" in printed
    assert ("  11 of 11 points in the public checks, and your instructor can give 4 more for written answers. "
            "Grading tries new cases of the same kind.") in printed


@pytest.mark.parametrize(("change", "words"), [
    (lambda nb: nb.cells.remove(cell_of(nb, "unroll")), "The cell `unroll` is missing"),
    (lambda nb: nb.cells.append(nbformat.from_dict(cell_of(nb, "parity") | {"id": "x"})), "`parity` occurs 2 times"),
    (lambda nb: cell_of(nb, "what-convinces").update(source="YOUR ANSWER HERE"), "answer `what-convinces` is empty"),
    (lambda nb: cell_of(nb, "what-convinces").update(source="\n "), "answer `what-convinces` is empty"),
    (lambda nb: cell_of(nb, "my-strings").update(source='my_id = "s1234567"  # x'), "with your own id"),
])
def test_each_problem_is_named_once(notebook, tmp_path, change, words):
    change(notebook)
    result = checked(notebook, tmp_path)
    assert [words in advice for advice in result.advice] == [True], result.advice


def test_a_renamed_file_is_named(notebook, tmp_path):
    assert checked(notebook, tmp_path, "unrolling (1).ipynb").advice == [
        "Rename the file to unrolling.ipynb, because it may not be found under another name."]


def test_a_notebook_of_no_exercise_is_not_run(tmp_path):
    other = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1/0", id="parity")])
    result = checked(other, tmp_path, run=None)
    assert "contains no cell of an exercise (unrolling, varying_lengths" in result.advice[0]
    assert next(result.lines()).endswith("no exercise")


def parity_check(*paths):
    done = CliRunner().invoke(main, ["check", *map(str, paths)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


@pytest.mark.parametrize("content", [
    b"", b"\xff\xfe", b'{"cells": ["x"]}', b'{"cells": [{"source": [1]}]}',
    b'{"cells": [{"metadata": [], "source": ""}]}', b"[" * 100_000, b"1" * 10_000])
def test_a_file_that_is_not_a_notebook_is_named_and_the_next_file_is_checked(tmp_path, content):
    (tmp_path / "half.ipynb").write_bytes(content)
    done = parity_check(tmp_path / "half.ipynb", tmp_path / "gone.ipynb")
    first, second = done.stdout.splitlines()
    assert first.startswith("half.ipynb: it cannot be read as a notebook")
    assert second.startswith("gone.ipynb: file must be an existing notebook")
    assert done.exit_code == 1
    assert done.stderr == "The notebook's code runs with your own rights, as in Jupyter.\n"


def test_a_failed_check_is_named_with_what_it_tested(notebook, tmp_path):
    wrong = next(submission for submission in bank.bank(NAME) if submission.path.stem == "wrong_V_transposed")
    message = bank.grade(bank.notebook(wrong))["rnn-step-check"].message
    result = checked(notebook, tmp_path, run=lambda path, code, seconds: {
        number: message if cell.name == "rnn-step-check" else "" for number, cell in enumerate(code)})
    (advice,) = result.advice
    assert advice == f"`rnn_step`: {message.splitlines()[0]}"
    assert "  0 of 2   rnn_step                     not passed" in list(result.lines())


def test_control_characters_are_not_printed(notebook, tmp_path):
    result = checked(notebook, tmp_path, run=lambda *arguments: {0: "\x1b]0;mine\x07 gone"})
    assert not any("\x1b" in line or "\x07" in line for line in result.lines())


STOPPED = "the kernel stopped or could not be interrupted in this cell; no later cell was run"


@pytest.mark.slow
@pytest.mark.parametrize(("last", "grace"), [
    ("import os; os._exit(3)", 10),
    ("import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass", 1)])
def test_a_cell_that_runs_too_long_or_stops_the_kernel_costs_that_cell(tmp_path, monkeypatch, last, grace):
    monkeypatch.setattr(precheck, "GRACE", grace)
    sources = ("x = 1", "", "import time; time.sleep(60)", "x + 1", "raise ValueError('mine')", last, "x")
    errors = precheck.run_cells(tmp_path / "some.ipynb", [NotebookCell("", "code", source) for source in sources], 2)
    assert errors == {0: "", 2: "it ran longer than 2 seconds", 3: "", 4: "ValueError: mine", 5: STOPPED}


def test_a_cell_that_stops_the_notebook_costs_the_tests_after_it(notebook, tmp_path):
    result = checked(notebook, tmp_path, run=lambda *arguments: {0: "", 1: STOPPED})
    assert [line[2:8] for line in result.table[1:5]] == ["0 of 2", "0 of 2", "0 of 3", "0 of 4"]
    assert f"Code cell 2 (`parity`) fails: {STOPPED}" in result.advice


@pytest.mark.whole
def test_a_students_installation_is_enough_and_no_clone_is_needed(notebook, tmp_path):
    """The command runs in a folder without a clone, with the library in another one, and without nbgrader."""
    shutil.copytree(course.ROOT / "parity_lib", tmp_path / "lib" / "parity_lib",
                    ignore=shutil.ignore_patterns("__pycache__", "results"))
    (tmp_path / "home").mkdir()
    path = tmp_path / "home" / f"{NAME}.ipynb"
    nbformat.write(notebook, path)
    before = path.read_bytes()
    blocked = ("import sys\nfor name in ('nbgrader', 'jupytext', 'yaml', 'nh3', 'psutil', 'sqlalchemy'):\n"
               "    sys.modules[name] = None\nfrom parity_book.cli import main\nmain()")
    done = subprocess.run([sys.executable, "-c", blocked, "check", f"{NAME}.ipynb"], cwd=tmp_path / "home",
                          env=course.environment(tmp_path / "lib"), text=True, capture_output=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "11 of 11 points in the public checks" in done.stdout
    assert done.stdout.splitlines()[-1].strip() == "Complete."
    assert (list((tmp_path / "home").iterdir()), path.read_bytes()) == ([path], before)


def test_a_progress_bar_fills_no_log(tmp_path, monkeypatch, capfd):
    monkeypatch.setenv("PARITY_PROGRESS", "1")
    code = [NotebookCell("one", "code", "1 + 1", {})]
    assert precheck.run_cells(tmp_path / "answers.ipynb", code, 60) == {0: ""}
    assert capfd.readouterr().err == ""
