"""A mark tells unfinished submissions from others, and outputs of the student's own runs are restored."""

import json

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from parity_grading import unfinished
from parity_grading.unfinished import MOST, NOTE, OWN_OUTPUTS, BeginGrading, FinishGrading


def graded(root, text):
    folder = root / "ada" / "unrolling"
    folder.mkdir(parents=True)
    if text is not None:
        (folder / "unrolling.ipynb").write_text(text, encoding="utf8")
    return folder


@pytest.mark.parametrize(("text", "finished"), [
    (json.dumps({"metadata": {}, "cells": []}), True), (json.dumps({"metadata": {unfinished.MARK: True}}), False),
    ("", False), ('{"metadata": {', False), (None, False)])
def test_a_marked_or_incomplete_notebook_is_not_finished(tmp_path, text, finished):
    assert unfinished.is_finished(graded(tmp_path, text)) == finished


def test_the_mark_is_in_the_notebook_between_begin_and_finish():
    notebook = new_notebook(metadata={unfinished.MARK: "planted"})
    notebook, _ = BeginGrading().preprocess(notebook, {})
    assert notebook.metadata[unfinished.MARK] is True
    notebook, _ = FinishGrading().preprocess(notebook, {})
    assert unfinished.MARK not in notebook.metadata


# ---------------------------------------------------------------- outputs of the student's own runs


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
        NOTE, "(4,000,057 characters were left out; open the file in submitted/)\n"]),
], ids=["nothing new", "new outputs", "a test", "planted", "planted in a test", "too large"])
def test_a_cell_without_outputs_shows_its_own_outputs_again(cell, printed, shown):
    notebook, _ = BeginGrading()(new_notebook(cells=[cell]), {})
    notebook.cells[0].outputs = printed
    notebook, _ = FinishGrading()(notebook, {})
    assert OWN_OUTPUTS not in notebook.cells[0].metadata
    assert [output.text for output in notebook.cells[0].outputs] == shown


def test_all_cells_together_show_no_more_than_a_limit():
    large = new_output("stream", text="x" * (MOST // 10))
    notebook, _ = BeginGrading()(new_notebook(cells=[new_code_cell("sweep()", outputs=[large]) for _ in range(20)]), {})
    for cell in notebook.cells:
        cell.outputs = []
    notebook, _ = FinishGrading()(notebook, {})
    sizes = [len(cell.outputs[1].text) for cell in notebook.cells]
    assert sum(sizes) < MOST
    assert (sizes[0], sizes[-1] < 100) == (MOST // 10, True)
