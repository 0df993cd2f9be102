"""GatedUnit: its gates and states are PyTorch's, what it draws is these numbers, and it is operated by keyboard."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from parity_figures.widgets import GatedUnit
from parity_lib import ParityRNN, by_hand

GATES = {"gru": "rzn", "lstm": "ifgo"}
LONG = "110100101110010111010011"
SIZE, REACH = 280, 1.12        # of the curves' drawing


@pytest.mark.parametrize(("arguments", "message"), [
    ({"nets": {}}, "nets must be a dict of label: ParityRNN, not empty"),
    ({"nets": {"a": "net"}}, r"nets\['a'\] must be a ParityRNN"),
    ({"nets": {"a": by_hand("tanh")}}, r"nets\['a'\].cell must be 'gru' or 'lstm', but it is 'tanh'"),
    ({"nets": {"a": ParityRNN(2, "gru")}}, r"nets\['a'\].hidden_size must be 1, but it is 2"),
    ({"nets": {"a": ParityRNN(1, "gru", 2)}}, r"nets\['a'\].num_layers must be 1"),
    ({"bits": ""}, "bits must be a string of 1 to 24 characters 0 and 1"),
    ({"bits": "1" * 25}, "bits must be"),
    ({"bits": "12"}, "bits must be"),
    ({"step": 9}, "step must be an integer from 0 to 8"),
    ({"net": "trained"}, "net must be 'GRU by hand' or 'LSTM by hand'"),
])
def test_what_is_not_allowed_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        GatedUnit(**arguments)


def test_the_sentence_says_which_unit_reads_what_and_its_weights_are_copied():
    net = by_hand("gru")
    widget = GatedUnit({"mine": net}, bits="1011")
    net.hidden_to_logits.weight.data.zero_()
    assert widget.sentence == "The unit 'mine' reads the bits 1011 and says after each one: odd, odd, even, odd."
    assert widget.verdicts == "odd, odd, even, odd"
    widget.bits = "0"
    assert (widget.verdicts, widget.step) == ("even", 0)


def wild(cell: str, seed: int) -> ParityRNN:
    """A unit with random weights so large that gates are open, shut and between."""
    net = ParityRNN(1, cell, seed=seed).double()
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weight in net.parameters():
            weight.normal_(0, 1.5, generator=generator)
    return net


def by_pytorch(net: ParityRNN, bits: str) -> dict[str, np.ndarray]:
    """Each number after each bit: the states and logits from torch's own module, the gates by their definition."""
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


def table(page) -> dict[str, list[str]]:
    """The numbers in the table, by the last word of their column's name."""
    if page.locator("details[open]").count() == 0:
        page.get_by_text("The numbers", exact=True).click()
        page.locator(".pw-numbers tr").first.wait_for()
    rows = page.locator(".pw-numbers tr").evaluate_all("all => all.map(row => [...row.cells].map(c => c.textContent))")
    return {name.split()[-1]: list(column) for name, *column in zip(*rows, strict=True)}


def numbers(words) -> np.ndarray:
    return np.array([float(word.replace("−", "-")) for word in words])


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def count(page) -> str:
    return page.locator(".pw-count").inner_text()


@pytest.mark.browser
@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_gates_states_and_logits_are_pytorchs(show, cell):
    nets = {"by hand": by_hand(cell), **{f"seed {seed}": wild(cell, seed) for seed in range(4)}}
    page = show(GatedUnit(nets, bits=LONG, step=len(LONG)))
    for label, net in nets.items():
        page.get_by_role("combobox", name="Net").select_option(label)
        shown, expected = table(page), by_pytorch(net, LONG)
        assert "".join(shown["bit"]) == LONG
        for letter, values in expected.items():
            np.testing.assert_allclose(numbers(shown[letter][1:]), values, atol=6e-5, rtol=6e-3 * (letter == "logit"),
                                       err_msg=f"{label}: {letter}")
        ones = np.cumsum([int(bit) for bit in LONG])
        assert shown["answer"][1:] == [
            f"{'odd' if logit > 0 else 'even'}, {'right' if (logit > 0) == n % 2 else 'wrong'}"
            for logit, n in zip(expected["logit"], ones, strict=True)]


