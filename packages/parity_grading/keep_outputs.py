"""The outputs of a student's own runs, kept for the person who reads the answers in words.

Autograding clears the outputs of a notebook and runs it again, and cells that train for minutes do nothing then. The
answers in words quote their tables and figures. In nbgrader_config.py :class:`Remember` stands before the preprocessors
that clear outputs and :class:`Show` after those that give points, so no points depend on what is shown.

Chapter: *For instructors*.
"""

from __future__ import annotations

import json

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade

KEY = "parity_own_outputs"
MOST = 400_000     # characters per cell: three large figures
NOTE = "Shown when it was submitted; the cell does nothing while it is graded:\n"


class Remember(NbGraderPreprocessor):
    """Keeps the outputs of a submission's code cells in their metadata while the notebook is cleared and run."""

    def preprocess_cell(self, cell: NotebookNode, resources: dict, cell_index: int) -> tuple[NotebookNode, dict]:
        """Replace what the submission itself may contain under the key."""
        cell.metadata.pop(KEY, None)
        if cell.cell_type == "code" and not is_grade(cell):
            shown = [output for output in cell.outputs if output.output_type != "error"]
            if shown:
                cell.metadata[KEY] = shown
        return cell, resources


class Show(NbGraderPreprocessor):
    """Restores the outputs of each cell that showed nothing while it was graded, below a line that says so."""

    def preprocess_cell(self, cell: NotebookNode, resources: dict, cell_index: int) -> tuple[NotebookNode, dict]:
        """Restore the outputs of one cell, unless it has any or contains a test."""
        shown = cell.metadata.pop(KEY, None)
        if shown and not cell.outputs and not is_grade(cell):
            size = len(json.dumps(shown))
            too_large = new_output("stream", text=f"({size:,} characters were left out; open the file in submitted/)\n")
            cell.outputs = [new_output("stream", text=NOTE), *(shown if size <= MOST else [too_large])]
        return cell, resources
