"""The first page and the playground: as wide as their figures, on one screen, and they know where a reader stopped."""

from __future__ import annotations

import gzip
import re
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from .test_pages import opened, served, visit

pytestmark = [pytest.mark.book, pytest.mark.browser]
MOST_BYTES = 400 * 1024     # of the first page with its style sheets and scripts, compressed
# The letters in each full line of the paragraphs without formulas.
LETTERS = """() => [...document.querySelectorAll("article section > p:not(:has(math))")].flatMap((p) => {
  const lines = new Map(), range = document.createRange(), texts = document.createTreeWalker(p, NodeFilter.SHOW_TEXT);
  for (let text; (text = texts.nextNode());)
    for (let i = 0; i < text.length; i++) {
      range.setStart(text, i);
      range.setEnd(text, i + 1);
      const { width, top, height } = range.getBoundingClientRect(), line = Math.round((top + height / 2) / 20);
      if (width) lines.set(line, (lines.get(line) ?? 0) + 1);
    }
  return [...lines.values()].slice(0, -1);
})"""
# The number of formulas whose comma or full stop is in the next line.
APART = """() => [...document.querySelectorAll("article span.math")].filter((formula) => {
  const range = document.createRange(), after = formula.lastChild.data ? formula.lastChild : formula.nextSibling;
  if (!/^[.,;:?)]/.test(after?.data ?? "")) return false;
  range.setStart(after, 0);
  range.setEnd(after, 1);
  return range.getBoundingClientRect().top > formula.querySelector("math").getBoundingClientRect().bottom - 3;
}).length"""


@pytest.fixture(scope="module")
def site(html):
    with served(html) as address:
        yield f"{address}/book"


def ready(context, address: str):
    page, wrong = visit(context, address)
    page.wait_for_selector(".widget-host[data-ready]")
    assert wrong == []
    return page


def test_on_a_phone_the_output_is_visible_while_the_reader_taps_the_bits(browser, site):
    with opened(browser, 390, "light") as context:
        page = ready(context, f"{site}/index.html")
        page.set_viewport_size({"width": 390, "height": 664})       # what the bars of a browser leave of 844
        plot = page.locator(".pw-output")
        zero, one = (page.get_by_role("button", name=bit, exact=True) for bit in "01")
        one.tap()
        for _ in range(13):
            zero.tap()
        assert page.evaluate("scrollY") == 0
        box = plot.bounding_box()
        assert box["y"] + box["height"] <= min(zero.bounding_box()["y"], one.bounding_box()["y"]) < 664 - 44
        corners = [(box["x"] + dx, box["y"] + dy) for dx in (2, box["width"] - 2) for dy in (2, box["height"] - 2)]
        assert page.evaluate(
            "corners => corners.every(([x, y]) => document.elementFromPoint(x, y).closest('.pw-output'))", corners)
        assert plot.locator(".pw-times").first.text_content() == "wrong at bit 14: even ✗"
        one.tap()       # the bits stay alive
        assert "No. 1 broke at bit 14." in page.locator(".pw-told").inner_text()


@pytest.mark.parametrize("name", ["index", "playground"])
def test_in_a_wide_window_the_figure_needs_no_scrolling_and_the_sidebar_opens_on_demand(browser, site, name):
    with opened(browser, 1280, "light") as context:
        page = ready(context, f"{site}/{name}.html")
        page.set_viewport_size({"width": 1280, "height": 800})
        box, sidebar = page.locator(".parity-widget").bounding_box(), page.locator("#pst-primary-sidebar")
        assert box["width"] >= 1000
        assert box["y"] + box["height"] <= 810      # its border may lie below the screen
        assert not sidebar.is_visible()
        assert page.get_by_role("button", name="Search").is_visible()
        page.locator(".primary-toggle").click()
        assert sidebar.get_by_role("link", name="Glossary").is_visible()


def test_the_first_page_leads_to_where_the_reader_stopped_until_it_forgets(browser, site):
    with opened(browser, 1280, "light") as context:
        page = ready(context, f"{site}/index.html")
        start = page.locator("h1 + p a")
        assert (start.inner_text(), page.locator(".visited").count()) == ("Start the course", 0)
        page.goto(f"{site}/gates.html#the-lstm-gate-by-gate")
        page.goto(f"{site}/index.html")
        assert start.inner_text() == "Continue with “Gates”"
        assert start.get_attribute("href").endswith("gates.html#the-lstm-gate-by-gate")
        assert page.locator(".visited").count() == 1
        page.goto(f"{site}/gates.html")
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        page.goto(f"{site}/glossary.html")      # no chapter
        page.goto(f"{site}/index.html")
        assert start.inner_text() == "Continue with “A network that writes”"
        page.get_by_role("button", name="Forget which chapters").click()
        expect(start).to_have_text("Start the course")      # after the page has loaded again
        assert page.evaluate("localStorage.getItem('one-bit-of-memory: visits')") == "{}"


def test_the_first_page_is_small_and_leads_to_the_playground(browser, site, html):
    with opened(browser, 1280, "light") as context:
        page = ready(context, f"{site}/index.html")
        assert page.get_by_role("link", name="Playground").first.get_attribute("href").endswith("playground.html")
        loaded = page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")
    paths = {html / urlsplit(address).path.lstrip("/") for address in [f"{site}/index.html", *loaded]
             if address.startswith(site.removesuffix("/book"))}
    assert {path.suffix for path in paths} >= {".html", ".css", ".js", ".woff2"}
    assert sum(len(gzip.compress(path.read_bytes())) for path in paths) < MOST_BYTES


def test_lines_have_65_to_75_letters_and_a_comma_stays_with_its_formula(browser, site):
    with opened(browser, 1280, "light") as context:
        page, _ = visit(context, f"{site}/gates.html")
        letters = sorted(page.evaluate(LETTERS))
        assert 65 <= letters[len(letters) // 2] <= 75
        for width in (1280, 390, 360):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(APART) == 0


def test_on_paper_folded_code_is_visible(browser, site):
    with opened(browser, 1280, "light") as context:
        page, _ = visit(context, f"{site}/gates.html")
        folded = page.locator("details.above-input").first
        code = folded.locator("pre").text_content().split("\n")[-2]
        assert not folded.locator("pre").is_visible()
        text = "".join(sheet.extract_text() for sheet in PdfReader(BytesIO(page.pdf())).pages)
        assert re.sub(r"\s", "", code) in re.sub(r"\s", "", text)
