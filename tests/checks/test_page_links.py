"""Links from a message to the section of the book that it names."""

from pathlib import Path

import pytest

from parity_checks import page_links

BOOK = Path(__file__).resolve().parents[2] / "book"


@pytest.mark.parametrize("page", page_links.TITLES)
def test_messages_name_a_chapter_by_its_title(page):
    assert f"\n# {page_links.TITLES[page]}\n" in (BOOK / f"{page}.md").read_text(encoding="utf8")


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Provide a course folder with one page of the book, and work in the folder of an exercise."""
    for folder in ("book", "exercises/unrolling", "_build/html/book"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "book/packing.md").touch()
    monkeypatch.chdir(tmp_path / "exercises/unrolling")
    monkeypatch.delenv("PARITY_BOOK", raising=False)
    return tmp_path


def test_the_link_is_to_the_page_or_its_source_or_missing(course, monkeypatch):
    assert page_links.address("data", "#x") is None
    assert page_links.address("packing", "#the-mask") == "../../book/packing.md#the-mask"
    (course / "_build/html/book/packing.html").touch()
    assert page_links.address("packing", "") == "../../_build/html/book/packing.html"
    monkeypatch.setenv("PARITY_BOOK", "https://example.org/bits/")
    assert page_links.address("packing", "#the-mask") == "https://example.org/bits/book/packing.html#the-mask"
