"""Questions that keep an answer: beside its result, on another page, in this browser alone, and erasable."""

from __future__ import annotations

import re

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


def test_each_question_has_a_name_of_its_own_and_each_answer_a_question():
    text = "\n".join(page.read_text(encoding="utf8") for page in sorted((ROOT / "book").glob("*.md")))
    asked, shown = ASKED.findall(text), SHOWN.findall(text)
    assert len(asked) == len(set(asked)) > 15
    assert set(shown) <= set(asked)


def test_a_guess_of_the_first_chapter_stands_beside_the_result_and_can_be_forgotten(browser, site):
    with opened(browser, 390, "light") as context:
        page, _ = visit(context, f"{site}/one-bit.html")
        page.get_by_role("radiogroup", name="How well does an LSTM learn").get_by_text("It stays a coin.").click()
        page.locator("#guess-openai-fifty").get_by_text("Kept in this browser").wait_for()
        page.close()

        page, _ = visit(context, f"{site}/the-experiment.html")
        question = "How well does an LSTM learn the strings of 50 bits, with the right answer given at the end only?"
        assert page.locator(".guessed").all_inner_texts() == [f"{question} You guessed: It stays a coin.", ""]
        page.close()

        page, _ = visit(context, f"{site}/how-to-use.html")
        kept = page.locator(".guesses-kept")
        assert "How well does an LSTM learn the strings of 50 bits" in kept.inner_text()
        kept.get_by_role("link").click()
        page.wait_for_url(re.compile(r"one-bit\.html#guess-openai-fifty"))
        assert page.get_by_role("radio", name="It stays a coin.").is_checked()
        page.go_back()
        page.get_by_role("button", name="Forget all").click()
        assert "not kept a guess" in kept.inner_text()
        page.close()

        page, _ = visit(context, f"{site}/the-experiment.html")
        assert page.locator(".guessed").all_inner_texts() == ["", ""]
        assert page.evaluate("localStorage.getItem('one-bit-of-memory: guesses')") == "{}"


def test_words_are_kept_by_keyboard_and_shown_at_once(browser, site):
    with opened(browser, 1280, "dark") as context:
        page, _ = visit(context, f"{site}/data.html")
        field = page.get_by_role("textbox", name="What share of all strings")
        field.focus()
        page.keyboard.type("<b>ten</b> to minus ten")
        page.keyboard.press("Enter")
        assert page.locator(".guessed").inner_text().endswith("as a power of ten? You guessed: <b>ten</b> to minus ten")
        page.reload()
        assert field.input_value() == "<b>ten</b> to minus ten"


def test_a_choice_is_answered_with_its_reason(browser, site):
    with opened(browser, 1280, "light") as context:
        page, _ = visit(context, f"{site}/data.html")
        question = page.get_by_role("radiogroup", name="You draw lengths")
        question.get_by_role("radio", name="1", exact=True).focus()
        page.keyboard.press("Space")
        assert question.get_by_role("status").inner_text() == "It does: the lower end is included."
        page.keyboard.press("ArrowDown")
        assert question.get_by_role("status").inner_text().startswith("Yes: the upper end is excluded")


def test_without_javascript_the_question_and_all_replies_are_there(browser, site):
    context = browser.new_context(java_script_enabled=False)
    context.route(OTHER, lambda route: route.abort())
    page = context.new_page()
    page.goto(f"{site}/data.html")
    question = page.locator("#guess-never-drawn")
    question.get_by_text("Answers").click()
    assert "the upper end is excluded" in question.inner_text()
    context.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_whatever_is_touched_is_large_enough(browser, site, width):
    with opened(browser, width, "light") as context:
        page, _ = visit(context, f"{site}/data.html")
        targets = page.locator(".guess :is(label, button, input[type=text])")
        assert targets.count() >= 5
        assert all(one.bounding_box()["height"] >= 44 for one in targets.all())