@pytest.mark.browser
@pytest.mark.parametrize("cell", ["gru", "lstm"])
@pytest.mark.parametrize(("seed", "sign"), [(0, -1), (7, 1)])
def test_what_is_drawn_is_these_numbers(show, cell, seed, sign):
    """Valves, squares and bars, for a unit whose states are below zero and for one whose are above."""
    net = wild(cell, seed)
    expected = by_pytorch(net, LONG)
    assert sign * sum(expected["h"]) > 1
    page = show(GatedUnit({"a": net}, bits=LONG, step=len(LONG)))
    columns = page.locator(".pw-step")
    gates = [letter for letter in GATES[cell] if letter not in "ng"]
    largest = max(1, *(np.abs(expected[letter]).max() for letter in "hc" if letter in expected))
    for t in (1, 4, 9):
        columns.nth(t).click()
        now = {letter: values[t - 1] for letter, values in expected.items()}
        column = columns.nth(t).locator(".pw-gate").evaluate_all(
            "all => all.map(one => one.firstChild.getBoundingClientRect().height / one.clientHeight)")
        np.testing.assert_allclose(column, [now[letter] for letter in gates], atol=0.03)
        bars = columns.nth(t).locator(".pw-state").evaluate_all("""all => all.map((one) => {
            const box = one.getBoundingClientRect(), bar = one.firstChild.getBoundingClientRect();
            return (box.top + box.bottom - bar.top - bar.bottom) / one.clientHeight * 2; })""")
        np.testing.assert_allclose(bars, [now[letter] / largest for letter in expected if letter in "ngch"], atol=0.06)

        valves = page.locator(".pw-valve").evaluate_all("""all => Object.fromEntries(all.map((one) => {
            const [shut, open] = [...one.querySelectorAll("rect")].map((rect) => rect.height.baseVal.value);
            return [one.textContent.split(" ").slice(0, -1).join(" "), open / shut]; }))""")
        names = {"gru": {"reset r": now.get("r"), "update z": now.get("z"), "1 − z": 1 - now.get("z", 0)},
                 "lstm": {"input i": now.get("i"), "forget f": now.get("f"), "output o": now.get("o")}}[cell]
        assert valves == pytest.approx(names, abs=1e-6)


def places(page, name: str) -> np.ndarray:
    """The points of a line of the plot, as numbers on its axes."""
    points = page.locator(f".pw-unit {name}").get_attribute("points").replace(",", " ").split()
    x, y = np.array(points, dtype=float).reshape(-1, 2).T
    return np.stack([x, SIZE - y]) / SIZE * 2 * REACH - REACH


@pytest.mark.browser
@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_the_curves_and_the_step_on_them_are_pytorchs(show, cell):
    """The curves from torch's own module with any old state, the LSTM's with the cell state that it holds."""
    net = remembering() if cell == "lstm" else wild(cell, 2)
    expected = by_pytorch(net, LONG)
    page = show(GatedUnit({"a": net}, bits=LONG))
    for t in (3, 6, 11):
        page.locator(".pw-step").nth(t).click()
        memory = expected["c"][t - 2] if cell == "lstm" else 0.0
        for bit in (0, 1):
            before, after = places(page, f".pw-after-{bit}")
            np.testing.assert_allclose(after, curve(net, bit, before, memory), atol=6e-3)
        if cell == "lstm":     # the cell state matters here, so a curve for another one would be seen
            assert np.abs(curve(net, 0, before, memory) - curve(net, 0, before, 0.0)).max() > 0.05
        old, new = expected["h"][t - 2:t]
        np.testing.assert_allclose(places(page, ".pw-cobweb"), [[old, old, new], [old, new, new]], atol=4e-3)
        faded = ["pw-other" in page.locator(f".pw-after-{bit}").get_attribute("class") for bit in "01"]
        assert faded == [LONG[t - 1] != bit for bit in "01"]
        assert page.locator(".pw-trail").count() == (cell == "gru")


