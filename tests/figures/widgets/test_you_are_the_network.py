"""YouAreTheNetwork asks after each bit, counts correct answers, ends a round after a wrong one, and explains."""

import pytest

from parity_figures.widgets import YouAreTheNetwork
from tests.figures.widgets.static_page import button, click, count

pytestmark = pytest.mark.browser


def answer(page, bits: str) -> None:
    """Give the correct answer to the bits so far."""
    click(page, "Odd" if bits.count("1") % 2 else "Even")


def test_ten_correct_answers_lead_to_the_question_what_was_remembered(show):
    page, bits = show(YouAreTheNetwork()), YouAreTheNetwork().bits
    for t in range(10):
        assert page.locator(".pw-arriving").inner_text() == bits[t]
        assert page.locator(".pw-asked").is_hidden()
        answer(page, bits[:t + 1])
    assert "10 correct in a row" in count(page)
    page.get_by_role("button", name="One: whether the count so far is odd").click()
    assert "a 1 changes it" in page.locator(".pw-asked").inner_text()
    click(page, "Even" if bits[:11].count("1") % 2 else "Odd")
    assert page.locator(".pw-asked").is_hidden()


def test_a_wrong_answer_shows_the_string_and_a_new_round_begins_with_the_next_bit(show):
    page, bits = show(YouAreTheNetwork()), YouAreTheNetwork().bits
    line = page.locator(".pw-told")
    assert f"The first bit is {bits[0]}" in line.inner_text()
    for t in range(3):
        answer(page, bits[:t + 1])
        assert line.inner_text() == f"Correct. Bit {t + 2} is {bits[t + 1]}."
    click(page, "Even" if bits[:4].count("1") % 2 else "Odd")
    assert f"The bits were {bits[:4]}" in line.inner_text()
    assert button(page, "Odd").get_attribute("aria-disabled") == "true"
    page.keyboard.press("Enter")       # the focus is on "Again"
    assert page.locator(".pw-arriving").inner_text() == bits[4]
    assert "0 correct in a row, best so far 3" in count(page)
    answer(page, bits[4])
    assert line.inner_text().startswith("Correct")
