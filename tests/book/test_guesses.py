"""Questions that keep the reader's answer in the browser, show it next to the result, and can forget it."""

from __future__ import annotations

import re
import urllib.request
from html import unescape

import pytest

from .conftest import ROOT
from .test_pages import OTHER, opened, served, visit

pytestmark = [pytest.mark.book, pytest.mark.browser]
ASKED = re.compile(r"^:::\{guess\} (\S+)$", re.MULTILINE)
SHOWN = re.compile(r"^:::\{guessed\} (\S+)$", re.MULTILINE)


@pytest.fixture(scope="module")
def site(html):
    with served(html) as address:
        yield f"{address}/book"


def test_names_of_questions_are_unique_and_every_answer_has_a_question():
    text = "\n".join(page.read_text(encoding="utf8") for page in sorted((ROOT / "book").glob("*.md")))
    asked, shown = ASKED.findall(text), SHOWN.findall(text)
    assert len(asked) == len(set(asked)) > 15
    assert set(shown) <= set(asked)


def test_a_guess_in_the_first_chapter_is_shown_next_to_the_result_and_can_be_forgotten(browser, site):
    with opened(browser, 390, "light") as context:
        page, _ = visit(context, f"{site}/one-bit.html")
        place = page.locator("#guess-openai-fifty")
        question, choice = place.locator("p").first.inner_text(), place.locator("label").last.inner_text()
        place.get_by_role("radiogroup", name=question).get_by_text(choice).click()
        place.get_by_text("Kept in this browser").wait_for()
        page.close()

        page, _ = visit(context, f"{site}/the-experiment.html")
        said = [text for text in page.locator(".guessed").all_inner_texts() if text]
        assert said == [f"{question} You guessed: {choice}"]
        page.close()

        page, _ = visit(context, f"{site}/how-to-use.html")
        kept = page.locator(".guesses-kept")
        assert question in kept.inner_text()
        kept.get_by_role("link").click()
        page.wait_for_url(re.compile(r"one-bit\.html#guess-openai-fifty"))
        assert page.get_by_role("radio", name=choice).is_checked()
        page.go_back()
        page.get_by_role("button", name="Forget all").click()
        assert "not kept a guess" in kept.inner_text()
        page.close()

        page, _ = visit(context, f"{site}/the-experiment.html")
        assert not any(page.locator(".guessed").all_inner_texts())
        assert page.evaluate("localStorage.getItem('one-bit-of-memory: guesses')") == "{}"


@pytest.mark.slow
def test_an_answer_in_words_can_be_given_with_the_keyboard(browser, site):
    with opened(browser, 1280, "dark") as context:
        page, _ = visit(context, f"{site}/data.html")
        field = page.get_by_role("textbox").first
        field.focus()
        page.keyboard.type("<b>ten</b> to minus ten")
        page.keyboard.press("Enter")
        assert page.locator(".guessed").first.inner_text().endswith("? You guessed: <b>ten</b> to minus ten")
        page.reload()
        assert field.input_value() == "<b>ten</b> to minus ten"


def test_a_choice_gets_its_reply(browser, site):
    with opened(browser, 1280, "light") as context:
        page, _ = visit(context, f"{site}/data.html")
        question = page.locator("#guess-never-drawn")
        reply = question.get_by_role("status")
        question.get_by_role("radio").first.focus()
        page.keyboard.press("Space")
        assert reply.inner_text() == replies(site)[0]
        page.keyboard.press("ArrowDown")
        assert reply.inner_text() == replies(site)[1]


def replies(site) -> list[str]:
    """Return the replies to the question `never-drawn` as the built page has them."""
    with urllib.request.urlopen(f"{site}/data.html") as page:
        question = page.read().decode().partition('id="guess-never-drawn"')[2].partition("</details>")[0]
    return [unescape(re.sub(r"<[^>]*>", "", reply)) for reply in re.findall(r"<dd><p>(.*?)</p>", question)]


def test_without_javascript_the_page_shows_the_question_and_all_replies(browser, site):
    context = browser.new_context(java_script_enabled=False)
    context.route(OTHER, lambda route: route.abort())
    page = context.new_page()
    page.goto(f"{site}/data.html")
    question = page.locator("#guess-never-drawn")
    question.get_by_text("Answers").click()
    assert all(reply in question.inner_text() for reply in replies(site))
    context.close()
