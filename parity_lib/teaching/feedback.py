"""What students see of their graded work: messages, and no source of hidden tests.

Chapter: *For instructors*. nbgrader prints a test cell as it ran, hidden tests
included, and below it the traceback of a failure, which quotes them again.
:class:`HideHiddenTests` stands among the preprocessors of ``generate_feedback``
in nbgrader_config.py and takes both away.
"""

from __future__ import annotations

import re

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

HIDDEN = re.compile(r"^[ \t]*### BEGIN HIDDEN TESTS.*?(?:^[ \t]*### END HIDDEN TESTS[ \t]*\n?|\Z)",
                    re.MULTILINE | re.DOTALL)
IN_ITS_PLACE = "# Hidden tests ran here: the same checks, with new cases."
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class HideHiddenTests(NbGraderPreprocessor):
    """Replace hidden tests in feedback by a comment, and tracebacks of test cells by their message."""

    def preprocess_cell(self, cell: NotebookNode, resources: dict, cell_index: int) -> tuple[NotebookNode, dict]:
        """Clean one cell; only a locked test cell has anything to hide."""
        meta = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and meta.get("grade") and not meta.get("solution"):
            cell.source = without_hidden_tests(cell.source)
            cell.outputs = messages_only(cell.outputs)
        return cell, resources


def without_hidden_tests(source: str) -> str:
    """A test cell's source with a comment in place of its hidden part.

    >>> print(without_hidden_tests("check.parity()\\n### BEGIN HIDDEN TESTS\\nsecret()\\n### END HIDDEN TESTS\\n"))
    check.parity()
    # Hidden tests ran here: the same checks, with new cases.
    """
    return HIDDEN.sub(IN_ITS_PLACE + "\n", source).rstrip("\n")


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
