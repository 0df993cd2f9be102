"""What a page loads, where the keyboard stops in it, what moves, and what remains without JavaScript and on paper."""

from __future__ import annotations

import time

import pytest

from .conftest import ROOT, pages_in_toc
from .test_pages import OTHER, opened, served, visit

pytestmark = [pytest.mark.book, pytest.mark.browser]

HOME, FORMULAS = "book/index", "book/unrolling"
# Pages with figures or formulas on the first screen, or a table whose columns are as wide as their formulas.
MOVED = [HOME, *(f"book/{name}" for name in ("playground", "notation", "gates", "do-gates-help", "the-experiment"))]


@pytest.fixture(scope="module")
def site(html):
    with served(html) as address:
        yield address


def fetched(browser, address: str) -> list[str]:
    """Return the names of all files that a first visit loads."""
    names = []
    with opened(browser, 1280, "light") as context:
        context.on("request", lambda request: names.append(request.url.partition("?")[0].rpartition("/")[2]))
        visit(context, address)
    return names


def test_only_pages_with_formulas_load_mathjax_and_none_draws_icons_again(browser, site):
    home, unrolling = fetched(browser, f"{site}/{HOME}.html"), fetched(browser, f"{site}/{FORMULAS}.html")
    assert "startup.js" not in home
    assert not [name for name in home if name.startswith("book-index")], "a still picture"
    assert "startup.js" in unrolling
    assert "menu.js" not in unrolling
    for names in (home, unrolling):
        assert not {"searchindex.js", "fontawesome.js"} & set(names)


def test_icons_are_drawn_from_a_font(browser, site):
    with opened(browser, 1280, "light") as context:
        page, _ = visit(context, f"{site}/{HOME}.html")
        fonts = page.evaluate("[...document.fonts].filter(font => font.status === 'loaded').map(font => font.family)")
        icon = page.locator(".theme-switch-button :is(svg, i):visible").first
        assert icon.bounding_box()["width"] > 8
    assert any("Font Awesome" in family for family in fonts)


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
    assert seen >= 14


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


def test_formulas_are_read_aloud_as_mathml_and_the_keyboard_does_not_stop_at_them(browser, site):
    with opened(browser, 1280, "light") as context:
        page, _ = visit(context, f"{site}/{FORMULAS}.html")
        formulas = page.locator("mjx-container").count()
        assert page.locator("mjx-container mjx-assistive-mml math").count() == formulas > 100
        assert page.locator("mjx-merror").count() == 0
        assert page.locator("mjx-container[tabindex='0'], mjx-container [tabindex='0']").count() == 0


SHIFTS = """() => {
  window.shift = 0;
  new PerformanceObserver(list => { for (const entry of list.getEntries()) shift += entry.value; })
    .observe({ type: "layout-shift", buffered: true });
}"""


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_moves_when_formulas_and_figures_come_in(browser, site, width):
    """MathJax loads late, as on a slow connection: after the first paint of the page."""
    moved = {}
    with opened(browser, width, "light") as context:
        context.add_init_script(f"({SHIFTS})()")
        context.route("**/mathjax/startup.js*", later)
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
