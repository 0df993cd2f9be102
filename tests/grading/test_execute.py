"""Execution of submissions: outputs, tests that do not end, and kernels that die or do not start."""

import sys
from textwrap import indent
from unittest import mock

import psutil
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from parity_checks import NotChecked
from parity_grading import execute, kernel, sandbox
from parity_grading.execute import Execute
from tests.submissions.described import outcome as outcome_of

TEST = {"nbgrader": {"grade": True, "solution": False, "locked": True, "grade_id": "check"}}


@pytest.fixture
def run(tmp_path):
    """A function that runs cells and returns what their outputs say."""
    def run(*cells, preprocessor=None):
        preprocessor = preprocessor or Execute()
        preprocessor.preprocess(new_notebook(cells=list(cells)), {"metadata": {"path": str(tmp_path)}})
        return [output.get("evalue") or output.get("text") for cell in cells for output in cell.outputs]
    return run


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such clock")
def test_a_test_that_computes_without_end_is_stopped_and_costs_no_points(run):
    loop = "while True:\n    try:\n        sum(range(10**6))\n    except ValueError:\n        pass"
    in_a_check = f"from parity_checks import check\n@check('f')\ndef f(seed):\n{indent(loop, '    ')}\nf()"
    for source in (loop, in_a_check):
        with pytest.raises(execute.TooSlow, match="grade this submission again"):
            run(new_code_cell(source, metadata=TEST), preprocessor=Execute(timeout=0.1))


def test_an_error_in_a_check_costs_no_points(run):
    test = new_code_cell("from parity_checks import check\n@check('f')\ndef f(seed):\n    [][0]\nf()", metadata=TEST)
    with pytest.raises(NotChecked, match="IndexError"):
        run(test)


@pytest.mark.parametrize(("hint", "cause"), [("[no-tanh] tanh is missing.", "no-tanh"), ("[0 1] is odd.", "")])
def test_a_graded_notebook_keeps_the_id_of_a_failures_cause(hint, cause):
    failed = execute.run_test_source(f"from parity_checks.assertions import Query\nQuery('f(3)').fail(1, 2, {hint!r})")
    outcome = outcome_of(new_code_cell(outputs=failed), 0, 1)
    words = hint.removeprefix("[no-tanh] ")
    assert (outcome.cause, outcome.message.splitlines()[-1]) == (cause, f"  likely:   {words}")


@pytest.mark.parametrize(("line", "error"), [
    ("import seaborn_", "ModuleNotFoundError: No module named 'seaborn_'"),
    ("if x = 1:", "SyntaxError: invalid syntax")])
def test_the_error_that_stopped_a_cell_before_its_function_is_named(run, line, error):
    test = new_code_cell("from parity_checks import core\ncore.call('parity')", metadata=TEST)
    run(new_code_cell(f"{line}\ndef parity():\n    return 1"), test)
    assert "there is no `parity` yet" in test.outputs[0].evalue
    assert f"A cell with this name stopped with {error}" in test.outputs[0].evalue


def test_an_error_with_a_text_that_no_file_can_hold_is_shown_with_a_question_mark(run):
    test = new_code_cell("from parity_checks import core\ncore.call('f')", metadata=TEST)
    cell = new_code_cell("def f():\n    raise ValueError('\\ud800 hello')")
    run(cell, test)
    assert "ValueError: ? hello" in test.outputs[0].evalue


def test_a_kernel_that_cannot_start_is_an_error_and_costs_no_points(run, monkeypatch):
    """The error is raised even if a test turns every error into a message about the student's function."""
    def fail(*arguments):
        raise kernel.KernelNotStarted("no namespaces")
    monkeypatch.setattr(execute, "Kernel", fail)
    with pytest.raises(kernel.KernelNotStarted, match="no namespaces"):
        run(new_code_cell("x = 1"))
    test = new_code_cell("from parity_checks import core\ntry:\n    core.call('f')\nexcept Exception:\n"
                         "    raise core.CheckFailed('f is wrong')", metadata=TEST)
    with pytest.raises(kernel.KernelNotStarted, match="no namespaces"):
        run(test)


