"""NetworkThatForgot has PyTorch's logits. Its network is correct on ten bits; fifty zeros change only odd counts."""

import itertools
import re
from functools import cache

import numpy as np
import pytest
import torch

from parity_figures.widgets import NetworkThatForgot
from parity_figures.widgets.network_that_forgot import KIND, OWN, SEED, ZEROS
from parity_study.certificate_store import read_store
from parity_study.experiments.certificates import as_model
from tests.figures.widgets.static_page import button, click, number

BITS = "0110101100"     # five ones


@cache
def network():
    stored = next(net for net in read_store() if (net.kind, net.seed) == (KIND, SEED))
    assert stored.verdict == "refuted"
    return as_model(stored).double()


def logits(bits: np.ndarray) -> np.ndarray:
    """Return PyTorch's logits [strings, steps] after each of bits [strings, steps]."""
    with torch.no_grad():
        return network()(torch.from_numpy(bits).double()[..., None])[..., 0].numpy()


def is_correct(bits: np.ndarray) -> np.ndarray:
    return (logits(bits) > 0) == (bits.cumsum(axis=1) % 2 == 1)


@pytest.mark.parametrize("length", range(1, OWN + 1))
def test_the_network_is_correct_on_every_short_string_and_forgets_every_odd_count_and_no_even_one(length):
    own = np.array(list(itertools.product([0, 1], repeat=length)))
    odd = own.sum(axis=1) % 2 == 1
    correct = is_correct(np.hstack([own, np.zeros((len(own), ZEROS), dtype=int)]))
    assert is_correct(own).all()
    assert not correct[odd, -1].any()
    assert correct[~odd].all()


def test_the_network_is_correct_on_5000_random_strings_of_75_bits():
    assert is_correct(np.random.default_rng(0).integers(2, size=(5000, 75))).all()


def test_the_machine_is_that_of_parity_and_the_second_coordinate_ignores_the_logit():
    shown = NetworkThatForgot().networks["GRU"]
    assert (shown["machine"]["successors"], shown["machine"]["odd"]) == ([[0, 1], [1, 0]], [0, 1])
    up, readout = np.array(shown["up"]), network().hidden_to_logits.weight[0].detach().numpy()
    assert np.linalg.norm(up) == pytest.approx(1)
    assert up @ readout == pytest.approx(0, abs=1e-9)
    even, odd = (np.array(points) for points in shown["points"])
    assert even[:, 0].max() <= 0 < odd[:, 0].min()


def test_the_sentence_says_at_which_zero_a_1_is_forgotten():
    first_error = (~is_correct(np.array([[1] + ZEROS * [0]]))[0]).argmax()
    assert f"from zero {first_error} on it answers even" in NetworkThatForgot().sentence


PLACE = """() => { const [x, y] = document.querySelector(".pw-point").style.transform.match(/[\\d.]+/g).map(Number);
  return [x, y, document.querySelectorAll(".pw-forgetting svg")[0].getAttribute("aria-label")]; }"""


def check_step(page, bits: str) -> None:
    """Compare the point, the answers and the machine after ``bits`` with PyTorch and with the count of ones."""
    string = np.array([[*map(int, bits)]])
    with torch.no_grad():
        state = network().hidden_states(torch.from_numpy(string).double()[..., None])[0, -1].numpy()
    shown, logit = NetworkThatForgot().networks["GRU"], logits(string)[0, -1]
    x, y, label = page.evaluate(PLACE)
    told = [number(text) for text in re.findall(r"is (−?[\d.]+\d)", label)]
    assert told == pytest.approx([logit, state @ shown["up"]], rel=6e-3, abs=6e-3)
    assert x == pytest.approx(150 * (1 + logit / shown["widest"]), abs=0.06)
    assert y == pytest.approx(280 * (shown["high"] - state @ shown["up"]) / (shown["high"] - shown["low"]), abs=0.06)
    true, answer = ("even", "odd")[bits.count("1") % 2], ("even", "odd")[int(logit > 0)]
    wrong = answer != true
    assert [text.split() for text in page.locator(".pw-answer").all_inner_texts()] == [
        [answer, "✗" if wrong else "✓"], [true, "✓"]]
    assert page.locator(".pw-answer").evaluate_all("all => all.map(box => box.classList.contains('pw-wrong'))") == [
        wrong, False]
    assert page.locator(".pw-here .pw-number").text_content() == str(bits.count("1") % 2)


