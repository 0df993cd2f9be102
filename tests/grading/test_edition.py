"""Another release is recognised by the checksums of its cells, and never by what a student has changed or deleted."""

from __future__ import annotations

import json

import pytest

from parity_grading import release_version
from tests.exercises import course

NAME = "unrolling"
TEST, ANSWER = "parity-check", "parity"


@pytest.fixture
def release(tmp_path):
    folder = tmp_path / "release"
    folder.mkdir()
    write(folder, course.release(NAME))
    return folder


def write(folder, notebook):
    folder.mkdir(exist_ok=True)
    (folder / f"{NAME}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    return folder


def noted(tmp_path, release, notebook):
    return release_version.notes(write(tmp_path / "handed in", notebook), release, [NAME])


def cell(notebook, name):
    return next(one for one in notebook.cells if one.id == name)


def test_work_is_no_sign_of_another_release(tmp_path, release):
    assert noted(tmp_path, release, course.solution(NAME)) == []


def test_a_locked_cell_that_was_changed_and_one_that_was_deleted_accuse_nobody(tmp_path, release):
    notebook = course.solution(NAME)
    cell(notebook, TEST).source += "\n# what is this?"
    notebook.cells.remove(cell(notebook, "unroll-check"))
    assert noted(tmp_path, release, notebook) == []


def test_a_newer_library_with_the_same_tasks_is_not_worth_a_word(tmp_path, release):
    notebook = course.solution(NAME)
    notebook.metadata["one_bit_of_memory"] = {"version": "9.9"}
    assert noted(tmp_path, release, notebook) == []


def test_what_another_release_had_differently_is_named_with_its_task(tmp_path, release):
    notebook = course.solution(NAME)
    notebook.metadata["one_bit_of_memory"] = {"version": "0.9"}
    cell(notebook, TEST).metadata.nbgrader["checksum"] = "0" * 32
    cell(notebook, "unroll-check").metadata.nbgrader["grade_id"] = "unroll-by-hand"
    [said] = noted(tmp_path, release, notebook)
    own = course.release(NAME).metadata["one_bit_of_memory"]["version"]
    assert said == (f"made from version 0.9 of the exercise, graded with version {own}; changed: {TEST}; "
                    "new: unroll-check; removed: unroll-by-hand")


def test_a_task_that_is_new_is_told_from_a_deleted_one_by_the_version(tmp_path, release):
    notebook = course.solution(NAME)
    notebook.cells.remove(cell(notebook, "unroll-check"))
    notebook.metadata["one_bit_of_memory"] = {"version": "0.9"}
    assert noted(tmp_path, release, notebook)[0].endswith("; new: unroll-check")


def test_without_a_version_it_is_another_release(tmp_path, release):
    notebook = course.solution(NAME)
    cell(notebook, ANSWER).metadata.nbgrader["checksum"] = "0" * 32
    assert noted(tmp_path, release, notebook) == [
        f"made from another release of the exercise, graded with this one; changed: {ANSWER}"]


def test_many_differences_are_counted(tmp_path, release):
    notebook = course.solution(NAME)
    marked = [cell for cell in notebook.cells if "nbgrader" in cell.metadata]
    for cell_ in marked:
        cell_.metadata.nbgrader["checksum"] = "0" * 32
    assert noted(tmp_path, release, notebook)[0].endswith(f" and {len(marked) - release_version.MOST_NAMES} more")


@pytest.mark.parametrize("text", [
    "", "[]", "{}", "[" * 100_000, '{"cells": 3}', '{"cells": [3, {"metadata": 3}, {"metadata": {"nbgrader": 3}}]}',
    '{"metadata": 3, "cells": [{"metadata": {"nbgrader": {"grade_id": [], "checksum": {}}}}]}',
    '{"metadata": {"one_bit_of_memory": {"version": []}}, "cells": [{"source": [1, null]}]}'])
def test_whatever_is_in_the_file_nothing_is_raised(tmp_path, release, text):
    write(tmp_path / "handed in", {})
    (tmp_path / "handed in" / f"{NAME}.ipynb").write_text(text, encoding="utf-8")
    assert release_version.notes(tmp_path / "handed in", release, [NAME]) == []


def test_malformed_marks_do_not_hide_a_difference(tmp_path, release):
    notebook = course.solution(NAME)
    cell(notebook, ANSWER).metadata.nbgrader["checksum"] = "0" * 32
    cell(notebook, "unroll-check").metadata.nbgrader["grade_id"] = ["unroll-by-hand"]
    notebook.cells.append({"metadata": {"nbgrader": {"grade_id": "mine", "checksum": "0"}}})
    assert noted(tmp_path, release, notebook)[0].endswith("removed: mine")


def test_without_a_release_nothing_is_said(tmp_path):
    assert noted(tmp_path, tmp_path / "nowhere", course.solution(NAME)) == []
