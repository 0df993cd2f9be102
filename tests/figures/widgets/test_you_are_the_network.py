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
    assert line.inner_text().startswith(f"You answered {10 - (mistake is not None)} of the 10 questions correctly.")
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