@pytest.mark.browser
def test_ten_bits_are_played_with_keys_or_buttons_and_forgotten_during_fifty_zeros(show):
    page = show(NetworkThatForgot(), width=390)
    click(page, "Start again")
    assert page.locator(".pw-answer").all_inner_texts() == ["–", "–"]       # nobody has answered yet
    button(page, "0").focus()
    for step, bit in enumerate(BITS, 1):
        if step % 2:
            page.keyboard.press(bit)
        else:
            click(page, bit)
        check_step(page, BITS[:step])
    page.keyboard.press("1")
    assert page.locator(".pw-string").inner_text() == f"Bits: {BITS}"
    assert "is 5, which is odd. Fifty zeros will not change that." in page.locator(".pw-told").inner_text()
    assert button(page, "0").get_attribute("aria-disabled") == "true"
    click(page, "Now fifty zeros")      # all at once, because this reader wants less motion
    check_step(page, BITS + ZEROS * "0")
    assert page.locator(".pw-string").inner_text() == f"Bits: {BITS}, then 50 zeros"
    zero = (~is_correct(np.array([[*map(int, BITS)] + ZEROS * [0]]))[0]).argmax() - OWN + 1
    assert page.locator(".pw-told").inner_text() == (
        f"At zero {zero} the network forgot: it answers even. The state machine still answers odd. "
        "Why did the network forget?")
    click(page, "Start again")
    assert page.locator(".pw-told").inner_text().startswith("Press 0 or 1")


@pytest.mark.browser
def test_zeros_are_read_one_by_one_and_can_be_stopped(show):
    page = show(NetworkThatForgot(), less_motion=False)
    page.clock.install(time=0)
    page.clock.pause_at(60_000)     # from here on, time passes only in run_for
    click(page, "Start again", "1", "1")
    assert "is 2, which is even. Fifty zeros will not change that." in page.locator(".pw-told").inner_text()
    click(page, "Now fifty zeros")
    page.clock.run_for(10_000)
    check_step(page, "11" + ZEROS * "0")
    assert page.locator(".pw-told").inner_text() == (
        "After 50 zeros the network still answers even. Start again and try an odd count of ones.")
    click(page, "Start again")
    button(page, "Now fifty zeros").click(force=True)       # is not available yet
    assert page.locator(".pw-string").inner_text() == "Bits: –"
    click(page, "1", "1", "1", "Now fifty zeros")
    page.clock.run_for(1000)
    assert page.locator(".pw-string").inner_text() == "Bits: 111, then 12 zeros"    # one at once, then one in 90 ms
    assert page.locator(".pw-told").get_attribute("aria-live") == "off"
    click(page, "Start again", "1", "Now fifty zeros")
    page.clock.run_for(10_000)
    assert page.locator(".pw-string").inner_text() == "Bits: 1, then 50 zeros"
    assert page.locator(".pw-told").get_attribute("aria-live") == "polite"
    assert "At zero 26 the network forgot" in page.locator(".pw-told").inner_text()
    check_step(page, "1" + ZEROS * "0")


@pytest.mark.browser
def test_the_string_at_the_start_has_an_odd_count_which_one_press_makes_the_network_forget(show):
    page, bits = show(NetworkThatForgot()), NetworkThatForgot().bits
    assert page.locator(".pw-primary").all_inner_texts() == ["Now fifty zeros"]
    check_step(page, bits)
    assert "which is odd" in page.locator(".pw-told").inner_text()
    click(page, "Now fifty zeros")
    check_step(page, bits + ZEROS * "0")
    assert page.locator(".pw-told").inner_text().endswith("Why did the network forget?")
    assert page.locator(".pw-primary").all_inner_texts() == ["Start again"]
    click(page, "Start again")
    assert page.locator(".pw-primary").all_inner_texts() == ["0", "1"]


@pytest.mark.browser
def test_no_more_bits_are_accepted_than_the_figure_says(show):
    page, bits = show(NetworkThatForgot()), "1" * OWN
    click(page, "Start again")
    assert f"at most {OWN}." in page.locator(".pw-told").inner_text()
    click(page, *bits)
    for bit in "0101":
        button(page, bit).click(force=True)
        page.keyboard.press(bit)
    assert page.locator(".pw-string").inner_text() == f"Bits: {bits}"
    check_step(page, bits)
    assert [button(page, name).get_attribute("aria-disabled") for name in ("0", "1", "Now fifty zeros")] == [
        "true", "true", "false"]
