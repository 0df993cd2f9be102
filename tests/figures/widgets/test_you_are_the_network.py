"""YouAreTheNetwork asks after each bit and ends after ten answers with all bits and the mistakes among the answers."""

import pytest

from parity_figures.widgets import YouAreTheNetwork
from tests.figures.widgets.static_page import button, click, count

pytestmark = pytest.mark.browser


def correct(bits: str) -> str:
    return "Odd" if bits.count("1") % 2 else "Even"


@pytest.mark.parametrize("mistake", [None, 3])
def test_a_round_asks_ten_times_and_shows_the_bits_with_the_mistakes_and_the_question(show, mistake):
    page, bits = show(YouAreTheNetwork()), YouAreTheNetwork().bits
    line, question = page.locator(".pw-told"), page.locator(".pw-asked")
    height = page.locator(".parity-widget").bounding_box()["height"]
    for t in range(10):
        assert page.locator(".pw-arriving").inner_text() == bits[t]
        assert count(page).startswith(f"bit {t + 1} of 10")
        assert question.is_hidden()
        wrong = {"Odd": "Even", "Even": "Odd"}[correct(bits[:t + 1])]
        button(page, wrong if t == mistake else correct(bits[:t + 1])).focus()
        page.keyboard.press("Enter")
        if t < 9:
            said = f"The bits were {bits[:t + 1]}" if t == mistake else "Correct."
            assert said in line.inner_text()
            assert line.inner_text().endswith(f"Bit {t + 2} is {bits[t + 1]}.")
            slip = f"{correct(bits[:t + 1]).lower()}\n{bits[t]} ✗"     # the true answer and a cross beside the bit
            assert page.locator(".pw-slip").all_inner_texts() == [slip] * (t == mistake)
    assert line.inner_text().startswith(f"You answered {10 - (mistake is not None)} of the 10 questions correctly.")
    assert ("A cross marks a mistake of yours." in line.inner_text()) == (mistake is not None)
    answers = [correct(bits[:t]).lower() for t in range(1, 11)]
    assert page.locator(".pw-round li").all_inner_texts() == [
        f"{answer}\n{bit}" + " ✗" * (t == mistake) for t, (answer, bit) in enumerate(zip(answers, bits))]
    assert button(page, "Odd").is_hidden()      # no more answers
    click(page, "All of them")
    assert question.locator("[aria-pressed=true]").all_inner_texts() == ["All of them"]
    assert "nobody does" in line.inner_text()
    assert page.locator(".parity-widget").bounding_box()["height"] == height
    click(page, "Start again")
    assert page.evaluate("document.activeElement.textContent") == "Even"
    assert page.locator(".pw-arriving").inner_text() == bits[10]
    assert (count(page), question.is_hidden()) == ("bit 1 of 10", True)


@pytest.mark.parametrize("width", [390, 1280])
def test_an_eleventh_answer_in_the_same_place_or_by_the_same_key_presses_no_new_button(show, width):
    page = show(YouAreTheNetwork(), width=width)
    line, questions = page.locator(".pw-told"), page.locator(".pw-asked button")
    for name in ("Even", "Odd"):
        box = button(page, name).bounding_box()
        for _ in range(11):
            page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.keyboard.press("Enter")
        assert line.inner_text().endswith("How many of the bits did you keep in mind?")
        assert page.locator(".pw-asked [aria-pressed=true]").count() == 0
        for each in questions.all():
            each.wait_for(state="visible")
        page.keyboard.press("Tab")      # the keyboard goes on where it was
        assert page.evaluate("document.activeElement.textContent") == "All of them"
        click(page, "One: odd or even")
        assert line.inner_text().startswith("Yes.")
        click(page, "Start again")
