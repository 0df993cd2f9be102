"""A submission is rebuilt into the course's notebook with the student's answers, whatever has happened to its cells."""

import json
import time
from types import SimpleNamespace

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from parity_grading import rebuild, untrusted
from parity_grading.execute import CellOutputs
from parity_grading.untrusted import valid_output
from tests.parameters import longer_after

TEXT, ANSWER = "## Task 2: in words", "YOUR ANSWER HERE"
STUB = "def parity(bits):\n    raise NotImplementedError"
TEST = "check.parity()"


def source(name, text, kind="code", locked=False):
    return SimpleNamespace(name=name, source=text, cell_type=kind, locked=locked, checksum="0" * 32)


SOURCES = {cell.name: cell for cell in (
    source("imports", "import numpy as np", locked=True), source("parity", STUB),
    source("parity-check", TEST + "\ncheck.parity(seed=1)", locked=True), source("words", ANSWER, "markdown"))}
WHOLE = ["imports", "parity", "parity-check", "+", "words"]


def marked(cell, name):
    cell.metadata["nbgrader"] = {"grade_id": name}
    return cell


def release():
    """Return the notebook that students receive."""
    return [marked(new_code_cell("import numpy as np", id="imports"), "imports"),
            marked(new_code_cell(STUB, id="parity"), "parity"),
            marked(new_code_cell(TEST, id="parity-check"), "parity-check"),
            new_markdown_cell(TEXT, id="text"), marked(new_markdown_cell(ANSWER, id="words"), "words")]


def solved():
    """Return the same notebook with answers."""
    cells = release()
    cells[1].source = "def parity(bits):\n    return bits.sum(1) % 2"
    cells[4].source = "My seed is 7, and I counted 12."
    return cells


def rebuilt(cells):
    """Return the names of the cells after rebuilding, "+" for added and "-NAME" for missing ones, and the cells."""
    matches = rebuild.match(cells, SOURCES, release())
    ordered = list(rebuild.in_order(cells, matches, list(SOURCES)))
    return [f"-{cell}" if isinstance(cell, str) else cell.metadata.get("nbgrader", {}).get("grade_id", "+")
            for cell in ordered], ordered


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
], ids=["unchanged", "without marks and ids", "without marks", "an edited test"])
def test_every_cell_is_recognised(change):
    names, cells = rebuilt(change(solved()))
    assert names == WHOLE
    assert "return" in cells[1].source
    assert cells[4].source.startswith("My seed")


def test_the_cells_are_in_the_courses_order():
    names, _ = rebuilt(solved()[::-1])
    assert [name for name in names if name != "+"] == [name for name in WHOLE if name != "+"]


def test_added_cells_stay_in_front_of_the_same_cell():
    cells = solved()
    cells.insert(1, new_code_cell("import math"))
    cells.append(new_code_cell("print('done')"))
    names, ordered = rebuilt(cells)
    assert names == ["imports", "+", "parity", "parity-check", "+", "words", "+"]
    assert ordered[1].source == "import math"


def test_a_missing_answer_comes_before_the_cells_that_were_added_in_its_place():
    cells = solved()
    cells[1] = new_code_cell("parity = lambda bits: bits.sum(1) % 2")
    assert rebuilt(cells)[0] == ["imports", "-parity", "+", "parity-check", "+", "words"]


@pytest.mark.parametrize("empty", [ANSWER, "", "<!-- 7 -->"])
def test_a_text_directly_below_an_empty_answer_is_the_answer(empty):
    cells = solved()
    cells[4].source = empty
    cells += [new_markdown_cell("My seed is 7."), new_markdown_cell("More.")]
    names, ordered = rebuilt(cells)
    assert names == [*WHOLE[:-1], "+", "words", "+"]
    assert ordered[5].source == "My seed is 7."


def test_a_text_below_a_written_answer_and_a_text_of_the_exercise_are_no_answers():
    assert rebuilt([*solved(), new_markdown_cell("More.")])[0] == [*WHOLE, "+"]
    cells = solved()
    cells[4].source = ANSWER
    assert rebuilt([*cells[:3], cells[4], cells[3]])[1][3].source == ANSWER


def test_a_missing_test_is_restored_and_a_copy_of_a_test_is_removed():
    cells = solved()
    del cells[2]
    assert rebuilt(cells)[0] == ["imports", "parity", "-parity-check", "+", "words"]
    cells = solved()
    cells.insert(2, marked(new_code_cell("print('mine')"), "parity-check"))
    assert rebuilt(cells)[0] == WHOLE


def test_of_several_answers_the_last_edited_one_counts_and_none_is_lost():
    cells = solved()
    cells.insert(1, marked(new_code_cell(STUB), "parity"))
    cells.insert(3, marked(new_code_cell("def parity(bits):\n    return 1"), "parity"))
    names, ordered = rebuilt(cells)
    assert names == ["imports", "+", "+", "parity", "parity-check", "+", "words"]
    assert ordered[3].source.endswith("return 1")


