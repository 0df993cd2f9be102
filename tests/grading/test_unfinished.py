"""Unfinished submissions are removed, except those that another process is grading."""

from __future__ import annotations

import json
import os
import time

import psutil
import pytest
from nbformat.v4 import new_notebook
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory

from parity_grading import rebuild, unfinished

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
    monkeypatch.setattr(rebuild, "try_known_answer", lambda config: None)
    folder = graded(tmp_path / "autograded", json.dumps({"metadata": {unfinished.MARK: GONE}, "cells": []}))
    converter = Autograde(coursedir=CourseDirectory(root=str(tmp_path)))
    converter.force = force         # with --force, nbgrader removes the folder itself
    rebuild.LenientExporter(parent=converter)
    assert folder.is_dir() == force


def test_the_mark_is_in_the_notebook_between_begin_and_finish():
    notebook = new_notebook(metadata={unfinished.MARK: "planted"})
    notebook, _ = unfinished.MarkUnfinished().preprocess(notebook, {})
    assert notebook.metadata[unfinished.MARK] == OURS
    notebook, _ = unfinished.RemoveMark().preprocess(notebook, {})
    assert unfinished.MARK not in notebook.metadata
