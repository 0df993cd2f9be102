"""GatedUnit has PyTorch's gates, states and logits, and draws these numbers."""

import numpy as np
import pytest
import torch

from parity_figures.widgets import GatedUnit
from parity_lib.models import ParityRNN, by_hand
from tests.figures.widgets.static_page import bits_field, button, choose, click, count, number, table
from tests.parameters import longer_after

pytestmark = pytest.mark.browser

GATES = {"gru": "rzn", "lstm": "ifgo"}
LONG = "110100101110010111010011"


def random_unit(cell: str, seed: int) -> ParityRNN:
    """Return a unit whose random weights are so large that gates are open, shut and in between."""
    net = ParityRNN(1, cell, seed=seed).double()
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weight in net.parameters():
            weight.normal_(0, 1.5, generator=generator)
    return net


def by_pytorch(net: ParityRNN, bits: str) -> dict[str, np.ndarray]:
    """Return each number after each bit: states and logits by PyTorch's module, the gates by their definition."""
    x = torch.tensor([[[float(bit)] for bit in bits]]).double()
    rnn, state, rows = net.rnn.double(), None, []
    with torch.no_grad():
        logits = net.double()(x)[0, :, 0]
        for t in range(len(bits)):
            h = torch.zeros(1) if state is None else (state[0] if net.cell == "lstm" else state).flatten()
            a = rnn.weight_ih_l0 @ x[0, t] + rnn.bias_ih_l0
            b = rnn.weight_hh_l0 @ h.double() + rnn.bias_hh_l0
            if net.cell == "gru":
                r, z = torch.sigmoid(a + b)[:2]
                gates = [r, z, torch.tanh(a[2] + r * b[2])]
            else:
                i, f, _, o = torch.sigmoid(a + b)
                gates = [i, f, torch.tanh(a + b)[2], o]
            _, state = rnn(x[:, t:t + 1], state)
            states = state[::-1] if net.cell == "lstm" else [state]
            rows.append([float(value) for value in (*gates, *states)])
    letters = GATES[net.cell] + ("ch" if net.cell == "lstm" else "h")
    return {**dict(zip(letters, np.array(rows).T, strict=True)), "logit": logits.numpy()}


def columns(page) -> dict[str, list[str]]:
    """Return the columns of the table, by the last word of their names."""
    return {name.split()[-1]: list(column) for name, *column in zip(*table(page), strict=True)}


def sentence(page) -> str:
    return page.locator(".pw-said").inner_text()


@pytest.mark.parametrize("cell", longer_after(1, ["lstm", "gru"]))
def test_gates_states_logits_and_answers_are_pytorchs(show, cell):
    nets = {"by hand": by_hand(cell), **{f"seed {seed}": random_unit(cell, seed) for seed in range(4)}}
    page = show(GatedUnit(nets, bits=LONG, step=len(LONG)))
    ones = np.cumsum([int(bit) for bit in LONG])
    for label, net in nets.items():
        choose(page, label)
        page.get_by_role("slider", name="Step").fill(str(len(LONG)))
        shown, expected = columns(page), by_pytorch(net, LONG)
        assert "".join(shown["bit"]) == LONG
        for letter, values in expected.items():
            np.testing.assert_allclose([number(text) for text in shown[letter][1:]], values, atol=6e-5,
                                       rtol=6e-3 * (letter == "logit"), err_msg=f"{label}: {letter}")
        answers = [f"{'odd' if logit > 0 else 'even'}, {'correct' if (logit > 0) == n % 2 else 'wrong'}"
                   for logit, n in zip(expected["logit"], ones, strict=True)]
        assert shown["answer"][1:] == answers
        marks = page.locator(".pw-answer").evaluate_all("all => all.map(e => e.className)")
        assert ["pw-fails" in mark for mark in marks[1:]] == ["wrong" in answer for answer in answers]


def test_later_steps_are_hidden_until_they_are_reached_and_again_after_a_new_start(show):
    page = show(GatedUnit(bits="101"))
    unknown, answers = page.locator(".pw-unknown"), page.locator(".pw-steps")
    assert unknown.count() == 3 * 3
    assert "Guess, then press Step" in sentence(page)
    assert button(page, "Back").get_attribute("aria-disabled") == "true"
    assert len(table(page)) == 2
    click(page, "Step", "Step")
    assert unknown.count() == 3
    click(page, "Back")
    assert unknown.count() == 3
    assert "It answers odd. That is correct: 1 has 1 one, and 1 is odd." in sentence(page)
    assert answers.get_attribute("aria-label") == "Answers so far: odd, correct; odd, correct"
    bits_field(page).fill("110")
    choose(page, "LSTM by hand")        # begins at step 0, or the reader could not guess
    assert count(page) == "step 0 of 3"
    assert answers.get_attribute("aria-label") == "Answers so far: none"
    click(page, "Step", "Step", "Start again")
    assert bits_field(page).input_value() == "110"
    assert page.get_by_role("combobox", name="Network").evaluate("e => e.selectedOptions[0].text") == "LSTM by hand"
    assert answers.get_attribute("aria-label") == "Answers so far: none"
    click(page, "Step", "Back", "Start again")      # now no trait changes
    assert answers.get_attribute("aria-label") == "Answers so far: none"


def test_the_slider_steps_by_keyboard_and_is_announced_only_once(show):
    page = show(GatedUnit(bits="1011"))
    slider, live = page.get_by_role("slider", name="Step"), page.locator(".pw-said p")
    slider.focus()
    assert live.get_attribute("aria-live") == "off"
    for key, step in (("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("End", 4), ("Home", 0), ("End", 4)):
        page.keyboard.press(key)
        assert count(page) == f"step {step} of 4"
    assert slider.get_attribute("aria-valuetext") == "step 4 of 4, reads 1, state 1.00, answer odd, correct"
    button(page, "Flip this bit").focus()
    assert live.get_attribute("aria-live") == "polite"
    page.keyboard.press("Enter")
    assert bits_field(page).input_value() == "1010"
    assert "answer even" in slider.get_attribute("aria-valuetext")
