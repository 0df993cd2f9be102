"""The book's pages about the exercises say what the sources say, and every exercise has a page with its notebook."""

from __future__ import annotations

import re

import pytest
import yaml

from parity_lib import __version__
from tests.exercises import course
from tests.submissions import bank

NAMES = bank.authoring.names(bank.ROOT)
OVERVIEW = (bank.ROOT / "book" / "exercises.md").read_text(encoding="utf8")
SYLLABUS = (bank.ROOT / "book" / "instructors.md").read_text(encoding="utf8")
TOC = yaml.safe_load((bank.ROOT / "_toc.yml").read_text(encoding="utf8"))


def points(name):
    return sum(cell.metadata.nbgrader.points for cell in course.release(name).cells
               if cell.metadata.get("nbgrader", {}).get("grade"))


def minutes(name):
    return bank.authoring.read(bank.ROOT / "solutions" / f"{name}.md").settings["minutes"]


def chapters():
    """The titles of the numbered chapters, in order."""
    part = next(part for part in TOC["parts"] if part.get("numbered"))
    pages = [(bank.ROOT / f"{one['file']}.md").read_text(encoding="utf8") for one in part["chapters"]]
    return [re.search(r"^# (.+)$", page, re.MULTILINE)[1] for page in pages]


def test_every_exercise_is_a_page_of_the_book_in_order():
    listed = [one["file"] for part in TOC["parts"] for page in part["chapters"] for one in page.get("sections", [])]
    assert [file for file in listed if file.startswith("exercises/")] == [f"exercises/{name}/{name}" for name in NAMES]


@pytest.mark.parametrize("name", NAMES)
def test_the_overview_has_the_exercise_with_its_minutes_and_points(name):
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in OVERVIEW.splitlines()
            if f"</exercises/{name}/{name}>" in line]
    assert len(rows) == 1
    assert rows[0][2:4] == [str(minutes(name)), str(points(name))]


@pytest.mark.parametrize("name", NAMES)
def test_the_syllabus_gives_the_same_minutes(name):
    assert f"</exercises/{name}/{name}>`, {minutes(name)} minutes" in SYLLABUS


@pytest.mark.parametrize("name", NAMES)
def test_the_notebook_says_what_it_is_worth_and_which_chapters_it_needs(name):
    head = course.release(name).cells[0].source
    assert f"**Points:** {points(name)}." in head
    assert f"about {minutes(name)} minutes" in head
    assert 'pip install "one-bit-of-memory[exercises]"' in head
    assert course.release(name).metadata.one_bit_of_memory.version == __version__
    named = re.findall(r"(\d), \*([^*]+)\*", re.search(r"\*\*Chapters?:\*\*.*", head)[0])
    assert named
    for number, title in named:
        assert chapters()[int(number) - 1].startswith(title), (number, title)
