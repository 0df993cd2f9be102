"""What a student gets says what it is worth, and every exercise is a page of the book."""

from __future__ import annotations

import pytest
import yaml

from parity_grading import authoring, chapters
from parity_lib import __version__
from tests.exercises import course
from tests.submissions import bank

EXERCISES = {source.name: source for source in authoring.sources(bank.ROOT)}


def test_every_exercise_is_a_page_of_the_book_in_order():
    toc = yaml.safe_load((bank.ROOT / "_toc.yml").read_text(encoding="utf8"))
    listed = [one["file"] for part in toc["parts"] for page in part["chapters"] for one in page.get("sections", [])]
    assert [file for file in listed if file.startswith("exercises/")] == [f"exercises/{one}/{one}" for one in EXERCISES]


@pytest.mark.parametrize("name", EXERCISES)
def test_the_notebook_says_what_its_own_cells_are_worth(name):
    graded = [cell.metadata.nbgrader.points for cell in course.release(name).cells
              if cell.metadata.get("nbgrader", {}).get("grade")]
    head = course.release(name).cells[0].source
    assert f"**Points:** {sum(graded)}." in head
    assert f"about {EXERCISES[name].minutes} minutes" in head
    assert 'pip install "one-bit-of-memory[exercises]"' in head
    assert course.release(name).metadata.one_bit_of_memory.version == __version__


@pytest.mark.parametrize("name", EXERCISES)
def test_the_notebook_names_its_chapters_as_the_book_does(name):
    head, known = course.release(name).cells[0].source, chapters.chapters(bank.ROOT)
    assert EXERCISES[name].settings["chapters"]
    for page in EXERCISES[name].settings["chapters"]:
        assert f"{known[page].number}, [{known[page].title}](../../book/{page}.md)" in head
