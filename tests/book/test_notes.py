"""Notes that open next to citations, terms and claims: with a pointer, a keyboard and a finger, from a folder."""

from __future__ import annotations

import html as markup
import json
import re
from pathlib import Path

import pytest

from .test_pages import barriers, listing, opened, visit

pytestmark = [pytest.mark.book, pytest.mark.browser]

CITATION = 'article a[href*="bibliography.html#"]'
CLAIM = "article a:has(> .claim)"
TERM = "article a:has(> .std-term)"
PAGE = "book/training"          # has citations, claims and terms
OPEN = ".parity-note:popover-open"


def opened_page(context, html: Path, name: str = PAGE):
    """Open a page from its folder, where it can fetch nothing."""
    page, _ = visit(context, (html / f"{name}.html").as_uri())
    return page


def test_a_pointer_opens_a_note_and_may_move_into_it(browser, html):
    with opened(browser, 1280, "light") as context:
        page = opened_page(context, html)
        link = page.locator(CLAIM).first
        assert page.locator(OPEN).count() == 0
        link.hover()
        assert page.locator(OPEN).count() == 0, "a note opened although the pointer only passed over the link"
        page.wait_for_selector(OPEN)
        page.locator(OPEN).hover()
        page.wait_for_timeout(600)
        assert page.locator(OPEN).count() == 1, "the note closed although the pointer was in it"
        page.keyboard.press("Escape")
        assert page.locator(OPEN).count() == 0, "Escape did not close the note"
        page.mouse.move(2, 2)
        link.hover()
        page.wait_for_selector(OPEN)
        page.mouse.move(2, 2)
        page.wait_for_selector(OPEN, state="detached")


@pytest.mark.parametrize("kind", [CITATION, CLAIM, TERM])
def test_the_keyboard_opens_a_note_and_escape_brings_the_focus_back(browser, html, kind):
    with opened(browser, 1280, "light") as context:
        page = opened_page(context, html)
        link = page.locator(kind).first
        at = "link => document.activeElement === link"

        def come_from_before() -> None:
            link.focus()
            page.keyboard.press("Shift+Tab")
            for _ in range(4):      # the link before may have a note, and that may have links
                page.keyboard.press("Tab")
                if link.evaluate(at):
                    return

        come_from_before()
        assert link.evaluate(at)
        assert page.locator(OPEN).count() == 1
        page.keyboard.press("Escape")
        assert page.locator(OPEN).count() == 0
        assert link.evaluate(at)
        come_from_before()
        page.keyboard.press("Tab")
        assert page.evaluate(f"document.activeElement.closest('{OPEN}') !== null"), "Tab did not lead into the note"
        page.keyboard.press("Escape")
        assert page.locator(OPEN).count() == 0
        assert link.evaluate(at), "Escape did not lead back to the link"
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('.parity-note') === null"), "Tab stopped in a closed note"


def test_the_first_tap_opens_a_note_whose_own_link_leads_on(browser, html):
    with opened(browser, 390, "dark") as context:
        page = opened_page(context, html)
        here = page.url
        link = page.locator(CLAIM).first
        link.tap()
        assert page.url == here
        assert page.evaluate("document.scrollingElement.scrollWidth") == 390
        assert (problems := barriers(page, within=OPEN)) == [], listing({PAGE: problems})
        page.locator("article h1").tap()
        assert page.locator(OPEN).count() == 0, "a tap outside of the note did not close it"
        link.tap()
        page.locator(f"{OPEN} .from a").tap()
        page.wait_for_url("**/evidence.html#claim-*")


def test_a_note_shows_the_entry_and_describes_its_link(browser, html):
    evidence = (html / "book/evidence.html").read_text(encoding="utf8")
    with opened(browser, 1280, "light") as context:
        page = opened_page(context, html)
        page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })")
        for link in page.locator(CLAIM).all():
            name = link.get_attribute("href").partition("#")[2]
            said = re.search(rf'id="{name}">\s*<p><strong>(.*?)</strong></p>\s*<p>(.*?)</p>', evidence, re.DOTALL)
            link.focus()
            lines = page.locator(f"{OPEN} p").all_inner_texts()
            assert lines[0] == markup.unescape(said[1])
            assert lines[1] == markup.unescape(said[2])
            assert re.search(r"\d", lines[1])
            described = page.locator(f"#{link.get_attribute('aria-describedby')}")
            assert described.inner_text() == lines[0]
            assert link.get_attribute("title") is None
        page.locator(TERM).first.focus()
        assert page.locator(f"{OPEN} p").first.inner_text().startswith("learning rate: ")
        page.locator(CITATION).first.focus()
        assert re.search(r"\b(19|20)\d\d\b", page.locator(f"{OPEN} p").first.inner_text())


def test_every_citation_term_and_claim_has_a_note(html):
    script = (html / "_static/notes-data.js").read_text(encoding="utf8")
    notes = json.loads(script.removeprefix("globalThis.parityNotes = ").removesuffix(";\n"))
    for file in (html / "book").glob("*.html"):
        named = set(re.findall(r'<a class="reference internal" href="((?:bibliography|evidence|glossary)\.html#'
                               r'(?:id\d|term-|claim-)[^"]*)"', file.read_text(encoding="utf8")))
        assert named <= set(notes), file.name
    assert not [note for note in notes.values() if re.search(r' (?:id|title)="', note)]
    assert len(script.encode()) < 150_000, "every page loads all notes"


def test_every_claim_leads_back_to_all_its_places(html):
    evidence = (html / "book/evidence.html").read_text(encoding="utf8")
    back = set(re.findall(r'<a href="([\w-]+)\.html#(says-[a-z0-9-]+)">', evidence))
    made = {(file.stem, place) for file in (html / "book").glob("*.html")
            for place in re.findall(r'<span class="claim" id="([^"]+)">', file.read_text(encoding="utf8"))}
    assert back == made
    assert len(made) > 100
