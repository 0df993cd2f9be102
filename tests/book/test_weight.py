"""What a page loads, where the keyboard stops in it, what moves, and what remains without JavaScript and on paper."""

from __future__ import annotations

import re
import time
from html import unescape

import pytest
from fontTools.ttLib import TTFont

from .conftest import ROOT, pages_in_toc
from .test_pages import OTHER, opened, served, visit

pytestmark = [pytest.mark.book, pytest.mark.browser]

HOME, FORMULAS = "book/index", "book/unrolling"
# Pages with figures or formulas on the first screen, or a table whose columns are as wide as their formulas.
FORMULA = re.compile(r"<math.*?</math>", re.DOTALL)
MOVED = [HOME, *(f"book/{name}" for name in ("playground", "notation", "packing", "gradient", "gates", "the-experiment",
                                             "what-did-it-learn"))]


@pytest.fixture(scope="module")
def site(html):
    with served(html) as address:
        yield address


@pytest.mark.slow
def test_without_javascript_each_figure_is_a_picture_and_a_sentence(browser, site, html):
    context = browser.new_context(java_script_enabled=False)
    context.route(OTHER, lambda route: route.abort())
    page, seen = context.new_page(), 0
    for name in pages_in_toc(ROOT):
        text = (html / f"{name}.html").read_text(encoding="utf8")
        views = text.count('"application/vnd.jupyter.widget-view+json"')
        if views == 0:
            continue
        page.goto(f"{site}/{name}.html")
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            figures = page.locator("figure.parity-still:visible")
            assert figures.count() == views, name
            seen += sum(stands_for_the_figure(figure, width) for figure in figures.all())
            assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
    assert seen == 6     # three figures, at both widths


def stands_for_the_figure(figure, width: int) -> bool:
    """Check a still figure, and return whether it has a picture: a widget may have its sentence only."""
    opening, _, said = figure.locator("figcaption").inner_text().partition("] ")
    assert opening == "[An interactive figure, which needs JavaScript."
    assert said.endswith(".")
    image = figure.locator("img")
    if image.count() == 0:
        return False
    image.scroll_into_view_if_needed()
    assert image.get_attribute("alt") == said
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    assert image.bounding_box()["width"] > 200
    # On a phone, a wide drawing scrolls in its own box, so that its letters stay large enough.
    box = (figure if width == 390 else image).bounding_box()
    assert box["x"] + box["width"] <= width
    return True


def test_paper_is_light_and_complete(browser, site):
    with opened(browser, 1280, "dark") as context:
        page, _ = visit(context, f"{site}/{FORMULAS}.html")
        closed = page.locator("details.sd-dropdown:not([open])").count()
        assert closed > 0
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        page.emulate_media(media="print")
        assert page.locator("details.sd-dropdown:not([open])").count() == 0
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert page.locator("pre").evaluate_all("all => all.every(pre => pre.scrollWidth <= pre.clientWidth + 1)")
        page.emulate_media(media="screen")
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert page.locator("details.sd-dropdown:not([open])").count() == closed
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_the_keyboard_stops_at_a_formula_only_if_it_scrolls(browser, site):
    stops = "all => all.filter(box => box.tabIndex === 0).length"
    scroll = "all => all.filter(box => box.scrollWidth > box.clientWidth + 1).length"
    for width in (1280, 390):
        with opened(browser, width, "light") as context:
            page, _ = visit(context, f"{site}/{FORMULAS}.html")
            formulas = page.locator(".parity-formula")
            assert formulas.evaluate_all(stops) == formulas.evaluate_all(scroll)
            assert (formulas.evaluate_all(scroll) > 0) == (width == 390)


def test_the_font_of_formulas_has_every_character_of_them(html):
    font = TTFont(ROOT / "book/_ext/formulas.woff")
    pages = "".join((html / f"{name}.html").read_text(encoding="utf8") for name in pages_in_toc(ROOT))
    used = {letter for formula in FORMULA.findall(pages) for letter in unescape(re.sub("<[^>]*>", "", formula))}
    assert len(used) > 60
    assert not {letter for letter in used if ord(letter) not in font.getBestCmap() and not letter.isspace()}


SHIFTS = """() => {
  window.shift = 0;
  new PerformanceObserver(list => { for (const entry of list.getEntries()) shift += entry.value; })
    .observe({ type: "layout-shift", buffered: true });
}"""


@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_moves_when_formulas_and_figures_come_in(browser, site, width):
    """The style sheet of formulas loads late, as on a slow connection."""
    moved = {}
    with opened(browser, width, "light") as context:
        context.add_init_script(f"({SHIFTS})()")
        context.route("**/formulas.css*", later)
        for name in MOVED:
            page, _ = visit(context, f"{site}/{name}.html")
            if page.locator(".widget-host").count():
                page.wait_for_selector(".widget-host[data-ready]")
            page.wait_for_timeout(500)
            moved[name] = page.evaluate("shift")
            page.close()
    assert {name: shift for name, shift in moved.items() if shift >= 0.02} == {}


def later(route) -> None:
    time.sleep(0.3)
    route.continue_()
