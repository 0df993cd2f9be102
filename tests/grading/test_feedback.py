"""Feedback keeps the messages and shows no hidden test, no matter how a cell ends."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from parity_grading import feedback

TEST = """from parity_checks import unrolling as check
check.parity()
### BEGIN HIDDEN TESTS
check.parity(seed=check.fresh())
### END HIDDEN TESTS"""
SHOWN = """from parity_checks import unrolling as check
check.parity()"""
QUOTE = "----> 4 check.parity(seed=check.fresh())"
FLAGS = {"grade": True, "solution": False, "locked": True, "grade_id": "parity-check"}


def error(name, value, *traceback):
    return new_output("error", ename=name, evalue=value, traceback=list(traceback))


def cleaned(cell):
    notebook, _ = feedback.MessagesOnly()(new_notebook(cells=[cell]), {})
    return notebook.cells[0]


def graded(source=TEST, outputs=(), **flags):
    return new_code_cell(source, metadata={"nbgrader": FLAGS | flags}, outputs=list(outputs))


@pytest.mark.parametrize(("source", "shown"), [
    (TEST, SHOWN),
    (TEST + "\nprint('after')", SHOWN + "\nprint('after')"),
    ("if 1:\n    ### BEGIN HIDDEN TESTS\n    secret()\n    ### END HIDDEN TESTS\n", "if 1:\n"),
    ("check.parity()", "check.parity()"),
])
def test_the_source_of_hidden_tests_is_removed(source, shown):
    assert cleaned(graded(source)).source == shown


def test_hidden_tests_without_an_end_are_an_error():
    with pytest.raises(RuntimeError, match="No end hidden tests"):
        cleaned(graded(TEST.removesuffix("\n### END HIDDEN TESTS")))


@pytest.mark.parametrize(("output", "shown"), [
    (error("CheckFailed", "parity of [[1]]\n  expected: 1", "✗ parity of [[1]]\n  expected: 1"),
     "✗ parity of [[1]]\n  expected: 1"),
    (error("NameError", "no name", "\x1b[31mNameError\x1b[39m  Traceback", QUOTE), "✗ NameError: no name"),
    (error("KeyboardInterrupt", "", QUOTE), "✗ KeyboardInterrupt"),
    (error("DeadKernel", "", "\x1b[31m✗ gone\x1b[0m"), "✗ gone"),
])
def test_a_traceback_is_reduced_to_its_message(output, shown):
    printed = new_output("stream", name="stdout", text="✓ parity")
    cell = cleaned(graded(outputs=[printed, output]))
    assert cell.outputs[0] == printed
    assert cell.outputs[1].traceback == [shown]


def test_a_students_own_cells_are_unchanged():
    trace = error("ValueError", "mine", "line 1", "line 2")
    for cell in (graded(outputs=[trace], solution=True), graded(outputs=[trace], grade=False),
                 new_code_cell(TEST, outputs=[trace]), new_markdown_cell(TEST, metadata={"nbgrader": FLAGS})):
        assert cleaned(cell.copy()) == cell