def test_the_type_the_text_and_the_marks_of_a_test_come_from_the_gradebook():
    cell = marked(new_markdown_cell("print('passed')", id="parity-check"), "parity-check")
    rebuild.restore(cell, SOURCES["parity-check"], 2.0, solution=False)
    assert cell.cell_type == "code"
    assert cell.source == SOURCES["parity-check"].source
    assert cell.metadata["nbgrader"] == {
        "grade_id": "parity-check", "grade": True, "solution": False, "task": False, "locked": True, "points": 2.0,
        "checksum": "0" * 32, "cell_type": "code", "schema_version": 3}


def test_an_absent_answer_is_empty():
    assert rebuild.MISSING in rebuild.absent(SOURCES["parity"], solution=True).source
    assert rebuild.absent(SOURCES["words"], solution=True).source == ""
    assert rebuild.absent(SOURCES["parity-check"], solution=False).source == SOURCES["parity-check"].source


@pytest.mark.parametrize(("text", "shown"), [
    (" \n\t\n", ANSWER), ("<!-- My seed is 7. -->", ANSWER), ("<!-- My seed", ANSWER),
    ("[//]: # (My seed is 7.)", ANSWER), (" <!-- a --> <!-- \n -->\n", ANSWER),
    *((text, text) for text in ("It is 5. <!-- My seed is 7. -->", "[1]: My seed is 7.\n\n[2]: It is 5.",
                                "[1]: 5 (my seed) is", "<!--> 5", "<!---> 5", "<!-- a --!> 5"))])
def test_an_answer_without_visible_words_gets_the_released_text_so_that_nobody_has_to_read_it(text, shown):
    cell = marked(new_markdown_cell(text, id="words"), "words")
    rebuild.restore(cell, SOURCES["words"], 2.0, solution=True)
    assert cell.source == shown


# ---------------------------------------------------------------- the file


CELL = {"cell_type": "code", "source": ["x = 1\n", "y = 2"], "metadata": {}, "outputs": [], "execution_count": None}
OLD = {"nbformat": 3, "worksheets": [{"cells": [
    {"cell_type": "code", "input": "x = 1", "outputs": [], "language": "python"},
    {"cell_type": "heading", "source": "T"}]}]}


@pytest.fixture
def read(tmp_path):
    """A function that writes a file and reads it."""
    def read(content):
        (tmp_path / "a.ipynb").write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf8")
        return rebuild.read(tmp_path / "a.ipynb")
    return read


@pytest.mark.parametrize(("content", "sources"), [
    ({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [CELL]}, ["x = 1\ny = 2"]),
    ({"nbformat": 5, "cells": [CELL]}, ["x = 1\ny = 2"]),
    ({"cells": [{"cell_type": "unknown", "source": 3}, "no cell", CELL]}, ["3", "x = 1\ny = 2"]),
    (OLD, ["x = 1", "T"]),
    ("\ufeff" + json.dumps({"cells": [CELL]}), ["x = 1\ny = 2"]),
    ({"cells": [{"cell_type": "code", "source": "\ud800"}]}, ["?"]),
], ids=["current format", "newer format", "wrong types", "older format", "byte order mark", "half a character"])
def test_a_file_is_read_as_far_as_possible(read, content, sources):
    notebook = read(content)
    assert [cell.source for cell in notebook.cells] == sources
    json.dumps(notebook, ensure_ascii=False).encode("utf8")


@pytest.mark.parametrize(("content", "words"), [
    ("", "cannot be read as JSON"), ("[" * 100_000, "cannot be read as JSON"), ("[]", "not an object with cells"),
    ({"cells": "x"}, "contains no cells")])
def test_a_file_that_is_not_a_notebook_is_refused(read, content, words):
    with pytest.raises(ValueError, match=words):
        read(content)


def test_invalid_outputs_and_ids_are_left_out_and_pasted_images_stay(read):
    good = {"output_type": "stream", "name": "stdout", "text": ["a", "b"]}
    image = {"output_type": "display_data", "data": {"image/png": ["iVBO", "Rw0K"]}, "metadata": {}}
    bad = [{"output_type": "strange"}, 3, {"output_type": "stream", "name": 1, "text": []}]
    pasted = {"cell_type": "markdown", "source": "![](attachment:a.png)",
              "attachments": {"a.png": {"image/png": "iVBO"}}}
    invalid = [CELL | {"id": name} for name in ("<script>", "x" * 65, "", 3, None)]
    first, second, *others = read({"cells": [CELL | {"outputs": [*bad, good, image]}, pasted, *invalid]}).cells
    assert [output.output_type for output in first.outputs] == ["stream", "display_data"]
    assert first.outputs[0].text == "ab"
    assert second.attachments["a.png"]["image/png"] == "iVBO"
    assert len(others) == 5
    assert all(untrusted.ID.fullmatch(cell.id) for cell in others)


def test_equal_ids_cause_no_warnings(read, recwarn):
    first, second = read({"cells": [CELL | {"id": "a"}] * 2}).cells
    assert (first.id, second.id != "a", [*recwarn]) == ("a", True, [])


