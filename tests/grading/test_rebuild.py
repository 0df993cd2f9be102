"""A submission becomes the notebook that was meant, whatever happened to it on the way."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from parity_grading import rebuild

TEXT, ANSWER = "## Task 2: in words", "YOUR ANSWER HERE"
STUB = "def parity(bits):\n    raise NotImplementedError"
TEST = "check.parity()"


def source(name, text, kind="code", locked=False):
    return SimpleNamespace(name=name, source=text, cell_type=kind, locked=locked, checksum="0" * 32)


SOURCES = {one.name: one for one in (
    source("imports", "import numpy as np", locked=True), source("parity", STUB),
    source("parity-check", TEST + "\ncheck.parity(seed=1)", locked=True), source("words", ANSWER, "markdown"))}


def marked(cell, name):
    cell.metadata["nbgrader"] = {"grade_id": name}
    return cell


def release():
    """The notebook as students get it."""
    return [marked(new_code_cell("import numpy as np", id="imports"), "imports"),
            marked(new_code_cell(STUB, id="parity"), "parity"),
            marked(new_code_cell(TEST, id="parity-check"), "parity-check"),
            new_markdown_cell(TEXT, id="text"), marked(new_markdown_cell(ANSWER, id="words"), "words")]


def solved():
    """The same, filled in."""
    cells = release()
    cells[1].source = "def parity(bits):\n    return bits.sum(1) % 2"
    cells[4].source = "My seed is 7, and I counted 12."
    return cells


def names(cells):
    """The course's names of the cells after rebuilding, "+" for the student's own, "-" for one that was missing."""
    found = rebuild.match(cells, SOURCES, release())
    ordered = list(rebuild.in_order(cells, found, list(SOURCES)))
    return [f"-{one}" if isinstance(one, str) else one.metadata.get("nbgrader", {}).get("grade_id", "+")
            for one in ordered], ordered


WHOLE = ["imports", "parity", "parity-check", "+", "words"]


def stripped(cells):
    for number, cell in enumerate(cells):
        cell.metadata.clear()
        cell.id = f"x{number}"
    return cells


@pytest.mark.parametrize("change", [
    lambda cells: cells,
    stripped,
    lambda cells: [cell for cell in cells if cell.metadata.pop("nbgrader", None) or True],
    lambda cells: [cells[0], cells[1], marked(new_code_cell("print('passed')"), "parity-check"), *cells[3:]],
], ids=["untouched", "stripped of marks and ids", "stripped of marks", "an edited test"])
def test_every_cell_finds_its_place(change):
    found, cells = names(change(solved()))
    assert found == WHOLE
    assert "return" in cells[1].source
    assert cells[4].source.startswith("My seed")


def test_the_course_is_in_its_own_order_again():
    found, _ = names(solved()[::-1])
    assert [one for one in found if one != "+"] == [one for one in WHOLE if one != "+"]


def test_what_was_added_stays_in_front_of_the_same_cell():
    cells = solved()
    cells.insert(1, new_code_cell("import math"))
    cells.append(new_code_cell("print('done')"))
    found, ordered = names(cells)
    assert found == ["imports", "+", "parity", "parity-check", "+", "words", "+"]
    assert ordered[1].source == "import math"


def test_a_missing_answer_stands_before_what_was_added_in_its_place():
    cells = solved()
    cells[1] = new_code_cell("parity = lambda bits: bits.sum(1) % 2")
    found, _ = names(cells)
    assert found == ["imports", "-parity", "+", "parity-check", "+", "words"]


def test_a_missing_test_comes_back_and_a_copy_of_it_goes():
    cells = solved()
    del cells[2]
    assert names(cells)[0] == ["imports", "parity", "-parity-check", "+", "words"]
    cells = solved()
    cells.insert(2, marked(new_code_cell("print('mine')"), "parity-check"))
    assert names(cells)[0] == WHOLE


def test_of_two_answers_the_last_that_was_worked_on_is_meant_and_none_is_lost():
    cells = solved()
    cells.insert(1, marked(new_code_cell(STUB), "parity"))
    cells.insert(3, marked(new_code_cell("def parity(bits):\n    return 1"), "parity"))
    found, ordered = names(cells)
    assert found == ["imports", "+", "+", "parity", "parity-check", "+", "words"]
    assert ordered[3].source.endswith("return 1")


def test_a_split_answer_runs_in_its_order():
    cells = solved()
    cells[1:2] = [marked(new_code_cell("half = 2", id="a"), "parity"),
                  marked(new_code_cell("def parity(bits):\n    return bits.sum(1) % half", id="b"), "parity")]
    found, ordered = names(cells)
    assert found == ["imports", "+", "parity", "parity-check", "+", "words"]
    assert ordered[1].source == "half = 2"


def test_type_text_and_marks_are_the_gradebooks():
    cell = marked(new_markdown_cell("print('passed')", id="parity-check"), "parity-check")
    rebuild.restore(cell, SOURCES["parity-check"], 2.0, solution=False, task=False)
    assert cell.cell_type == "code"
    assert cell.source == SOURCES["parity-check"].source
    assert cell.metadata["nbgrader"] == {
        "grade_id": "parity-check", "grade": True, "solution": False, "task": False, "locked": True, "points": 2.0,
        "checksum": "0" * 32, "cell_type": "code", "schema_version": 3}


def test_an_absent_answer_is_empty_and_says_so():
    assert rebuild.MISSING in rebuild.absent(SOURCES["parity"], solution=True).source
    assert rebuild.absent(SOURCES["words"], solution=True).source == ""
    assert rebuild.absent(SOURCES["parity-check"], solution=False).source == SOURCES["parity-check"].source


@pytest.mark.parametrize("text", ["", " \n\t\n", ANSWER])
def test_an_answer_left_blank_is_the_released_one_which_waits_for_nobody(text):
    cell = marked(new_markdown_cell(text, id="words"), "words")
    rebuild.restore(cell, SOURCES["words"], 2.0, solution=True, task=False)
    assert cell.source == ANSWER


def test_an_id_is_there_once():
    cells = [new_code_cell(id="a"), new_code_cell(id="a"), new_code_cell(id="b")]
    rebuild.give_ids(cells)
    assert [cell.id for cell in cells] == ["a", "cell-0", "b"]


# ---------------------------------------------------------------- the file


def written(path, content):
    path.write_text(json.dumps(content) if not isinstance(content, str) else content, encoding="utf8")
    return path


CELL = {"cell_type": "code", "source": ["x = 1\n", "y = 2"], "metadata": {}, "outputs": [], "execution_count": None}
OLD = {"nbformat": 3, "worksheets": [{"cells": [
    {"cell_type": "code", "input": "x = 1", "outputs": [], "language": "python"},
    {"cell_type": "heading", "source": "T"}]}]}


@pytest.mark.parametrize(("content", "sources"), [
    ({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [CELL]}, ["x = 1\ny = 2"]),
    ({"nbformat": 5, "cells": [CELL]}, ["x = 1\ny = 2"]),
    ({"cells": [{"cell_type": "unheard of", "source": 3}, "no cell", CELL]}, ["3", "x = 1\ny = 2"]),
    (OLD, ["x = 1", "T"]),
    ("\ufeff" + json.dumps({"cells": [CELL]}), ["x = 1\ny = 2"]),
    ({"cells": [{"cell_type": "code", "source": "\ud800"}]}, ["?"]),
], ids=["today's", "tomorrow's", "wrong types", "yesterday's", "byte order mark", "half a character"])
def test_a_file_is_read_as_far_as_it_can_be(tmp_path, content, sources):
    notebook = rebuild.read(written(tmp_path / "a.ipynb", content))
    assert [cell.source for cell in notebook.cells] == sources
    json.dumps(notebook, ensure_ascii=False).encode("utf8")


@pytest.mark.parametrize(("content", "words"), [
    ("{", "cannot be read as JSON"), ("[]", "not an object with cells"), ({"cells": []}, "contains no cells"),
    ({"cells": "x"}, "contains no cells"), ("", "cannot be read as JSON"), ("[" * 100_000, "cannot be read as JSON"),
])
def test_what_is_no_notebook_is_said_to_be_none(tmp_path, content, words):
    with pytest.raises(ValueError, match=words):
        rebuild.read(written(tmp_path / "a.ipynb", content))


def test_outputs_that_are_none_are_left_out(tmp_path):
    good = {"output_type": "stream", "name": "stdout", "text": ["a", "b"]}
    picture = {"output_type": "display_data", "data": {"image/png": ["iVBO", "Rw0K"]}, "metadata": {}}
    bad = [{"output_type": "strange"}, 3, {"output_type": "stream", "name": 1, "text": []}]
    notebook = rebuild.read(written(tmp_path / "a.ipynb", {"cells": [CELL | {"outputs": [*bad, good, picture]}]}))
    assert [one.output_type for one in notebook.cells[0].outputs] == ["stream", "display_data"]
    assert notebook.cells[0].outputs[0].text == "ab"


@pytest.mark.parametrize("name", ["<script>", "x" * 65, "", 3, None])
def test_an_id_that_is_none_is_replaced(tmp_path, name):
    cell, = rebuild.read(written(tmp_path / "a.ipynb", {"cells": [CELL | {"id": name}]})).cells
    assert cell.id != name
    assert rebuild.ID.fullmatch(cell.id)


def test_a_pasted_image_stays(tmp_path):
    pasted = {"cell_type": "markdown", "source": "![](attachment:a.png)",
              "attachments": {"a.png": {"image/png": "iVBO"}}}
    notebook = rebuild.read(written(tmp_path / "a.ipynb", {"cells": [pasted]}))
    assert notebook.cells[0].attachments["a.png"]["image/png"] == "iVBO"


def test_a_link_is_no_hand_in(tmp_path):
    written(tmp_path / "solution.ipynb", {"cells": [CELL]})
    (tmp_path / "a.ipynb").symlink_to(tmp_path / "solution.ipynb")
    with pytest.raises(ValueError, match=r"a\.ipynb is a link"):
        rebuild.read(tmp_path / "a.ipynb")


def test_a_file_has_an_end(tmp_path, monkeypatch):
    monkeypatch.setattr(rebuild, "LARGEST", 10)
    with pytest.raises(ValueError, match="larger than 10 bytes"):
        rebuild.read(written(tmp_path / "a.ipynb", {"cells": [CELL]}))


def test_what_a_link_leads_to_is_not_kept(tmp_path):
    submitted, copied, secret = tmp_path / "submitted", tmp_path / "autograded", tmp_path / "gradebook.db"
    for folder in (submitted / "deep", copied / "deep"):
        folder.mkdir(parents=True)
        (folder / "data.csv").write_text("1")
    secret.write_text("grades")
    (submitted / "deep" / "link").symlink_to(secret)
    (submitted / "broken").symlink_to(tmp_path / "nothing")
    (copied / "deep" / "link").write_text("grades")        # as nbgrader copies it
    rebuild.drop_links(submitted, copied)
    assert [path.name for path in copied.rglob("*") if path.is_file()] == ["data.csv"]
    assert secret.read_text() == "grades"
