"""Each page says how it is cited, and a link to it brings a picture along where the book has an address."""

from __future__ import annotations

import re
import sys
from types import SimpleNamespace

import pytest
import yaml
from PIL import Image

from .conftest import ROOT, pages_in_toc

sys.path.insert(0, str(ROOT / "book" / "_ext"))
from citing import HIGH, PICTURE, WIDE, bibtex, draw_picture

BOOK = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf8"))


def test_the_entry_of_a_page_names_the_page_the_book_and_its_version():
    entry = bibtex(BOOK, "2026", "book/training", "Training", "https://example.org/book/training.html")
    assert entry.startswith("@misc{one-bit-of-memory:training,\n")
    for part in ("{{The One Bit of Memory authors}}", "{Training, in: One Bit of Memory: recurrent", "{2026}",
                 f"{{Version {BOOK['version']}}}", "{https://example.org/book/training.html}"):
        assert part in entry
    assert entry.count("{") == entry.count("}")
    assert "url" not in bibtex(BOOK, "2026", "book/index", "")
    assert "in: One" not in bibtex(BOOK, "2026", "book/index", "")


def app(folder, address):
    config = SimpleNamespace(html_baseurl=address, html_title="One Bit of Memory")
    (folder / "_static").mkdir()
    return SimpleNamespace(config=config, builder=SimpleNamespace(name="html"), outdir=folder)


def test_a_book_with_an_address_gets_a_picture_of_the_size_that_is_shown_whole(tmp_path):
    draw_picture(app(tmp_path, "https://example.org"), None)
    with Image.open(tmp_path / PICTURE) as picture:
        assert picture.size == (WIDE, HIGH)
        assert len(picture.convert("RGB").getcolors(1 << 20)) > 10


def test_a_book_without_an_address_gets_none(tmp_path):
    draw_picture(app(tmp_path, ""), None)
    assert not (tmp_path / PICTURE).exists()


@pytest.mark.book
def test_every_page_says_how_to_cite_it(html):
    keys = []
    for name in pages_in_toc(ROOT):
        text = (html / f"{name}.html").read_text(encoding="utf8")
        found = re.findall(r"<summary>Cite this page</summary><pre>@misc\{([\w:-]+),", text)
        assert len(found) == 1, name
        keys += found
        assert "og:image" not in text, "no address, no picture"
    assert len(set(keys)) == len(keys)
    assert {"one-bit-of-memory", "one-bit-of-memory:training", "one-bit-of-memory:exercises-unrolling"} <= set(keys)
    training = (html / "book/training.html").read_text(encoding="utf8")
    assert "  title  = {Training, in: One Bit of Memory: " in training
