"""Links from a message to the section of the book that it names."""

import re
from pathlib import Path

import pytest

from parity_checks import page_links

BOOK = Path(__file__).resolve().parents[2] / "book"
CHECKS = Path(page_links.__file__).parent


@pytest.mark.parametrize("page", page_links.TITLES)
def test_messages_name_a_chapter_by_its_title(page):
    assert f"\n# {page_links.TITLES[page]}\n" in (BOOK / f"{page}.md").read_text(encoding="utf8")


def test_messages_name_sections_by_their_titles():
    sections = {found for path in CHECKS.rglob("*.py")
                for found in re.findall(r'"([a-z-]+)#([A-Z][^"]+)"', path.read_text(encoding="utf8"))}
    sections -= {("gradient", page_links.TITLES["gradient"])}       # the title of the page
    assert len(sections) > 25
    texts = {page: (BOOK / f"{page}.md").read_text(encoding="utf8") for page, _ in sections}
    assert {title for page, title in sections if not re.search(rf"(?m)^#+ {re.escape(title)}$", texts[page])} == set()
