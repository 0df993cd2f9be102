"""Unfinished submissions are removed unless a process grades them, and outputs of the student's runs are restored."""

import json
import os
import time

import psutil
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory

from parity_grading import rebuild, unfinished
from parity_grading.unfinished import MOST, MOST_IN_ALL, NOTE, OWN_OUTPUTS, BeginGrading, FinishGrading

OURS = {"pid": os.getpid(), "since": psutil.Process().create_time()}
GONE = {"pid": 2**22 - 1, "since": 0.0}
NUMBER_USED_AGAIN = {"pid": os.getpid(), "since": 0.0}


def graded(root, text):
    folder = root / "ada" / "unrolling"
    folder.mkdir(parents=True)
    if text is not None:
        (folder / "unrolling.ipynb").write_text(text, encoding="utf8")
    return folder


@pytest.mark.parametrize(("metadata", "stays"), [
    ({}, True), ({unfinished.MARK: OURS}, True), ({unfinished.MARK: GONE}, False),
    ({unfinished.MARK: NUMBER_USED_AGAIN}, False),
], ids=["finished", "in work", "killed", "killed, and its number used again"])
def test_a_notebook_is_removed_if_its_process_was_killed(tmp_path, metadata, stays):
    folder = graded(tmp_path, json.dumps({"metadata": metadata, "cells": []}))
    assert unfinished.remove(tmp_path) == ([] if stays else ["ada/unrolling"])
    assert folder.is_dir() == stays


@pytest.mark.parametrize("text", ["", '{"metadata": {', None])
def test_an_incomplete_file_is_removed_after_a_while(tmp_path, text):
    folder = graded(tmp_path, text)
    assert unfinished.remove(tmp_path) == []
    long_ago = time.time() - unfinished.QUIET_FOR - 1
    os.utime(folder, (long_ago, long_ago))
    assert unfinished.remove(tmp_path) == ["ada/unrolling"]


@pytest.mark.parametrize("force", [False, True])
def test_nbgraders_command_removes_unfinished_submissions_before_it_looks_for_graded_ones(
        tmp_path, force, monkeypatch):
    monkeypatch.setattr(rebuild, "try_course", lambda *arguments: None)
    folder = graded(tmp_path / "autograded", json.dumps({"metadata": {unfinished.MARK: GONE}, "cells": []}))
    converter = Autograde(coursedir=CourseDirectory(root=str(tmp_path)))
    converter.force = force         # with --force, nbgrader removes the folder itself
    rebuild.LenientExporter(parent=converter)
    assert folder.is_dir() == force


def test_the_mark_is_in_the_notebook_between_begin_and_finish():
    notebook = new_notebook(metadata={unfinished.MARK: "planted"})
    notebook, _ = BeginGrading().preprocess(notebook, {})
    assert notebook.metadata[unfinished.MARK] == OURS
    notebook, _ = FinishGrading().preprocess(notebook, {})
    assert unfinished.MARK not in notebook.metadata


# ---------------------------------------------------------------- outputs of the student's own runs


TEST = {"nbgrader": {"grade": True, "solution": False, "locked": True, "grade_id": "parity-check"}}
TABLE = new_output("stream", text="a table")
NEW = new_output("stream", text="new")
ERROR = new_output("error", ename="KeyboardInterrupt", evalue="", traceback=[])


@pytest.mark.parametrize(("cell", "printed", "shown"), [
    (new_code_cell("sweep()", outputs=[TABLE, ERROR]), [], [NOTE, "a table"]),
    (new_code_cell("sweep()", outputs=[TABLE]), [NEW], ["new"]),
    (new_code_cell("check()", metadata=TEST, outputs=[TABLE]), [], []),
    (new_code_cell("sweep()", metadata={OWN_OUTPUTS: [TABLE]}), [], []),
    (new_code_cell("check()", metadata=TEST | {OWN_OUTPUTS: [TABLE]}), [], []),
    (new_code_cell("sweep()", outputs=[new_output("stream", text="x" * MOST)]), [], [
        NOTE, "(400,057 characters were left out; open the file in submitted/)\n"]),
], ids=["nothing new", "new outputs", "a test", "planted", "planted in a test", "too large"])
def test_a_cell_without_outputs_shows_its_own_outputs_again(cell, printed, shown):
    notebook, _ = BeginGrading()(new_notebook(cells=[cell]), {})
    notebook.cells[0].outputs = printed
    notebook, _ = FinishGrading()(notebook, {})
    assert OWN_OUTPUTS not in notebook.cells[0].metadata
    assert [output.text for output in notebook.cells[0].outputs] == shown


def test_all_cells_together_show_no_more_than_a_limit():
    large = new_output("stream", text="x" * (MOST - 1000))
    notebook, _ = BeginGrading()(new_notebook(cells=[new_code_cell("sweep()", outputs=[large]) for _ in range(20)]), {})
    for cell in notebook.cells:
        cell.outputs = []
    notebook, _ = FinishGrading()(notebook, {})
    sizes = [len(cell.outputs[1].text) for cell in notebook.cells]
    assert sum(sizes) < MOST_IN_ALL
    assert (sizes[0], sizes[-1] < 100) == (MOST - 1000, True)
