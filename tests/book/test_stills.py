"""In a wide window, the drawing of the first chapter changes with the text; elsewhere its stills stand in the text."""

from __future__ import annotations

import pytest

from .test_pages import barriers, opened, visit

pytestmark = [pytest.mark.book, pytest.mark.browser]

SHOWN = "(document.querySelector('.stage svg')?.getAttribute('aria-label') ?? '')"
IN_VIEW = """(({ top, bottom, right }) => top >= 0 && bottom <= innerHeight && right <= innerWidth)(
  document.querySelector(".stage svg").getBoundingClientRect())"""
DRAWN = "all => all.filter((still) => still.querySelector('.parity-figure').offsetHeight > 100).length"
CONTENTS = "document.querySelector('.sidebar-secondary-item').getBoundingClientRect().toJSON()"
TO_THE_MIDDLE = """(still) =>
  scrollBy({ top: still.getBoundingClientRect().top - innerHeight * 0.49, behavior: "instant" })"""


@pytest.fixture(scope="module")
def chapter(html):
    return (html / "book/one-bit.html").as_uri()


def test_the_stage_shows_the_last_still_that_the_reader_has_come_to(browser, chapter):
    with opened(browser, 1280, "light") as context:
        page, wrong = visit(context, chapter)
        stills = page.locator(".still")
        assert (page.evaluate(SHOWN), stills.evaluate_all(DRAWN)) == ("", 0)
        contents = page.evaluate(CONTENTS)
        for still in [*stills.all(), *reversed(stills.all())]:
            still.evaluate(TO_THE_MIDDLE)
            label = still.locator("svg").get_attribute("aria-label")
            page.wait_for_function(f"(label) => {SHOWN} === label && {IN_VIEW}", arg=label)
            assert page.locator(".stage p").text_content() in still.locator("figcaption").text_content()
            assert page.evaluate(CONTENTS) == contents      # the drawing does not move them
        assert barriers(page, within=".stage") == []
        for link in page.locator("a[href='#fig-all-at-once'] .std-numref").all():    # shows the figure that it names
            link.click()
            label = page.locator("#fig-all-at-once svg").get_attribute("aria-label")
            page.wait_for_function(f"(label) => {SHOWN} === label && {IN_VIEW}", arg=label)
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        page.wait_for_function(f"{SHOWN} === ''")
    assert wrong == []


def test_the_stills_stand_in_the_text_on_paper_in_small_windows_and_without_javascript(browser, chapter):
    with opened(browser, 1280, "light") as context:
        page, _ = visit(context, chapter)
        for width, height in ((1280, 500), (1150, 900), (390, 844)):
            page.set_viewport_size({"width": width, "height": height})
            assert page.locator(".still").evaluate_all(DRAWN) == 4
            assert not page.locator(".stage").is_visible()
        page.set_viewport_size({"width": 1280, "height": 900})
        page.emulate_media(media="print")
        assert page.locator(".still").evaluate_all(DRAWN) == 4
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(chapter)
    assert [still.locator("svg").bounding_box()["height"] > 100 for still in page.locator(".still").all()] == [True] * 4
    context.close()
