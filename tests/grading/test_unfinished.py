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
NUMBER_TAKEN_BY_ANOTHER = {"pid": os.getpid(), "since": 0.0}


def graded(root, student, metadata, text=None):
    folder = root / student / "unrolling"
    folder.mkdir(parents=True)
    (folder / "unrolling.ipynb").write_text(
        json.dumps({"metadata": metadata, "cells": []}) if text is None else text, encoding="utf8")
    return folder


@pytest.mark.parametrize(("metadata", "text", "stays"), [
    ({}, None, True),
    ({unfinished.MARK: OURS}, None, True),
    ({unfinished.MARK: GONE}, None, False),
    ({unfinished.MARK: NUMBER_TAKEN_BY_ANOTHER}, None, False),
], ids=["finished", "in work", "killed", "killed, and its number taken"])
def test_only_what_nobody_works_on_is_removed(tmp_path, metadata, text, stays):
    folder = graded(tmp_path, "ada", metadata, text)
    assert unfinished.remove(tmp_path) == ([] if stays else ["ada/unrolling"])
    assert folder.is_dir() == stays


@pytest.mark.parametrize("text", ["", '{"metadata": {', None])
def test_what_was_not_written_to_its_end_is_removed_after_a_while(tmp_path, text):
    folder = tmp_path / "ada" / "unrolling"
    folder.mkdir(parents=True)
    if text is not None:
        (folder / "unrolling.ipynb").write_text(text, encoding="utf8")
    assert unfinished.remove(tmp_path) == []
    long_ago = time.time() - unfinished.QUIET_FOR - 1
    os.utime(folder, (long_ago, long_ago))
    assert unfinished.remove(tmp_path) == ["ada/unrolling"]


@pytest.mark.parametrize("force", [False, True])
def test_the_stock_command_removes_what_is_unfinished_before_it_looks_what_is_graded(tmp_path, force):
    folder = graded(tmp_path / "autograded", "ada", {unfinished.MARK: GONE})
    converter = Autograde(coursedir=CourseDirectory(root=str(tmp_path)))
    converter.force = force         # with --force nbgrader removes the folder itself
    rebuild.Lenient(parent=converter)
    assert folder.is_dir() == force


def test_the_mark_is_there_between_begin_and_finish():
    notebook = new_notebook(metadata={unfinished.MARK: "planted"})
    notebook, _ = unfinished.Begin().preprocess(notebook, {})
    assert notebook.metadata[unfinished.MARK] == OURS
    notebook, _ = unfinished.Finish().preprocess(notebook, {})
    assert unfinished.MARK not in notebook.metadata
