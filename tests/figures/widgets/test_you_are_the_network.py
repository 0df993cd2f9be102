"""YouAreTheNetwork asks after each bit and ends after ten correct answers, or a wrong one, with all bits."""

import pytest

from parity_figures.widgets import YouAreTheNetwork
from tests.figures.widgets.static_page import button, click, count

pytestmark = pytest.mark.browser


def correct(bits: str) -> str:
    return "Odd" if bits.count("1") % 2 else "Even"


def check_end(page, bits: str) -> None:
    """Check that no more answers are possible and that each bit stands below the correct answer to it."""
    assert page.locator(".pw-stage li").all_inner_texts() == [
        f"{correct(bits[:t]).lower()}\n{bit}" for t, bit in enumerate(bits, 1)]
    for name in ("Even", "Odd"):
        assert button(page, name).get_attribute("aria-disabled") == "true"
        button(page, name).click(force=True)
    page.keyboard.press("o")
    assert page.locator(".pw-stage li").count() == len(bits)
    assert count(page) == ""


def test_ten_correct_answers_lead_to_the_question_what_was_remembered(show):
    page, bits = show(YouAreTheNetwork()), YouAreTheNetwork().bits
    for t in range(10):
        assert page.locator(".pw-arriving").inner_text() == bits[t]
        assert count(page) == f"bit {t + 1} of 10"
        assert page.locator(".pw-asked").is_hidden()
        click(page, correct(bits[:t + 1]))
    assert page.locator(".pw-told").inner_text().startswith("All 10 answers were correct.")
    check_end(page, bits[:10])
    page.get_by_role("button", name="One: whether the count so far is odd").click()
    assert "a 1 changes it" in page.locator(".pw-asked").inner_text()
    click(page, "Again")
    assert page.locator(".pw-asked").is_hidden()
    assert page.locator(".pw-arriving").inner_text() == bits[10]
    for t in range(10):
        click(page, correct(bits[10:11 + t]))
    assert page.locator(".pw-asked").is_visible()
    assert "a 1 changes it" not in page.locator(".pw-asked").inner_text()


def test_a_wrong_answer_shows_the_string_and_a_new_round_begins_with_the_next_bit(show):
    page, bits = show(YouAreTheNetwork()), YouAreTheNetwork().bits
    line = page.locator(".pw-told")
    assert f"The first bit is {bits[0]}" in line.inner_text()
    button(page, "Odd").focus()
    for t in range(3):
        page.keyboard.press(correct(bits[:t + 1])[0])       # the keys O and E
        assert line.inner_text() == f"Correct. Bit {t + 2} is {bits[t + 1]}."
    page.keyboard.press("Control+o")
    assert line.inner_text().startswith("Correct")
    click(page, "Even" if correct(bits[:4]) == "Odd" else "Odd")
    assert f"The bits were {bits[:4]}" in line.inner_text()
    assert page.locator(".pw-asked").is_hidden()
    assert page.evaluate("document.activeElement.textContent") == "Again"
    check_end(page, bits[:4])
    click(page, "Again")
    assert page.evaluate("document.activeElement.textContent") == "Even"
    assert page.locator(".pw-arriving").inner_text() == bits[4]
    assert count(page) == "bit 1 of 10"
    click(page, correct(bits[4]))
    assert line.inner_text().startswith("Correct")
