"""The first page and the playground: as wide as their figures, on one screen, and they know where a reader stopped."""

from __future__ import annotations

import gzip
import re

import pytest

from .test_pages import opened, served, visit

pytestmark = [pytest.mark.book, pytest.mark.browser]
MOST_BYTES = 400 * 1024     # of the first page with its style sheets and scripts, compressed


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
        page.wait_for_function("document.querySelector('h1 + p a').textContent === 'Start the course'")
        assert page.evaluate("localStorage.getItem('one-bit-of-memory: visits')") == "{}"


def test_the_first_page_is_small_and_leads_to_the_playground(html):
    page = html / "book" / "index.html"
    text = page.read_text(encoding="utf8")
    assert 'href="playground.html"' in text
    loaded = {page, *(page.parent / name.partition("?")[0] for name in re.findall(
        r'<(?:script|link)\b[^>]*\b(?:src|href)="([^":]+\.(?:js|css)[^"]*)"', text))}
    assert len(loaded) > 8
    assert sum(len(gzip.compress(path.read_bytes())) for path in loaded) < MOST_BYTES
