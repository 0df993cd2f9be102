"""A message leads to its section: the link, where there is a book to lead to."""

import subprocess

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from parity_lib.checks import reading


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course folder with one page; the working directory is where an exercise lies."""
    for folder in ("book", "exercises/unrolling", "_build/html/book"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "book/packing.md").touch()
    monkeypatch.chdir(tmp_path / "exercises/unrolling")
    monkeypatch.delenv("PARITY_BOOK", raising=False)
    return tmp_path


def test_the_link_leads_to_the_pages_or_to_their_source_or_nowhere(course, monkeypatch):
    assert reading.address("data", "#x") is None
    assert reading.address("packing", "#the-mask") == "../../book/packing.md#the-mask"
    (course / "_build/html/book/packing.html").touch()
    assert reading.address("packing", "") == "../../_build/html/book/packing.html"
    monkeypatch.setenv("PARITY_BOOK", "https://example.org/bits/")
    assert reading.address("packing", "#the-mask") == "https://example.org/bits/book/packing.html#the-mask"


@pytest.mark.parametrize(("phase", "links"), [("", 1), ("autograde", 0)])
def test_a_kernel_shows_the_link_once_and_not_while_grading(course, monkeypatch, phase, links):
    monkeypatch.setenv("NBGRADER_EXECUTION", phase)
    (course / "book/one-bit.md").touch()
    cells = [new_code_cell("from parity_lib import checks\nfrom parity_lib.checks import unrolling as check\n"
                           "def parity(bits):\n    return bits.sum(axis=1)"),
             new_code_cell("check.parity()"), new_code_cell("checks.summary(check)")]
    client = NotebookClient(new_notebook(cells=cells), allow_errors=True, kernel_name="python3",
                            resources={"metadata": {"path": str(course / "exercises/unrolling")}})
    notebook = nbformat.from_dict(client.execute(stderr=subprocess.DEVNULL))
    shown = [one.data["text/html"] for one in notebook.cells[1].outputs if one.output_type == "display_data"]
    assert len(shown) == links
    assert all('href="../../book/one-bit.md#' in one for one in shown)
    assert not [one for one in notebook.cells[2].outputs if one.output_type == "display_data"]
    assert notebook.cells[1].outputs[-1].traceback[0].startswith("✗ ")
