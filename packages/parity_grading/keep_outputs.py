"""Preprocessors that preserve the outputs of a student's own runs.

The outputs are kept for the person who reads the written answers. Autograding clears all outputs and runs the notebook
again, but it skips cells that train for minutes, whose tables and figures the written answers quote. In
nbgrader_config.py :class:`SaveOutputs` stands before the preprocessors that clear outputs, and :class:`RestoreOutputs`
after those that give points, so that no points depend on these outputs.
"""

from __future__ import annotations

import json

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade

KEY = "parity_own_outputs"
MOST = 400_000              # characters per cell: three large figures
MOST_IN_ALL = 10 * MOST     # of all cells together
NOTE = "Shown when it was submitted; the cell does nothing while it is graded:\n"


class SaveOutputs(NbGraderPreprocessor):
    """A preprocessor that saves the outputs of code cells in their metadata before they are cleared."""

    def preprocess_cell(self, cell: NotebookNode, resources: dict, cell_index: int) -> tuple[NotebookNode, dict]:
        """Save the outputs of a code cell in its metadata.

        Anything that the submission itself has stored in that place is replaced.
        """
        cell.metadata.pop(KEY, None)
        if cell.cell_type == "code" and not is_grade(cell):
            shown = [output for output in cell.outputs if output.output_type != "error"]
            if shown:
                cell.metadata[KEY] = shown
        return cell, resources


class RestoreOutputs(NbGraderPreprocessor):
    """A preprocessor that restores the saved outputs of cells without any output, below a note."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Restore the saved outputs of all cells, up to a limit."""
        self.left = MOST_IN_ALL
        return super().preprocess(nb, resources)

    def preprocess_cell(self, cell: NotebookNode, resources: dict, cell_index: int) -> tuple[NotebookNode, dict]:
        """Restore the saved outputs of a cell.

        Nothing is restored if the cell has new outputs or contains a test.
        """
        shown = cell.metadata.pop(KEY, None)
        if shown and not cell.outputs and not is_grade(cell):
            size = len(json.dumps(shown))
            too_large = new_output("stream", text=f"({size:,} characters were left out; open the file in submitted/)\n")
            fits = size <= min(MOST, self.left)
            self.left -= size if fits else 0
            cell.outputs = [new_output("stream", text=NOTE), *(shown if fits else [too_large])]
        return cell, resources
