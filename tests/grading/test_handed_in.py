"""Outputs of a hand-in come back where grading showed nothing, and nowhere else."""

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from parity_grading.keep_outputs import KEY, MOST, NOTE, Remember, Show

TEST = {"nbgrader": {"grade": True, "solution": False, "locked": True, "grade_id": "parity-check"}}
TABLE = new_output("stream", text="a table")
ERROR = new_output("error", ename="KeyboardInterrupt", evalue="", traceback=[])


def after_grading(cell, printed=()):
    """The cell as the graded notebook has it, if grading it showed ``printed``."""
    notebook, _ = Remember()(new_notebook(cells=[cell]), {})
    notebook.cells[0].outputs = list(printed)
    notebook, _ = Show()(notebook, {})
    assert KEY not in notebook.cells[0].metadata
    return [output.get("text", output.output_type) for output in notebook.cells[0].outputs]


def test_a_silent_cell_shows_what_it_showed_before():
    assert after_grading(new_code_cell("sweep()", outputs=[TABLE, ERROR])) == [NOTE, "a table"]


def test_what_grading_shows_stays():
    assert after_grading(new_code_cell("sweep()", outputs=[TABLE]), [new_output("stream", text="new")]) == ["new"]


def test_a_test_cell_shows_what_grading_shows():
    assert after_grading(new_code_cell("check()", metadata=TEST, outputs=[TABLE])) == []


def test_a_hand_in_cannot_bring_its_own():
    assert after_grading(new_code_cell("sweep()", metadata={KEY: [TABLE]})) == []
    assert after_grading(new_code_cell("check()", metadata=TEST | {KEY: [TABLE]})) == []


def test_too_much_is_named_and_left_out():
    note, text = after_grading(new_code_cell("sweep()", outputs=[new_output("stream", text="x" * MOST)]))
    assert note == NOTE
    assert text.startswith("(400,")


def test_words_pass():
    notebook, _ = Remember()(new_notebook(cells=[new_markdown_cell("words")]), {})
    notebook, _ = Show()(notebook, {})
    assert notebook.cells[0].source == "words"
