"""Tools for recording which submission was graded and detecting whether its grading was finished.

nbgrader writes a notebook into ``autograded/`` twice: before its cells run and afterwards. :class:`FinishGrading`
writes the fingerprint of the submission into the second file, so a file without one comes from an interrupted grading.
Grading skips cells that train for minutes, whose tables and figures the written answers quote, so :class:`BeginGrading`
saves these outputs, and :class:`FinishGrading` restores them.
"""

import contextlib
import json
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade

from parity_grading.normalise_submission import fingerprint

FINGERPRINT, OWN_OUTPUTS = "parity_submitted", "parity_own_outputs"     # metadata of a notebook, and of a cell
MOST = 400_000              # characters of outputs per cell: three large figures
MOST_IN_ALL = 10 * MOST     # of all cells together
NOTE = "The output when it was submitted; the cell is not run again for grading:\n"


class BeginGrading(NbGraderPreprocessor):
    """A preprocessor that saves the outputs of the student's own runs."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        for cell in nb.cells:
            cell.metadata.pop(OWN_OUTPUTS, None)
            if cell.cell_type == "code" and not is_grade(cell):
                cell.metadata[OWN_OUTPUTS] = [output for output in cell.outputs if output.output_type != "error"]
        return nb, resources


class FinishGrading(NbGraderPreprocessor):
    """The last preprocessor, which records the submission and restores outputs to cells without any output."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        about, converter = resources["nbgrader"], self.parent.parent
        folder = converter.coursedir.format_path(
            converter.coursedir.submitted_directory, about["student"], about["assignment"])
        # `parity grade` works on a copy of the submission.
        nb.metadata[FINGERPRINT] = getattr(converter, "fingerprint", "") or fingerprint(Path(folder))
        self.restore_outputs(nb)
        return nb, resources

    def restore_outputs(self, nb: NotebookNode) -> None:
        """Show the outputs of the student's own runs in cells that have no other outputs."""
        left = MOST_IN_ALL
        for cell in nb.cells:
            shown = cell.metadata.pop(OWN_OUTPUTS, None)
            if shown and not cell.outputs and not is_grade(cell):
                size = len(json.dumps(shown))
                if size > min(MOST, left):
                    shown = [new_output("stream", text=f"({size:,} characters were left out; open the file in "
                                                       "submitted/)\n")]
                else:
                    left -= size
                cell.outputs = [new_output("stream", text=NOTE), *shown]


def graded_fingerprint(notebook: Path) -> str:
    """Return the fingerprint of the submission behind a graded notebook, or "" if grading was not finished."""
    with contextlib.suppress(OSError, ValueError, KeyError):
        return json.loads(notebook.read_text(encoding="utf-8"))["metadata"].get(FINGERPRINT, "")
    return ""
