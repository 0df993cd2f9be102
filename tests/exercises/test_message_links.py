"""In a real kernel a message shows a link to its section: once, and not while it is graded."""

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook


@pytest.mark.parametrize(("phase", "book", "links"), [
    ("", "https://example.org/bits/", 1), ("", "", 0), ("autograde", "https://example.org/bits/", 0)])
def test_a_kernel_shows_the_link_once_and_not_while_grading(tmp_path, monkeypatch, phase, book, links):
    monkeypatch.setenv("NBGRADER_EXECUTION", phase)
    monkeypatch.setenv("PARITY_BOOK", book)
    cells = [new_code_cell("import parity_checks as checks\nfrom parity_checks import unrolling as check\n"
                           "def parity(bits):\n    return bits.sum(axis=1)"),
             new_code_cell("check.parity()"), new_code_cell("checks.summary(check)")]
    client = NotebookClient(new_notebook(cells=cells), allow_errors=True, kernel_name="python3",
                            resources={"metadata": {"path": str(tmp_path)}})
    notebook = nbformat.from_dict(client.execute())
    shown = [output.data["text/html"] for output in notebook.cells[1].outputs if output.output_type == "display_data"]
    assert len(shown) == links
    assert all('href="https://example.org/bits/book/one-bit.html#' in link for link in shown)
    assert not [output for output in notebook.cells[2].outputs if output.output_type == "display_data"]
    assert notebook.cells[1].outputs[-1].traceback[0].startswith("✗ ")
