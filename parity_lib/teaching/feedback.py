"""What students see of their graded work: messages, and no source of hidden tests.

Chapter: *For instructors*. nbgrader prints a test cell as it ran, hidden tests
included, and below it the traceback of a failure, which quotes them again.
:class:`MessagesOnly` stands among the preprocessors of ``generate_feedback`` in
nbgrader_config.py. The source it leaves to nbgrader's own ``ClearHiddenTests``,
which knows nothing of tracebacks and gives up at a student's cell that mentions
hidden tests.
"""

from __future__ import annotations

import re

from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests
from nbgrader.utils import is_grade, is_solution

COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class MessagesOnly(ClearHiddenTests):
    """Take hidden tests out of a student's test cells, and cut tracebacks down to their message.

    Raises RuntimeError where a region of hidden tests does not end: no feedback is better than one with tests in it.
    """

    def preprocess_cell(self, cell: NotebookNode, resources: dict, cell_index: int) -> tuple[NotebookNode, dict]:
        """Clean one cell; only a locked test cell has anything to hide."""
        if cell.cell_type == "code" and is_grade(cell) and not is_solution(cell):
            cell, resources = super().preprocess_cell(cell, resources, cell_index)
            cell.outputs = messages_only(cell.outputs)
        return cell, resources


def messages_only(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """A test cell's outputs with each traceback cut down to what went wrong.

    A cell that ran out of time is interrupted, and so has two errors; the one
    that says why is kept.
    """
    errors = [one for one in outputs if one.output_type == "error"]
    if len(errors) > 1:
        outputs = [one for one in outputs if one.output_type != "error" or one.ename != "KeyboardInterrupt"]
    for one in outputs:
        if one.output_type == "error":
            one.traceback = [_message(one)]
    return outputs


def _message(error: NotebookNode) -> str:
    """The check's own message, which it gives in place of a traceback; of another error, its name and text."""
    lines = [COLOUR.sub("", line) for line in error.traceback]
    if len(lines) == 1 and lines[0].startswith("✗ "):
        return lines[0]
    return f"✗ {error.ename}: {error.evalue}".rstrip(": ")
