"""What a student's own runs showed, kept for whoever reads the answers in words.

Chapter: *For instructors*. Autograding clears a notebook's outputs and runs it
again, and cells that train for minutes do nothing then. Their tables and
figures, which the answers in words quote, would be gone. :class:`Remember`
stands before nbgrader's preprocessors that clear outputs, :class:`Show` after
those that give points, in nbgrader_config.py; so no point hangs on what is shown.
"""

from __future__ import annotations

import json

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade

KEY = "parity_handed_in"
MOST = 400_000     # characters of one cell: three large figures
NOTE = "Shown when it was handed in; the cell does nothing while it is graded:\n"


class Remember(NbGraderPreprocessor):
    """Keep the outputs of a hand-in's code cells in their metadata, while it is cleared and run."""

    def preprocess_cell(self, cell: NotebookNode, resources: dict, cell_index: int) -> tuple[NotebookNode, dict]:
        """Whatever stands under the key is replaced: a hand-in may bring its own."""
        cell.metadata.pop(KEY, None)
        if cell.cell_type == "code" and not is_grade(cell):
            shown = [one for one in cell.outputs if one.output_type != "error"]
            if shown:
                cell.metadata[KEY] = shown
        return cell, resources


class Show(NbGraderPreprocessor):
    """Give a cell that showed nothing while it was graded what it showed before, under a line that says so."""

    def preprocess_cell(self, cell: NotebookNode, resources: dict, cell_index: int) -> tuple[NotebookNode, dict]:
        """A test cell keeps the outputs of grading, and so does every cell that has any."""
        shown = cell.metadata.pop(KEY, None)
        if shown and not cell.outputs and not is_grade(cell):
            size = len(json.dumps(shown))
            too_large = new_output("stream", text=f"(left out: {size:,} characters; open the file in submitted/)\n")
            cell.outputs = [new_output("stream", text=NOTE), *(shown if size <= MOST else [too_large])]
        return cell, resources
