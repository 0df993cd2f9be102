"""Tools for removing hidden tests from feedback pages.

nbgrader shows a test cell as it ran, with its hidden tests, and the traceback of a failure, which quotes them.
nbgrader_config.py adds :class:`MessagesOnly` to the preprocessors of ``generate_feedback``, because nbgrader's own
``ClearHiddenTests`` leaves tracebacks unchanged and fails if a student's cell mentions hidden tests.
"""

from __future__ import annotations

from nbconvert.filters import strip_ansi
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests
from nbgrader.utils import is_grade, is_solution


class MessagesOnly(ClearHiddenTests):
    """A preprocessor that removes hidden tests from feedback pages.

    It reduces the tracebacks of test cells to the message. It raises RuntimeError if a region of hidden tests has no
    end, so that no page shows a hidden test.
    """

    def preprocess_cell(self, cell: NotebookNode, resources: dict, cell_index: int) -> tuple[NotebookNode, dict]:
        """Remove hidden tests from a test cell and replace each traceback with its message."""
        if cell.cell_type == "code" and is_grade(cell) and not is_solution(cell):
            cell, resources = super().preprocess_cell(cell, resources, cell_index)
            for output in cell.outputs:
                if output.output_type == "error":
                    output.traceback = [_message(output)]
        return cell, resources


def _message(error: NotebookNode) -> str:
    """Return the message of a failed check, or the type and the message of any other error."""
    lines = [strip_ansi(line) for line in error.traceback]
    if len(lines) == 1 and lines[0].startswith("✗ "):
        return lines[0]
    return f"✗ {error.ename}: {error.evalue}".rstrip(": ")
