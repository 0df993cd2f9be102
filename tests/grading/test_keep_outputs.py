"""The outputs of a student's own runs are restored in cells without output, and nowhere else."""

from nbformat.v4 import new_code_cell, new_notebook, new_output

from parity_grading.keep_outputs import KEY, MOST, MOST_IN_ALL, NOTE, RestoreOutputs, SaveOutputs

TEST = {"nbgrader": {"grade": True, "solution": False, "locked": True, "grade_id": "parity-check"}}
TABLE = new_output("stream", text="a table")
ERROR = new_output("error", ename="KeyboardInterrupt", evalue="", traceback=[])


def after_grading(cell, printed=()):
    """Return the outputs of a cell in the graded notebook, if the cell printed ``printed`` while it was graded."""
    notebook, _ = SaveOutputs()(new_notebook(cells=[cell]), {})
    notebook.cells[0].outputs = list(printed)
    notebook, _ = RestoreOutputs()(notebook, {})
    assert KEY not in notebook.cells[0].metadata
    return [output.get("text", output.output_type) for output in notebook.cells[0].outputs]


def test_a_cell_without_outputs_shows_its_own_outputs_again():
    assert after_grading(new_code_cell("sweep()", outputs=[TABLE, ERROR])) == [NOTE, "a table"]


def test_outputs_from_grading_stay():
    assert after_grading(new_code_cell("sweep()", outputs=[TABLE]), [new_output("stream", text="new")]) == ["new"]


def test_a_test_cell_shows_the_outputs_from_grading_only():
    assert after_grading(new_code_cell("check()", metadata=TEST, outputs=[TABLE])) == []


def test_a_submission_cannot_plant_outputs_in_its_metadata():
    assert after_grading(new_code_cell("sweep()", metadata={KEY: [TABLE]})) == []
    assert after_grading(new_code_cell("check()", metadata=TEST | {KEY: [TABLE]})) == []


def test_outputs_that_are_too_large_are_left_out_with_a_note():
    note, text = after_grading(new_code_cell("sweep()", outputs=[new_output("stream", text="x" * MOST)]))
    assert note == NOTE
    assert text.startswith("(400,")


def test_all_cells_together_show_no_more_than_a_limit():
    large = new_output("stream", text="x" * (MOST - 1000))
    notebook, _ = SaveOutputs()(new_notebook(cells=[new_code_cell("sweep()", outputs=[large]) for _ in range(20)]), {})
    for cell in notebook.cells:
        cell.outputs = []
    notebook, _ = RestoreOutputs()(notebook, {})
    sizes = [len(cell.outputs[1].text) for cell in notebook.cells]
    assert sum(sizes) < MOST_IN_ALL
    assert (sizes[0], sizes[-1] < 100) == (MOST - 1000, True)
