"""GatedUnit has PyTorch's gates, states and logits, and draws these numbers."""

import numpy as np
import pytest
import torch

from parity_figures.widgets import GatedUnit
from parity_lib import ParityRNN, by_hand
from tests.figures.widgets.static_page import bits_field, button, choose, click, count, number, table
from tests.parameters import longer_after

pytestmark = pytest.mark.browser

GATES = {"gru": "rzn", "lstm": "ifgo"}
LONG = "110100101110010111010011"
SIZE, REACH = 280, 1.12        # of the plot of the curves


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


@pytest.mark.slow
@pytest.mark.parametrize("cell", ["gru", "lstm"])
@pytest.mark.parametrize(("seed", "sign"), [(0, -1), (7, 1)])
def test_valves_squares_and_bars_are_drawn_as_large_as_their_numbers(show, cell, seed, sign):
    net = random_unit(cell, seed)
    expected = by_pytorch(net, LONG)
    assert sign * sum(expected["h"]) > 1        # states below zero, or above
    page = show(GatedUnit({"a": net}, bits=LONG, step=len(LONG)))
    gates = [letter for letter in GATES[cell] if letter not in "ng"]
    largest = max(1, *(np.abs(expected[letter]).max() for letter in "hc" if letter in expected))
    for t in (1, 4, 9):
        column = page.locator(".pw-step").nth(t)
        page.get_by_role("slider", name="Step").fill(str(t))
        now = {letter: values[t - 1] for letter, values in expected.items()}
        squares = column.locator(".pw-gate").evaluate_all(
            "all => all.map(e => e.firstChild.getBoundingClientRect().height / e.clientHeight)")
        np.testing.assert_allclose(squares, [now[letter] for letter in gates], atol=0.03)
        bars = column.locator(".pw-state").evaluate_all("""all => all.map((e) => {
            const box = e.getBoundingClientRect(), bar = e.firstChild.getBoundingClientRect();
            return (box.top + box.bottom - bar.top - bar.bottom) / e.clientHeight * 2; })""")
        np.testing.assert_allclose(bars, [now[letter] / largest for letter in expected if letter in "ch"], atol=0.06)
        valves = page.locator(".pw-valve").evaluate_all("""all => Object.fromEntries(all.map((e) => {
            const [shut, open] = [...e.querySelectorAll("rect")].map((rect) => rect.height.baseVal.value);
            return [e.textContent.split(" ").slice(0, -2).join(" "), open / shut]; }))""")
        names = {"gru": {"reset r": now.get("r"), "update z": now.get("z"), "1 − z": 1 - now.get("z", 0)},
                 "lstm": {"input i": now.get("i"), "forget f": now.get("f"), "output o": now.get("o")}}[cell]
        assert valves == pytest.approx(names, abs=1e-6)


def points(page, name: str) -> np.ndarray:
    """Return the points of a line of the plot, in the units of its axes: ``[2, points]``."""
    x, y = np.array(page.locator(f".pw-curves {name}").get_attribute("points").replace(",", " ").split(),
                    dtype=float).reshape(-1, 2).T
    return np.stack([x, SIZE - y]) / SIZE * 2 * REACH - REACH


