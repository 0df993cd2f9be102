"""In a real kernel a message shows a link to its section: once, and not while it is graded."""

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook


@pytest.mark.parametrize(("phase", "links"), [("", 1), ("autograde", 0)])
def test_a_kernel_shows_the_link_once_and_not_while_grading(tmp_path, monkeypatch, phase, links):
    monkeypatch.setenv("NBGRADER_EXECUTION", phase)
    monkeypatch.delenv("PARITY_BOOK", raising=False)
    for folder in ("book", "exercises/unrolling"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "book/one-bit.md").touch()
    cells = [new_code_cell("import parity_checks as checks\nfrom parity_checks import unrolling as check\n"
                           "def parity(bits):\n    return bits.sum(axis=1)"),
             new_code_cell("check.parity()"), new_code_cell("checks.summary(check)")]
    client = NotebookClient(new_notebook(cells=cells), allow_errors=True, kernel_name="python3",
                            resources={"metadata": {"path": str(tmp_path / "exercises/unrolling")}})
    notebook = nbformat.from_dict(client.execute())
    shown = [output.data["text/html"] for output in notebook.cells[1].outputs if output.output_type == "display_data"]
    assert len(shown) == links
    assert all('href="../../book/one-bit.md#' in link for link in shown)
    assert not [output for output in notebook.cells[2].outputs if output.output_type == "display_data"]
    assert notebook.cells[1].outputs[-1].traceback[0].startswith("✗ ")