def test_a_module_that_a_cell_writes_is_found_and_a_missing_one_is_explained(run):
    import_it, test = (new_code_cell("from own_helper import f"), new_code_cell(
        "from parity_checks import core\nassert core.call('f') == 5", metadata=TEST))
    run(new_code_cell("%%writefile own_helper.py\ndef f():\n    return 5"), import_it, test)
    assert import_it.outputs == test.outputs == []
    shown = run(import_it, test)
    assert shown[0] == "No module named 'own_helper'"
    assert "let a cell of the notebook write it, with %%writefile" in shown[1]


def test_a_submitted_module_that_ends_the_kernel_is_no_fault_of_this_machine(run, tmp_path):
    """PyTorch imports some packages only if they are installed."""
    (tmp_path / "own_helper.py").write_text("import os\nos._exit(1)")
    locked = new_code_cell("import own_helper", metadata={"nbgrader": TEST["nbgrader"] | {"grade": False}})
    assert "The kernel stopped in this cell" in run(locked)[0]


@pytest.mark.parametrize("error", [MemoryError, NotChecked])
def test_a_machine_without_memory_or_a_package_costs_no_points(run, error):
    with pytest.raises(error):
        run(new_code_cell(f"from parity_checks import NotChecked\nraise {error.__name__}", metadata=TEST))


@pytest.mark.parametrize(("used", "left"), [(0, True), (3071, True), (3072, False), ("", True)])
def test_a_machine_without_terminals_costs_no_points(run, monkeypatch, tmp_path, used, left):
    """A sandbox cannot open the terminals that Linux reserves for programs outside of it."""
    for name, value in (("nr", used), ("max", 4096), ("reserve", 1024)):
        (tmp_path / name).write_text(f"{value}\n")
    monkeypatch.setattr(sandbox, "TERMINALS", str(tmp_path))
    monkeypatch.setattr(execute, "remove_leftovers", mock.Mock(side_effect=InterruptedError))    # what comes next
    with pytest.raises(InterruptedError if left else kernel.KernelNotStarted, match=None if left else "pty devices"):
        run(new_code_cell("x = 1"))


@pytest.mark.whole
def test_no_error_of_a_student_counts_as_one_of_this_machine(run):
    words = ["out of pty devices", "no namespaces", "the kernel did not start"]
    cells = [new_code_cell(f"raise {error}('{text}')") for text in words for error in ("OSError", "MemoryError")]
    assert run(*cells) == [text for text in words for _ in range(2)]
    for error in ("MemoryError", "NotChecked"):
        lies = f"from parity_checks import NotChecked\ndef f():\n    raise {error}('out of pty devices')"
        test = new_code_cell("from parity_checks import core\ncore.call('f')", metadata=TEST)
        run(new_code_cell(lies), test)
        assert [output.ename for output in test.outputs] == ["CheckFailed: error"]


@pytest.mark.whole
def test_a_kernel_that_was_killed_from_outside_costs_nothing(run):
    test = new_code_cell("from parity_checks import core\nprint(core.call('f'))", metadata=TEST)
    preprocessor = Execute()
    run_test = preprocessor._run_test_cell

    def kill_and_run(cell):
        psutil.Process(preprocessor.kernel.process.pid).kill()
        run_test(cell)
    preprocessor._run_test_cell = kill_and_run
    assert run(new_code_cell("def f():\n    return 5"), test, preprocessor=preprocessor) == ["5\n"]


@pytest.mark.whole
def test_a_kernel_that_dies_before_any_code_of_the_student_has_run_costs_no_points(run):
    released = {"nbgrader": {"grade": False, "solution": False, "locked": True, "grade_id": "imports"}}
    dies = "import os; os._exit(1)"
    with pytest.raises(kernel.KernelNotStarted, match="before any code of the student had run: its process ended"):
        run(new_code_cell(dies, metadata=released))
    assert "The kernel stopped in this cell" in run(new_code_cell("x = 1"), new_code_cell(dies, metadata=released))[0]