@pytest.mark.parametrize("cell", longer_after(1, ["gru", "lstm"]))
def test_the_curves_and_the_step_on_them_are_pytorchs(show, cell):
    net = random_unit(cell, 2)
    if cell == "lstm":
        with torch.no_grad():       # a forget gate that is always open by half or more, so that c matters
            net.rnn.weight_ih_l0[1] = net.rnn.weight_hh_l0[1] = net.rnn.bias_hh_l0[1] = 0
            net.rnn.bias_ih_l0[1] = 1

    def new_states(bit: int, old: np.ndarray, c: float) -> np.ndarray:
        h = torch.tensor(old)[None, :, None]
        state = (h, torch.full_like(h, c)) if cell == "lstm" else h
        with torch.no_grad():
            return net.rnn(torch.full((len(old), 1, 1), float(bit)).double(), state)[0][:, 0, 0].numpy()

    expected = by_pytorch(net, LONG)
    page = show(GatedUnit({"a": net}, bits=LONG))
    for t in (3, 6, 11):
        page.get_by_role("slider", name="Step").fill(str(t))
        c = expected["c"][t - 2] if cell == "lstm" else 0.0
        for bit in (0, 1):
            old, new = points(page, f".pw-after-{bit}")
            np.testing.assert_allclose(new, new_states(bit, old, c), atol=6e-3)
        if cell == "lstm":
            assert np.abs(new_states(0, old, c) - new_states(0, old, 0.0)).max() > 0.05
        old, new = expected["h"][t - 2:t]
        np.testing.assert_allclose(points(page, ".pw-cobweb"), [[old, old, new], [old, new, new]], atol=4e-3)
        faded = ["pw-other" in page.locator(f".pw-after-{bit}").get_attribute("class") for bit in "01"]
        assert faded == [LONG[t - 1] != bit for bit in "01"]
        assert page.locator(".pw-trail").count() == (cell == "gru")


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
    choose(page, "LSTM by hand")
    click(page, "Start again")
    assert bits_field(page).input_value() == "101"
    assert page.get_by_role("combobox", name="Network").evaluate("e => e.selectedOptions[0].text") == "GRU by hand"
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


def test_on_a_phone_no_mark_of_the_timeline_covers_the_buttons(show):
    page = show(GatedUnit({"a": random_unit("gru", 3)}, bits=LONG[:9]), width=390)
    page.set_viewport_size({"width": 390, "height": 600})
    page.get_by_role("slider", name="Step").fill("9")
    page.locator(".pw-steps").evaluate("e => e.scrollIntoView({ block: 'end' })")
    timeline, buttons = page.locator(".pw-steps").bounding_box(), page.locator(".pw-buttons").bounding_box()
    assert timeline["y"] + timeline["height"] > buttons["y"] + 20
    covered = """all => all.flatMap((row) => Array.from({ length: innerWidth - 40 }, (_, x) =>
      document.elementFromPoint(x + 20, row.getBoundingClientRect().y + 30))).filter((e) => e.closest(".pw-steps"))"""
    assert page.locator(".pw-buttons").evaluate_all(covered) == []


@pytest.mark.slow
@pytest.mark.parametrize("width", [390, 1280])
def test_a_press_or_a_drag_goes_to_its_column_and_the_height_does_not_change(show, width):
    page = show(GatedUnit({"a": random_unit("gru", 3), "b": by_hand("lstm")}, bits=LONG[:9]), width=width)
    slider = page.get_by_role("slider", name="Step")
    for label in "ab":
        choose(page, label)
        height = page.locator(".parity-widget").bounding_box()["height"]
        page.locator(".pw-steps").scroll_into_view_if_needed()
        boxes = [column.bounding_box() for column in page.locator(".pw-step").all()]
        for step in (0, 4, 9, 6):
            page.mouse.move(boxes[step]["x"] + boxes[step]["width"] * 0.8, boxes[step]["y"] + 60)
            page.mouse.down()
            assert slider.input_value() == str(step)
            before = boxes[max(step - 1, 0)]
            page.mouse.move(before["x"] + before["width"] * 0.8, before["y"] + 60)
            page.mouse.up()
            assert slider.input_value() == str(max(step - 1, 0))
            assert page.locator(".parity-widget").bounding_box()["height"] == pytest.approx(height, abs=1)


def test_the_name_of_the_curve_for_0_is_below_that_curve_and_above_the_step(show):
    page = show(GatedUnit(bits="1011", step=3))
    x, y = (float(page.get_by_text("bit 0", exact=True).get_attribute(name)) for name in "xy")
    h, name = x / SIZE * 2 * REACH - REACH, (SIZE - y) / SIZE * 2 * REACH - REACH
    old, new = points(page, ".pw-after-0")
    assert np.interp(h, old, new) - 0.2 < name < np.interp(h, old, new) - 0.1
    assert name > points(page, ".pw-cobweb")[1].min() + 0.2
