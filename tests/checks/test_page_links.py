"""Links from a message to the section of the book that it names."""

from pathlib import Path

import pytest

from parity_checks import page_links

BOOK = Path(__file__).resolve().parents[2] / "book"


@pytest.mark.parametrize("page", page_links.TITLES)
def test_messages_name_a_chapter_by_its_title(page):
    assert f"\n# {page_links.TITLES[page]}\n" in (BOOK / f"{page}.md").read_text(encoding="utf8")
