"""Outputs of the student's own runs are restored, within limits."""

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from parity_grading.unfinished import MOST, MOST_IN_ALL, NOTE, OWN_OUTPUTS, BeginGrading, FinishGrading

TEST = {"nbgrader": {"grade": True, "solution": False, "locked": True, "grade_id": "parity-check"}}
TABLE = new_output("stream", text="a table")
NEW = new_output("stream", text="new")
ERROR = new_output("error", ename="KeyboardInterrupt", evalue="", traceback=[])


@pytest.mark.parametrize(("cell", "printed", "shown"), [
    (new_code_cell("sweep()", outputs=[TABLE, ERROR]), [], [NOTE, "a table"]),
    (new_code_cell("sweep()", outputs=[TABLE]), [NEW], ["new"]),
    (new_code_cell("check()", metadata=TEST, outputs=[TABLE]), [], []),
    (new_code_cell("sweep()", metadata={OWN_OUTPUTS: [TABLE]}), [], []),
    (new_code_cell("check()", metadata=TEST | {OWN_OUTPUTS: [TABLE]}), [], []),
    (new_code_cell("sweep()", outputs=[new_output("stream", text="x" * MOST)]), [], [
        NOTE, "(400,057 characters were left out; open the file in submitted/)\n"]),
], ids=["nothing new", "new outputs", "a test", "planted", "planted in a test", "too large"])
def test_a_cell_without_outputs_shows_its_own_outputs_again(cell, printed, shown):
    notebook, _ = BeginGrading()(new_notebook(cells=[cell]), {})
    notebook.cells[0].outputs = printed
    FinishGrading().restore_outputs(notebook)
    assert OWN_OUTPUTS not in notebook.cells[0].metadata
    assert [output.text for output in notebook.cells[0].outputs] == shown


def test_all_cells_together_show_no_more_than_a_limit():
    large = new_output("stream", text="x" * (MOST - 1000))
    notebook, _ = BeginGrading()(new_notebook(cells=[new_code_cell("sweep()", outputs=[large]) for _ in range(20)]), {})
    for cell in notebook.cells:
        cell.outputs = []
    FinishGrading().restore_outputs(notebook)
    sizes = [len(cell.outputs[1].text) for cell in notebook.cells]
    assert sum(sizes) < MOST_IN_ALL
    assert (sizes[0], sizes[-1] < 100) == (MOST - 1000, True)
