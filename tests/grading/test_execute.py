"""Execution of submissions: outputs, tests that do not end, and kernels that die or do not start."""

from __future__ import annotations

import sys
import time

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from parity_checks import NotChecked
from parity_grading import execute, kernel
from parity_grading.execute import Execute

TEST = {"nbgrader": {"grade": True, "solution": False, "locked": True, "grade_id": "check"}}


@pytest.fixture
def run(tmp_path):
    """A function that runs cells and returns what their outputs say."""
    def run(*cells, preprocessor=None):
        preprocessor = preprocessor or Execute()
        preprocessor.preprocess(new_notebook(cells=list(cells)), {"metadata": {"path": str(tmp_path)}})
        return [output.get("evalue") or output.get("text") for cell in cells for output in cell.outputs]
    return run


def test_an_empty_output_counts():
    cell = new_code_cell("")
    outputs = execute.CellOutputs(cell, 10 * execute.LEAST_SIZE)
    for _ in range(100):
        outputs({"msg_type": "display_data", "header": {"msg_type": "display_data"}, "size": 2,
                 "content": {"data": {}, "metadata": {}}})
    outputs.add_note()
    assert [output.output_type for output in cell.outputs] == ["display_data"] * 10 + ["stream"]


@pytest.mark.parametrize(("depth", "kept"), [(90, 1), (200, 0), (900, 0)])
def test_output_of_deeply_nested_lists_is_left_out(depth, kept):
    """Python 3.12 and later read lists that are too deep to be copied."""
    cell, nested = new_code_cell(""), []
    for _ in range(depth):
        nested = [nested]
    execute.CellOutputs(cell, 10 * execute.LEAST_SIZE)({
        "msg_type": "display_data", "header": {"msg_type": "display_data"}, "size": 2,
        "content": {"data": {"application/json": nested}, "metadata": {}}})
    assert len(cell.outputs) == kept


def test_printed_text_may_be_a_list_of_lines():
    cell = new_code_cell("")
    outputs = execute.CellOutputs(cell, 10 * execute.LEAST_SIZE)
    for text in ("one", [" two", "\n"], "three"):
        outputs({"msg_type": "stream", "header": {"msg_type": "stream"}, "size": 2,
                 "content": {"name": "stdout", "text": text}})
    assert cell.outputs == [new_output("stream", text="one two\nthree")]


@pytest.mark.whole
@pytest.mark.slow
@pytest.mark.parametrize(("count", "source"), [(300, "print('x' * 999_000)"),
                                               (2000, "for _ in range(1000): display({}, raw=True)")],
                         ids=["large", "many"])
def test_a_notebook_of_large_or_many_outputs_ends_within_its_limits(run, count, source):
    cells, start = [new_code_cell(source) for _ in range(count)], time.monotonic()
    run(*cells, preprocessor=Execute(notebook_timeout=20))
    assert time.monotonic() - start < 60
    assert len(nbformat.writes(new_notebook(cells=cells))) < 7_000_000
    assert sum(len(cell.outputs) for cell in cells) < 5000 + count


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such clock")
def test_a_test_that_computes_without_end_is_stopped(run):
    test = new_code_cell("while True:\n    try:\n        sum(range(10**6))\n    except ValueError:\n        pass",
                         metadata=TEST)
    run(test, preprocessor=Execute(timeout=0.1))
    assert [output.ename for output in test.outputs] == ["TooSlow"]


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


def test_root_grades_nobody_without_a_sandbox(run, monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 0, raising=False)
    monkeypatch.setattr("parity_grading.sandbox.missing", lambda: "no namespaces")
    with pytest.raises(kernel.KernelNotStarted, match=r"without a sandbox \(no namespaces\).*--cap-add=SYS_ADMIN"):
        run(new_code_cell("x = 1"))


@pytest.mark.parametrize("error", [MemoryError, NotChecked])
def test_a_machine_without_memory_or_a_package_costs_no_points(run, error):
    with pytest.raises(error):
        run(new_code_cell(f"from parity_checks import NotChecked\nraise {error.__name__}", metadata=TEST))


@pytest.mark.whole
def test_a_kernel_that_was_killed_from_outside_costs_nothing(run):
    test = new_code_cell("from parity_checks import core\nprint(core.call('f'))", metadata=TEST)
    preprocessor = Execute()
    run_test = preprocessor._run_test

    def kill_and_run(cell):
        psutil.Process(preprocessor.kernel.process.pid).kill()
        run_test(cell)
    preprocessor._run_test = kill_and_run
    assert run(new_code_cell("def f():\n    return 5"), test, preprocessor=preprocessor) == ["5\n"]


@pytest.mark.whole
def test_a_cell_that_kills_the_kernel_costs_that_cell(run):
    assert run(new_code_cell("x = 1"), new_code_cell("import os; os._exit(1)"), new_code_cell("print(x)")) == [
        "The kernel stopped in this cell: its process ended. The cells before this one count; the cells after it ran "
        "in a new kernel, without this cell.", "1\n"]


@pytest.mark.whole
def test_a_kernel_that_dies_before_any_code_of_the_student_has_run_costs_no_points(run):
    released = {"nbgrader": {"grade": False, "solution": False, "locked": True, "grade_id": "imports"}}
    dies = "import os; os._exit(1)"
    with pytest.raises(kernel.KernelNotStarted, match="before any code of the student had run: its process ended"):
        run(new_code_cell(dies, metadata=released))
    assert "The kernel stopped in this cell" in run(new_code_cell("x = 1"), new_code_cell(dies, metadata=released))[0]
