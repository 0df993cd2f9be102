"""What a page fetches, where the keyboard stops in it, and what is left of it without JavaScript and on paper."""

from __future__ import annotations

import pytest

from .conftest import ROOT, pages_in_toc
from .test_pages import OTHER, opened, served, visit

pytestmark = [pytest.mark.book, pytest.mark.browser]

HOME, FORMULAS = "book/index", "book/unrolling"


@pytest.fixture(scope="module")
def site(html):
    with served(html) as address:
        yield address


def fetched(browser, address: str) -> list[str]:
    """The names of all files that a first visit fetches."""
    names = []
    with opened(browser, 1280, "light") as context:
        context.on("request", lambda request: names.append(request.url.partition("?")[0].rpartition("/")[2]))
        visit(context, address)
    return names


def test_no_page_draws_its_icons_twice(html):
    for name in pages_in_toc(ROOT):
        assert "fontawesome.js" not in (html / f"{name}.html").read_text(encoding="utf8"), name


def test_formulas_are_set_where_there_are_formulas_only(browser, site):
    home, unrolling = fetched(browser, f"{site}/{HOME}.html"), fetched(browser, f"{site}/{FORMULAS}.html")
    assert "startup.js" not in home
    assert "startup.js" in unrolling
    assert "menu.js" not in unrolling
    for names in (home, unrolling):
        assert "searchindex.js" not in names


def test_icons_are_drawn_all_the_same(browser, site):
    with opened(browser, 1280, "light") as context:
        page, _ = visit(context, f"{site}/{HOME}.html")
        fonts = page.evaluate("[...document.fonts].filter(font => font.status === 'loaded').map(font => font.family)")
        icon = page.locator(".theme-switch-button :is(svg, i):visible").first
        assert icon.bounding_box()["width"] > 8
    assert any("Font Awesome" in family for family in fonts)


def test_no_formula_stops_the_keyboard(browser, site):
    with opened(browser, 1280, "light") as context:
        page, _ = visit(context, f"{site}/{FORMULAS}.html")
        assert page.locator("mjx-container").count() > 100
        assert page.locator("mjx-container[tabindex='0'], mjx-container [tabindex='0']").count() == 0


def test_without_javascript_a_sentence_says_what_the_figure_shows(browser, site):
    context = browser.new_context(java_script_enabled=False)
    context.route(OTHER, lambda route: route.abort())
    page = context.new_page()
    page.goto(f"{site}/{HOME}.html")
    text = page.locator("article").inner_text()
    assert "reads the bits 10110 and says after each one: odd, odd, even, odd, odd" in text
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_paper_is_light_and_complete(browser, site, theme):
    with opened(browser, 1280, theme) as context:
        page, _ = visit(context, f"{site}/{FORMULAS}.html")
        closed = page.locator("details.sd-dropdown:not([open])").count()
        assert closed > 0
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        page.emulate_media(media="print")
        assert page.locator("details.sd-dropdown:not([open])").count() == 0
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert page.locator("pre").evaluate_all("all => all.every(one => one.scrollWidth <= one.clientWidth + 1)")
        page.emulate_media(media="screen")
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert page.locator("details.sd-dropdown:not([open])").count() == closed
        assert page.evaluate("document.documentElement.dataset.theme") == theme


DRAWN_ICONS = """() => {
  const font = [...document.fonts].find(one => one.family.includes("Awesome") && one.weight === "900");
  const icons = [];
  for (const element of document.querySelectorAll("*")) for (const side of ["::before", "::after"]) {
    const style = getComputedStyle(element, side), text = style.content.replace(/"/g, "");
    if (/^[\\ue000-\\uf8ff]$/.test(text) && style.fontFamily.includes("Awesome")) icons.push(text);
  }
  return [...new Set(icons)];
}"""


def test_the_cut_font_has_every_icon_that_pages_draw(browser, site, html):
    from fontTools.ttLib import TTFont

    folder = html / "_static" / "vendor" / "fontawesome" / "webfonts"
    has = {chr(code) for font in folder.glob("*.woff") for code in TTFont(font).getBestCmap() or ()}
    drawn = set()
    with opened(browser, 1280, "light") as context:
        for name in (HOME, FORMULAS, "book/playground", "book/packing"):
            page, _ = visit(context, f"{site}/{name}.html")
            drawn |= set(page.evaluate(DRAWN_ICONS))
    assert len(drawn) > 5
    assert drawn <= has
    assert sum(font.stat().st_size for font in folder.glob("*.woff")) < 20_000


def test_formulas_are_read_aloud_as_mathml(browser, site):
    with opened(browser, 1280, "light") as context:
        page, _ = visit(context, f"{site}/{FORMULAS}.html")
        formulas = page.locator("mjx-container").count()
        assert page.locator("mjx-container mjx-assistive-mml math").count() == formulas > 100
        assert page.locator("mjx-merror").count() == 0


SHIFTS = """() => {
  window.shift = 0;
  new PerformanceObserver(list => { for (const one of list.getEntries()) shift += one.value; })
    .observe({ type: "layout-shift", buffered: true });
}"""


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", [HOME, "book/playground"])
def test_nothing_moves_when_a_figure_comes_in(browser, site, name, width):
    with opened(browser, width, "light") as context:
        context.add_init_script(f"({SHIFTS})()")
        page, _ = visit(context, f"{site}/{name}.html")
        page.wait_for_selector(".widget-host[data-ready]")
        page.wait_for_timeout(500)
        assert page.evaluate("shift") < 0.02


def test_figures_of_one_kind_share_their_text(html):
    page = (html / "book" / "gates.html").read_text(encoding="utf8")
    assert page.count("application/vnd.jupyter.widget-view+json") == 3
    assert page.count("export default") == 1
