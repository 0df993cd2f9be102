"""YouAreTheNetwork asks after each bit and ends after ten answers with all bits and the mistakes among the answers."""

import pytest

from parity_figures.widgets import YouAreTheNetwork
from tests.figures.widgets.static_page import button, click, count

pytestmark = pytest.mark.browser


def correct(bits: str) -> str:
    return "Odd" if bits.count("1") % 2 else "Even"


def check_end(page, bits: str, mistakes: set[int] = frozenset()) -> None:
    """Check that no more answers are possible, and that each bit has its correct answer, and the mistake if any."""
    answers = [correct(bits[:t]).lower() for t in range(1, len(bits) + 1)]
    assert page.locator(".pw-stage li").all_inner_texts() == [
        f"{answer}\n{bit}" + (f"\nyou: {'odd' if answer == 'even' else 'even'} ✗" if t in mistakes else "")
        for t, (answer, bit) in enumerate(zip(answers, bits, strict=True))]
    for name in ("Even", "Odd"):
        assert button(page, name).get_attribute("aria-disabled") == "true"
        button(page, name).click(force=True)
    assert page.locator(".pw-stage li").count() == len(bits)
    assert count(page) == ""


def test_ten_correct_answers_lead_to_the_question_what_was_remembered(show):
    page, bits = show(YouAreTheNetwork()), YouAreTheNetwork().bits
    for t in range(10):
        assert page.locator(".pw-arriving").inner_text() == bits[t]
        assert count(page) == f"bit {t + 1} of 10"
        assert page.locator(".pw-asked").is_hidden()
        click(page, correct(bits[:t + 1]))
    assert page.locator(".pw-told").inner_text().startswith("You answered 10 of the 10 questions correctly.")
    check_end(page, bits[:10])
    chosen = page.locator(".pw-asked [aria-pressed=true]")
    for memory, reply in (("All of them", "nobody does"), ("One: whether the count so far is odd", "a 1 changes it")):
        click(page, memory)
        assert chosen.all_inner_texts() == [memory]
        assert reply in page.locator(".pw-asked").inner_text()
    click(page, "Again")
    assert chosen.count() == 0
    assert page.locator(".pw-asked").is_hidden()
    assert page.locator(".pw-arriving").inner_text() == bits[10]
    for t in range(10):
        click(page, correct(bits[10:11 + t]))
    assert page.locator(".pw-asked").is_visible()
    assert "a 1 changes it" not in page.locator(".pw-asked").inner_text()


def test_the_round_goes_on_after_a_mistake_and_ends_with_the_mistake_and_the_question(show):
    page, bits = show(YouAreTheNetwork()), YouAreTheNetwork().bits
    line = page.locator(".pw-told")
    assert f"The first bit is {bits[0]}" in line.inner_text()
    for t in range(3):
        button(page, correct(bits[:t + 1])).focus()
        page.keyboard.press("Enter")
        assert line.inner_text() == f"Correct. Bit {t + 2} is {bits[t + 1]}."
    click(page, "Even" if correct(bits[:4]) == "Odd" else "Odd")
    assert f"The bits were {bits[:4]}" in line.inner_text()
    assert line.inner_text().endswith(f"Bit 5 is {bits[4]}.")
    assert page.locator(".pw-asked").is_hidden()
    assert count(page) == "bit 5 of 10, 1 mistake"
    for t in range(4, 10):
        click(page, correct(bits[:t + 1]))
    assert line.inner_text().startswith("You answered 9 of the 10 questions correctly.")
    assert page.locator(".pw-asked").is_visible()
    check_end(page, bits[:10], {3})
    click(page, "Again")
    assert page.evaluate("document.activeElement.textContent") == "Even"
    assert page.locator(".pw-arriving").inner_text() == bits[10]
    assert count(page) == "bit 1 of 10"
    click(page, correct(bits[10]))
    assert line.inner_text().startswith("Correct")