def test_a_file_that_is_too_large_is_refused(read, monkeypatch):
    monkeypatch.setattr(rebuild, "LARGEST", 10)
    with pytest.raises(ValueError, match="larger than 10 bytes"):
        read({"cells": [CELL]})


def test_files_that_nbgrader_has_copied_through_links_are_removed(tmp_path):
    submitted, copied, secret = tmp_path / "submitted", tmp_path / "autograded", tmp_path / "gradebook.db"
    for folder in (submitted / "deep", copied / "deep"):
        folder.mkdir(parents=True)
        (folder / "data.csv").write_text("1")
    secret.write_text("grades")
    (submitted / "deep" / "link").symlink_to(secret)
    (submitted / "broken").symlink_to(tmp_path / "nothing")
    (copied / "deep" / "link").write_text("grades")
    rebuild.drop_unsafe_files(submitted, copied, tmp_path / "solutions")
    assert [path.name for path in copied.rglob("*") if path.is_file()] == ["data.csv"]
    assert secret.read_text() == "grades"


def test_pages_and_pictures_with_scripts_are_no_part_of_the_graded_submission(tmp_path):
    submitted, copied, source = tmp_path / "submitted", tmp_path / "autograded", tmp_path / "solutions"
    harmless = {"data.csv", "plot.png", "notes.pdf", "text.txt", "figure.svg", "module.py"}
    unsafe = {"evil.html", "evil.HTM", "evil.svg", "evil.svgz", "evil.xhtml", "evil.xml", "evil.xsl", "evil.rdf",
              "data:,evil.html"}
    for folder, names in ((submitted, harmless | unsafe), (copied, harmless | unsafe), (source, {"figure.svg"})):
        for name in names:
            path = folder / "deep" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
    for folder in (submitted, copied):
        (folder / "saved.html").mkdir()         # a folder is not sent as a page
    rebuild.drop_unsafe_files(submitted, copied, source)
    assert {path.name for path in copied.rglob("*.*") if path.is_file()} == harmless
    assert {path.name for path in submitted.rglob("*.*") if path.is_file()} == harmless | unsafe


@pytest.mark.parametrize("piece", longer_after(1, ["[],", "{},", "1,", '"",']))
def test_a_file_that_would_need_gigabytes_of_memory_is_refused_before_it_is_parsed(tmp_path, piece):
    path = tmp_path / "unrolling.ipynb"
    path.write_text('{"cells": [' + piece * (45_000_000 // len(piece)) + "0]}")
    with pytest.raises(ValueError, match="it holds more than 8,000,000 values"):
        rebuild.read(path)


@pytest.mark.parametrize(("part", "reason"), [
    ({"attachments": {str(number): {} for number in range(2001)}, "cell_type": "markdown"}, "2,000 attachments"),
    ({"attachments": {"a": dict.fromkeys(map(str, range(2000)), "")}, "cell_type": "markdown"}, "2,000 attachments"),
    ({"outputs": [{"output_type": "display_data", "data": {}, "metadata": {"a": [{}] * 100_000}}]},
     "outputs and attachments hold more than 1,000,000 values")])
def test_a_notebook_with_very_many_lists_is_refused_before_they_are_copied(read, part, reason):
    with pytest.raises(ValueError, match=reason):
        read({"cells": [CELL | part]})


def test_an_output_of_very_many_kinds_is_left_out():
    output = {"output_type": "display_data", "metadata": {}, "data": {f"a/b{number}": "" for number in range(200_000)}}
    assert valid_output(output) is None
    assert valid_output(output | {"data": {"text/plain": "a"}}) is not None


@pytest.mark.parametrize("wrong", [
    {"output_type": "error", "ename": "a", "evalue": "b", "traceback": [0] * 100_000},
    {"output_type": "display_data", "metadata": {}, "data": {"text/plain": [0] * 100_000}},
    {"output_type": "display_data", "metadata": {}, "data": {"text/plain": {"a": [0] * 100_000}}},
    {"output_type": "stream", "name": "stdout", "text": [0] * 100_000},
    {"output_type": [0] * 100_000}, [0] * 100_000], ids=["traceback", "data", "dict", "text", "type", "list"])
def test_an_output_with_very_many_wrong_values_is_refused_at_once(read, wrong):
    """The error that jsonschema collects for each of them takes 0.4 ms and 4 KB."""
    start = time.process_time()
    assert [cell.outputs for cell in read({"cells": [CELL | {"outputs": [wrong]}]}).cells] == [[]]
    if isinstance(wrong, dict) and isinstance(wrong["output_type"], str):       # from a running kernel
        outputs = CellOutputs(new_code_cell(), 10**6)
        kind = {"msg_type": wrong["output_type"]}
        outputs(kind | {"header": kind, "content": wrong, "size": 200_000})
        assert (outputs.cell.outputs, outputs.size) == ([], 200_000)
    assert time.process_time() - start < 2
