"""UnrolledRNN shows the states and answers of NumpyRNN, steps by button and keyboard, and follows its traits."""

import numpy as np
import pytest

from parity_figures.widgets import UnrolledRNN
from parity_lib.models import ParityRNN, by_hand
from parity_lib.numpy_rnn import NumpyRNN
from tests.figures.widgets.static_page import bits_field, button, choose, click, count

NETS = {"hand tanh": by_hand("tanh"), "hand relu": by_hand("relu"), "tanh": ParityRNN(6, "tanh", seed=1),
        "eight": ParityRNN(8, "relu", seed=1)}


@pytest.mark.parametrize("label", NETS)
def test_states_and_logits_are_those_of_numpy_rnn(label):
    widget = UnrolledRNN(NETS, bits="1", network=label)
    widget.bits = "0110101"
    logits, states = NumpyRNN.from_torch(NETS[label]).forward(np.array([[[float(bit)] for bit in widget.bits]]))
    np.testing.assert_allclose(widget.states, states[0], atol=1e-12)
    np.testing.assert_allclose(widget.logits, logits[0, :, 0], atol=1e-12)


def test_traits_change_together_stay_consistent_and_keep_their_value_after_an_error():
    widget = UnrolledRNN(bits="10110", step=5)
    widget.bits = "10"
    assert widget.step == 2
    widget.set_state({"bits": "011", "step": 1})  # what a front end sends
    assert (widget.bits, widget.step) == ("011", 1)
    for name, value in {"bits": "12", "network": "other", "step": 9}.items():
        before = getattr(widget, name)
        with pytest.raises(ValueError, match=f"{name} must be"):
            setattr(widget, name, value)
        assert getattr(widget, name) == before


def answers(page) -> list[str]:
    return [text.split()[0] for text in page.locator(".pw-says").all_inner_texts()]


@pytest.mark.browser
def test_numbers_and_answers_in_the_page_are_those_of_numpy_rnn(show):
    page = show(UnrolledRNN(NETS, bits="110100101", step=9))
    for label, net in NETS.items():
        choose(page, label)
        titles = page.locator(".pw-cells > span").evaluate_all("cells => cells.map(cell => cell.title)")
        shown = np.array([float(title.split(": ")[1].replace("−", "-")) for title in titles]).reshape(10, -1)
        expected = UnrolledRNN({"net": net}, bits="110100101")
        np.testing.assert_allclose(shown, expected.states, atol=6e-5)
        assert answers(page) == ["odd" if logit > 0 else "even" for logit in expected.logits]


@pytest.mark.browser
def test_buttons_step_through_the_string_and_explain_it(show):
    page = show(UnrolledRNN(bits="101"))
    line = page.locator("[aria-live=polite]")
    assert "Guess, then press Step" in line.inner_text()
    assert button(page, "Back").get_attribute("aria-disabled") == "true"
    click(page, "Step", "Step")
    assert answers(page) == ["odd", "odd", "?"]
    assert page.locator("[aria-current=step]").count() == 1
    words = " ".join(line.inner_text().split())
    assert "Step 2: the network is in the state h1 = (1.00, −1.00) and reads x2 = 0." in words
    assert "It answers odd. That is correct: 10 has 1 one, and 1 is odd." in words
    click(page, "Back")
    assert answers(page) == ["odd", "?", "?"]
    click(page, "Run")
    assert answers(page) == ["odd", "odd", "even"]
    button(page, "Step").click(force=True)  # unavailable
    assert count(page) == "step 3 of 3"
    click(page, "Start again")
    assert answers(page) == ["?", "?", "?"]


@pytest.mark.browser
@pytest.mark.parametrize("less_motion", [True, False])
def test_the_state_travels_along_v_unless_the_reader_wants_less_motion(show, less_motion):
    page = show(UnrolledRNN(bits="101", step=1), less_motion=less_motion)
    copies = button(page, "Step").evaluate(
        "e => { e.click(); return [...document.querySelectorAll('.pw-travels')].map((copy) => copy.innerText); }")
    assert [copy.split() for copy in copies] == ([] if less_motion else [["1.00", "−1.00"]])
    page.locator(".pw-travels").wait_for(state="detached")


@pytest.mark.browser
def test_arrow_keys_step_and_bits_flip_by_keyboard(show):
    page = show(UnrolledRNN(bits="1101"))
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert "left and right arrow keys" in page.evaluate("document.activeElement.ariaLabel")
    for key, step in (("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("End", 4), ("ArrowRight", 4),
                      ("Home", 0), ("ArrowLeft", 0), ("x", 0)):
        page.keyboard.press(key)
        assert count(page) == f"step {step} of 4"
    page.keyboard.press("Tab")
    page.keyboard.press("Space")  # the first bit
    assert bits_field(page).input_value() == "0101"
    assert page.evaluate("document.activeElement.ariaLabel") == "Bit 1 is 0. Flip it."
    for name in ("Bit 2 is 1. Flip it.", "Bit 3 is 0. Flip it.", "Bit 4 is 1. Flip it."):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.ariaLabel") == name