def remembering() -> ParityRNN:
    """An LSTM unit with random weights whose forget gate is half open at least."""
    net = wild("lstm", 2)
    with torch.no_grad():
        net.rnn.weight_ih_l0[1] = net.rnn.weight_hh_l0[1] = net.rnn.bias_hh_l0[1] = 0
        net.rnn.bias_ih_l0[1] = 1
    return net


def curve(net: ParityRNN, bit: int, before: np.ndarray, memory: float) -> np.ndarray:
    """The new state for each old one."""
    h = torch.tensor(before)[None, :, None]
    old = (h, torch.full_like(h, memory)) if net.cell == "lstm" else h
    with torch.no_grad():
        return net.rnn(torch.full((len(before), 1, 1), float(bit)).double(), old)[0][:, 0, 0].numpy()


@pytest.mark.browser
def test_the_sum_in_numbers_is_the_step(show):
    page = show(GatedUnit(bits="1011", step=3))
    sums = page.locator(".pw-sums")
    assert " ".join(sums.inner_text().split()) == "h3 = z h2 + (1 − z) n = 0.00 · 1.00 + 1.00 · (−1.00) = −1.00"
    page.get_by_role("combobox", name="Net").select_option("LSTM by hand")
    assert " ".join(sums.inner_text().split()) == (
        "c3 = f c2 + i g = 0.00 · 1.00 + 0.00 · 1.00 = 0.00 h3 = o tanh c3 = 1.00 · 0.00 = 0.00")


@pytest.mark.browser
def test_what_was_not_reached_is_hidden_and_stays_shown_once_it_was(show):
    page = show(GatedUnit(bits="101"))
    unknown = page.locator(".pw-unknown")
    assert unknown.count() == 3 * 4
    assert "Guess, then press Step" in page.locator(".pw-said").inner_text()
    assert button(page, "Back").get_attribute("aria-disabled") == "true"
    assert len(table(page)["step"]) == 1
    button(page, "Step").click()
    button(page, "Step").click()
    assert unknown.count() == 4
    button(page, "Back").click()
    assert unknown.count() == 4
    assert "It says odd. That is right: 1 holds 1 one, and 1 is odd." in page.locator(".pw-said").inner_text()
    assert page.locator(".pw-now-step").count() == 1
    assert page.get_by_role("img", name="Answers so far: odd, right; odd, right").count() == 1


