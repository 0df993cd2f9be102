"""What a citation, a term or a claim leads to opens in place: for a pointer, a keyboard and a finger, from a folder."""

from __future__ import annotations

import html as markup
import importlib.util
import re
from pathlib import Path

import pytest

from .conftest import ROOT
from .test_pages import OTHER, barriers, listing, opened, visit

pytestmark = [pytest.mark.book, pytest.mark.browser]

CITATION = 'article a[href*="bibliography.html#"]'
CLAIM = "article a:has(> .claim)"
TERM = "article a:has(> .std-term)"
PAGE = "book/training"          # has citations, claims and terms
OPEN = ".parity-note:popover-open"


def in_place():
    """The module of the build that writes the notes."""
    spec = importlib.util.spec_from_file_location("in_place", ROOT / "book/_ext/in_place.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def opened_page(context, html: Path, name: str = PAGE):
    """A page as it is opened from its folder, where it can fetch nothing."""
    page, _ = visit(context, (html / f"{name}.html").as_uri())
    return page


def test_a_pointer_opens_a_note_may_move_into_it_and_leaves_it(browser, html):
    with opened(browser, 1280, "light") as context:
        page = opened_page(context, html)
        link = page.locator(CLAIM).first
        assert page.locator(OPEN).count() == 0
        link.hover()
        assert page.locator(OPEN).count() == 0, "a pointer on its way over a link opens nothing"
        page.wait_for_selector(OPEN)
        page.locator(OPEN).hover()
        page.wait_for_timeout(600)
        assert page.locator(OPEN).count() == 1, "it stays while the pointer is in it"
        page.keyboard.press("Escape")
        assert page.locator(OPEN).count() == 0, "Escape closes it without a move of the pointer"
        page.mouse.move(2, 2)
        link.hover()
        page.wait_for_selector(OPEN)
        page.mouse.move(2, 2)
        page.wait_for_selector(OPEN, state="detached")


@pytest.mark.parametrize("kind", [CITATION, CLAIM, TERM])
def test_the_keyboard_opens_a_note_goes_into_it_and_escape_brings_the_focus_back(browser, html, kind):
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
        assert page.evaluate(f"document.activeElement.closest('{OPEN}') !== null"), "Tab goes on into the note"
        page.keyboard.press("Escape")
        assert page.locator(OPEN).count() == 0
        assert link.evaluate(at), "and Escape back to the link"
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('.parity-note') === null"), "a closed note is no stop"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_first_tap_opens_and_the_link_in_the_note_leads_on(browser, html, theme):
    with opened(browser, 390, theme) as context:
        page = opened_page(context, html)
        here = page.url
        link = page.locator(CLAIM).first
        link.tap()
        box = page.locator(OPEN).bounding_box()
        assert page.url == here
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        assert page.evaluate("document.scrollingElement.scrollWidth") == 390
        assert not barriers(page), listing({PAGE: barriers(page)})
        page.locator("article h1").tap()
        assert page.locator(OPEN).count() == 0, "a tap elsewhere closes it"
        link.tap()
        page.locator(f"{OPEN} .from a").tap()
        page.wait_for_url("**/evidence.html#claim-*")


def test_a_note_says_what_the_place_says_and_describes_its_link(browser, html):
    evidence = (html / "book/evidence.html").read_text(encoding="utf8")
    with opened(browser, 1280, "light") as context:
        page = opened_page(context, html)
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        for link in page.locator(CLAIM).all():
            name = link.get_attribute("href").partition("#")[2]
            said = re.search(rf'id="{name}">\s*<p><strong>(.*?)</strong></p>\s*<p>(.*?)</p>', evidence, re.DOTALL)
            link.focus()
            lines = page.locator(f"{OPEN} p").all_inner_texts()
            assert lines[0] == markup.unescape(said[1])
            assert markup.unescape(said[2]).startswith(lines[1].removesuffix(" …"))
            assert re.search(r"\d", lines[1])
            assert re.search(r"\d conditions? holds? on the results of parity \w+", lines[2])
            described = page.locator(f"#{link.get_attribute('aria-describedby')}")
            assert described.inner_text() == lines[0]
            assert link.get_attribute("title") is None
        page.locator(TERM).first.focus()
        assert page.locator(f"{OPEN} p").first.inner_text().startswith("hidden state: The vector that")
        page.locator(CITATION).first.focus()
        assert re.search(r"\b(19|20)\d\d\b", page.locator(f"{OPEN} p").first.inner_text())


def test_no_note_is_lost_and_none_makes_a_page_heavy(html):
    """Each place that a page names once has one note, and notes are a small part of what a page weighs."""
    for file in (html / "book").glob("*.html"):
        text = file.read_text(encoding="utf8")
        store = re.search(r'<div class="parity-notes" hidden>.*<!-- notes -->', text, re.DOTALL)
        named = set(re.findall(r'<a class="reference internal" href="(?:bibliography|evidence|glossary)\.html#'
                               r'((?:id\d|term-|claim-)[^"]*)"', text.replace(store[0] if store else "", "")))
        noted = re.findall(r'<p id="note-([^"]+)">', store[0] if store else "")
        assert sorted(noted) == sorted(named), file.name
        weight = len(store[0].encode()) if store else 0
        assert weight <= max(0.05 * len(text.encode()), 4096), f"{file.name}: {weight} bytes of notes"


def test_without_javascript_links_lead_on(browser, html):
    context = browser.new_context(java_script_enabled=False)
    context.route(OTHER, lambda route: route.abort())
    page = context.new_page()
    page.goto((html / f"{PAGE}.html").as_uri())
    assert not page.locator(".parity-note").first.is_visible()
    page.locator(CLAIM).first.click()
    page.wait_for_url("**/evidence.html#claim-*")
    context.close()


def test_a_place_that_was_led_to_is_marked_and_leads_back(browser, html):
    with opened(browser, 1280, "light") as context:
        page = opened_page(context, html)
        address = page.locator(CLAIM).first.evaluate("link => link.href")
        name = address.partition("#")[2]
        page.goto(address)
        entry, other = page.locator(f"#{name}"), page.locator(".evidence:not(:target)").first
        words = "entry => getComputedStyle(entry, '::before').content"
        bar = "entry => parseFloat(getComputedStyle(entry).borderLeftWidth)"
        assert "followed" in entry.evaluate(words)
        assert other.evaluate(words) == "none"
        assert entry.evaluate(bar) > other.evaluate(bar)
        back = entry.locator(".claimed a")
        assert "5 Training" in back.all_inner_texts()
        back.filter(has_text="5 Training").click()
        page.wait_for_url(f"**/training.html#says-{name.removeprefix('claim-')}")
        assert page.locator(".claim:target").evaluate("words => getComputedStyle(words).outlineStyle") == "solid"


def test_every_claim_leads_back_to_all_its_places(html):
    evidence = (html / "book/evidence.html").read_text(encoding="utf8")
    back = set(re.findall(r'<a href="([\w-]+)\.html#(says-[a-z0-9-]+)">', evidence))
    made = {(file.stem, place) for file in (html / "book").glob("*.html")
            for place in re.findall(r'<span class="claim" id="([^"]+)">', file.read_text(encoding="utf8"))}
    assert back == made
    assert len(made) > 100


# What the build does to a page, apart from a book.

EVIDENCE_PAGE = """<div class="evidence" id="claim-a-b">
<p><strong>It works.</strong></p>
<p>2 of 2 seeds; {figures}</p>
<details><summary>1 condition, each tested by itself</summary><ul><li>x</li></ul></details>
<p><small><code>a-b</code> holds on <code>r.json</code>, made by <code>parity experiment r</code></small></p>
</div>"""
CHAPTER = "".join([
    '<body><h1><span class="section-number">3. </span>Three<a class="headerlink" href="#three">#</a></h1>',
    *[f'<a class="reference internal" href="evidence.html#claim-a-b"><span class="claim" id="{place}">words</span></a>'
      for place in ("says-a-b", "says-a-b--2")], "</body>"])


def test_notes_are_written_once_and_a_second_build_changes_nothing():
    module = in_place()
    pages = {module.EVIDENCE: f"<body>{EVIDENCE_PAGE.format(figures='and so on')}</body>", "book/three.html": CHAPTER,
             "deep/down/page.html": CHAPTER.replace("evidence.html", "../../book/evidence.html")}
    first = module.with_places(pages)
    assert first["book/three.html"].count('class="parity-note"') == 1
    assert first["deep/down/page.html"].count('class="parity-note"') == 1
    assert ('<p class="claimed">Claimed in <a href="three.html#says-a-b">3 Three</a>, '
            '<a href="three.html#says-a-b--2">again</a>') in first[module.EVIDENCE]
    assert module.with_places(first) == first


def test_a_note_leads_on_from_whichever_page_it_stands_in():
    module = in_place()
    text = '<a href="bibliography.html#id3">x</a> <a href="#term-a">y</a> <a href="https://example.org/#z">z</a>'
    assert module.moved(text, module.GLOSSARY, "book/three.html") == text.replace("#term", "glossary.html#term")
    assert module.moved(text, module.GLOSSARY, "deep/down/page.html") == (
        '<a href="../../book/bibliography.html#id3">x</a> <a href="../../book/glossary.html#term-a">y</a> '
        '<a href="https://example.org/#z">z</a>')


def test_long_figures_end_where_one_of_them_does():
    module = in_place()
    text = "; ".join(f"net {number} &amp; more: 20 of 20 seeds" for number in range(30))
    short = module.shortened(text)
    assert short.endswith("seeds …")
    assert len(markup.unescape(short)) <= module.MOST_FIGURES + 2
    assert "&amp;" in short
    assert module.shortened("20 of 20 seeds.") == "20 of 20 seeds."


def test_a_link_without_an_entry_gets_no_note():
    module = in_place()
    assert "parity-note" not in module.with_places({"book/three.html": CHAPTER})["book/three.html"]
