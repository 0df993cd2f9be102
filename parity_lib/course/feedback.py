"""What students see of their graded work: messages, and no source of hidden tests."""

from __future__ import annotations

import re

from nbgrader.preprocessors import NbGraderPreprocessor

HIDDEN = re.compile(r"^[ \t]*### BEGIN HIDDEN TESTS.*?^[ \t]*### END HIDDEN TESTS[ \t]*\n?", re.MULTILINE | re.DOTALL)


class HideHiddenTests(NbGraderPreprocessor):
    """Replace hidden tests in feedback by a line that says how the cell went."""

    def preprocess_cell(self, cell, resources, cell_index):
        """Remove the hidden part of a code cell's source."""
        if cell.cell_type == "code":
            cell.source = HIDDEN.sub("# hidden tests: their messages stand below\n", cell.source)
        return cell, resources