@pytest.mark.browser
def test_by_keyboard_alone(show):
    page = show(GatedUnit(bits="1011"))
    order = []
    for _ in range(8):
        page.keyboard.press("Tab")
        order.append(page.evaluate("document.activeElement.ariaLabel ?? document.activeElement.textContent"))
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    assert order == ["Bits", "Net", "Back", "Step", "Flip this bit", "Start again", "Step", "The numbers"]
    slider = page.get_by_role("slider", name="Step")
    slider.focus()
    assert page.locator(".pw-said p").get_attribute("aria-live") == "off"     # the slider tells its value itself
    for key, step in (("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("End", 4), ("Home", 0), ("End", 4)):
        page.keyboard.press(key)
        assert count(page) == f"step {step} of 4"
    assert slider.get_attribute("aria-valuetext") == "step 4 of 4, reads 1, state 1.00, says odd, right"
    button(page, "Flip this bit").focus()
    assert page.locator(".pw-said p").get_attribute("aria-live") == "polite"
    page.keyboard.press("Enter")
    assert page.get_by_role("textbox", name="Bits").input_value() == "1010"
    assert "says even" in slider.get_attribute("aria-valuetext")


@pytest.mark.browser
def test_bits_are_typed_and_wrong_ones_named(show):
    page = show(GatedUnit(bits="1011", step=4))
    field = page.get_by_role("textbox", name="Bits")
    field.fill("10")
    assert count(page) == "step 2 of 2"
    field.fill("1" * 25)
    message = page.get_by_role("alert")
    assert message.inner_text() == "At most 24 bits fit here; these are 25."
    assert field.get_attribute("aria-describedby") == message.get_attribute("id")
    assert count(page) == "step 2 of 2"


@pytest.mark.browser
def test_a_unit_that_forgets_under_zeros_is_called_wrong_where_it_does(show):
    """A unit that keeps two thirds of its state under a 0, and forgets within a few."""
    leaky = by_hand("gru")
    with torch.no_grad():
        leaky.rnn.bias_ih_l0[1] = 1.0
    bits = "1" + "0" * 11
    page = show(GatedUnit({"leaky": leaky}, bits=bits, step=len(bits)))
    expected = by_pytorch(leaky, bits)["logit"] > 0
    assert expected[0]
    assert not expected.all()
    first = int(np.argmin(expected)) + 1
    marks = page.locator(".pw-answer").evaluate_all("all => all.map(one => one.className)")
    assert ["pw-fails" in mark for mark in marks[1:]] == (~expected).tolist()
    page.locator(".pw-step").nth(first).click()
    assert f"{bits[:first]} holds 1 one" in page.locator(".pw-said").inner_text()
    assert "That is wrong" in page.locator(".pw-said").inner_text()
    trail = places(page, ".pw-trail")
    assert trail.shape[1] == 2 * first + 1


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_phone_it_fits_can_be_touched_and_read_and_does_not_jump(show, theme):
    nets = {"GRU by hand": by_hand("gru"), "LSTM by hand": by_hand("lstm"), "wild": wild("gru", 3)}
    page = show(GatedUnit(nets, bits=LONG), width=390, theme=theme)
    for label in nets:
        page.get_by_role("combobox", name="Net").select_option(label)
        height = page.locator(".parity-widget").bounding_box()["height"]
        for key in ("End", "Home", "ArrowRight", "ArrowRight"):
            page.get_by_role("slider", name="Step").press(key)
            assert page.evaluate("document.documentElement.scrollWidth") <= 390
            assert page.locator(".parity-widget").bounding_box()["height"] == pytest.approx(height, abs=1)
        sizes = page.locator(".pw-unit svg text").evaluate_all(
            "all => all.map(t => parseFloat(getComputedStyle(t).fontSize) * t.getScreenCTM().a)")
        assert min(sizes) >= 11
    controls = page.locator(".parity-widget :is(button, input, select, summary)")
    boxes = [controls.nth(i).bounding_box() for i in range(controls.count())]
    assert len(boxes) == 8
    assert all(box["height"] >= 44 and box["width"] >= 44 for box in boxes)


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
def test_the_thumb_stands_over_its_column(show, width):
    page = show(GatedUnit(bits=LONG[:9]), width=width)
    slider = page.get_by_role("slider", name="Step")
    for step in (0, 4, 9):
        column = page.locator(".pw-step").nth(step).bounding_box()
        line = slider.bounding_box()
        thumb = line["x"] + 8 + step / 9 * (line["width"] - 16)
        assert column["x"] + column["width"] / 2 == pytest.approx(thumb, abs=1.5)


@pytest.mark.browser
def test_start_again_brings_back_bits_net_and_step_and_nothing_has_been_seen(show):
    page = show(GatedUnit(bits="101"))
    page.get_by_role("textbox", name="Bits").fill("110")
    for _ in range(2):
        page.get_by_role("button", name="Step", exact=True).click()
    page.get_by_role("combobox", name="Net").select_option("LSTM by hand")
    page.get_by_role("button", name="Start again").click()
    assert page.get_by_role("textbox", name="Bits").input_value() == "101"
    assert page.get_by_role("combobox", name="Net").input_value() == "GRU by hand"
    assert page.locator(".pw-steps").get_attribute("aria-label") == "Answers so far: none"
    page.get_by_role("button", name="Step", exact=True).click()
    page.get_by_role("button", name="Back").click()
    page.get_by_role("button", name="Start again").click()      # now neither bits nor net nor step change
    assert page.locator(".pw-steps").get_attribute("aria-label") == "Answers so far: none"


@pytest.mark.browser
def test_on_a_phone_the_buttons_are_in_sight_of_cell_and_curves(show):
    page = show(GatedUnit(), width=390)
    for drawing in page.locator(".pw-unit svg").all():
        drawing.scroll_into_view_if_needed()
        box = page.get_by_role("button", name="Step", exact=True).bounding_box()
        assert 0 <= box["y"] <= 900 - box["height"]
