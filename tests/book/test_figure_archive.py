"""The archive of all figures for lecturers."""

import re
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest

from .conftest import ROOT

pytestmark = pytest.mark.book


def test_the_archive_has_every_figure_as_a_drawing_of_its_own(html):
    sources = "".join(page.read_text(encoding="utf8") for page in (ROOT / "book").glob("*.md"))
    with ZipFile(html / "_static/one-bit-of-memory-figures.zip") as archive:
        texts = {entry.filename: archive.read(entry).decode() for entry in archive.infolist()}
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert {name for text in texts for name in re.findall(r"fig-[\w-]+", text)} == set(
        re.findall(r"figure: \{name: (fig-[\w-]+)", sources))
    assert "unrolling/2.1-fig-unrolled.svg" in texts
    assert "what-did-it-learn/interactive-1.svg" in texts
    for text in texts.values():
        drawing = ElementTree.fromstring(text)
        assert drawing.get("width").endswith("pt")
        assert drawing[0].text.endswith("(One Bit of Memory by The One Bit of Memory authors, CC BY 4.0)")
        assert "var(" not in text, "a colour of the page"
