"""Each page says how to cite it."""

from __future__ import annotations

import re
import sys

import pytest
import yaml

from .conftest import ROOT, pages_in_toc

sys.path.insert(0, str(ROOT / "book" / "_ext"))
from citing import bibtex

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


@pytest.mark.book
def test_every_page_has_an_entry_with_a_key_of_its_own(html):
    keys = []
    for name in pages_in_toc(ROOT):
        text = (html / f"{name}.html").read_text(encoding="utf8")
        matches = re.findall(r"<summary>Cite this page</summary><pre>@misc\{([\w:-]+),", text)
        assert len(matches) == 1, name
        keys += matches
        assert "og:image" not in text, "without the book's address, a picture would have none either"
    assert len(set(keys)) == len(keys)
    assert {"one-bit-of-memory", "one-bit-of-memory:training", "one-bit-of-memory:exercises-unrolling"} <= set(keys)
