"""StateMachine: point, logit and answers are PyTorch's, the machine is the library's; keys, boxes, sizes."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch

from parity_figures.widgets import StateMachine
from parity_lib import ParityRNN, by_hand
from parity_study.certificate_store import stored
from parity_study.certify import certify, first_error
from parity_study.extraction import extract
from tests.study.networks import wide_net

BITS = "".join(map(str, np.random.default_rng(3).integers(2, size=60)))


def leaking_gru() -> ParityRNN:
    """A trained GRU that forgets a 1 over a run of zeros, from the store: no training, the same on every machine."""
    kept = next(net for net in stored() if net.kind == "gru 8" and net.string and re.fullmatch("10+", net.string))
    model = ParityRNN(8, "gru")
    torch.nn.utils.vector_to_parameters(torch.from_numpy(kept.weights.copy()), model.parameters())
    return model


def nets() -> dict[str, ParityRNN]:
    return {"by hand": by_hand("tanh", 1.5), "leaks": by_hand("tanh", 1.15), "GRU": leaking_gru(),
            "LSTM": wide_net("lstm", 1), "one unit": by_hand("lstm"), "one gate": by_hand("gru")}


# ---------------------------------------------------------------- in Python


def test_what_is_not_allowed_is_named():
    two, three = {"net": by_hand()}, {"net": ParityRNN(3, "gru")}
    boxes = certify(by_hand()).boxes
    for arguments, message in [
            (({},), "nets must be a dict"), (({"deep": ParityRNN(2, num_layers=2)},), "num_layers must be 1"),
            (({"wide": ParityRNN(33)},), "hidden_size must be at most 32"), ((two, "other"), "net must be 'net'"),
            ((two, None, "102"), "bits must be"), ((two, None, 401 * "0"), "bits must be"),
            ((two, None, "", {"other": boxes}), "a label in boxes must be 'net'"),
            ((three, None, "", {"net": boxes}), r"boxes\['net'\] must be for a net with two")]:
        names = dict(zip(("nets", "net", "bits", "boxes"), arguments))
        with pytest.raises(ValueError, match=message):
            StateMachine(names.pop("nets"), **names)
    with pytest.raises(ValueError, match="points must be"):
        StateMachine(two, points=0)


def states_of(model: ParityRNN, bits: str) -> tuple[np.ndarray, np.ndarray]:
    """The start and the state after each bit, an LSTM's with c, and the logits, by PyTorch in float64."""
    model, state, states = model.double(), None, [np.zeros(model.hidden_size * (2 if model.cell == "lstm" else 1))]
    logits = []
    with torch.no_grad():
        for bit in bits:
            output, state = model.rnn(torch.full((1, 1, 1), float(bit), dtype=torch.float64), state)
            parts = state if model.cell == "lstm" else (state,)
            states.append(torch.cat([part.flatten() for part in parts]).numpy())
            logits.append(model.hidden_to_logits(output).item())
    return np.array(states), np.array(logits)


def test_the_plane_is_that_of_two_numbers_or_of_the_principal_axes():
    widget = StateMachine(nets())
    for label in ("by hand", "leaks", "one unit"):
        assert (widget.nets[label]["mean"], widget.nets[label]["axes"]) == ([0, 0], [[1, 0], [0, 1]])
    for label in ("GRU", "LSTM"):
        states = extract(nets()[label], most=6).states
        _, vectors = np.linalg.eigh(np.cov(states.T))
        axes = np.array(widget.nets[label]["axes"])
        np.testing.assert_allclose(np.abs(axes @ vectors[:, ::-1][:, :2]), np.eye(2), atol=1e-6)
        np.testing.assert_allclose(widget.nets[label]["mean"], states.mean(axis=0))
    even, odd = (np.array(points) for points in widget.nets["GRU"]["points"])
    assert odd[:, 0].min() > even[:, 0].max()   # apart on the first axis, and odd on the right


def test_it_is_small():
    page_weight = sum(len(str(net)) for net in StateMachine({"GRU": leaking_gru(), "by hand": by_hand()}).nets.values())
    assert page_weight < 16_000


# ---------------------------------------------------------------- in a browser


def table(page) -> list[list[str]]:
    if page.locator(".pw-numbers td").count() == 0:
        page.get_by_text("The numbers").click()
    page.wait_for_selector(".pw-numbers td")
    rows = page.locator(".pw-numbers tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))")
    return [[cell.replace("−", "-") for cell in row] for row in rows[1:]]


def click(page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def choose(page, label: str) -> None:
    page.get_by_role("combobox", name="Net").select_option(label)


def said(page) -> str:
    return page.locator(".pw-parted").inner_text()


def field(page):
    return page.get_by_role("textbox", name="Bits")


@pytest.mark.browser
@pytest.mark.parametrize("label", list(nets()))
def test_states_logits_and_answers_are_pytorch_s_and_the_machine_s(show, label):
    model, bits = nets()[label], BITS + 40 * "0"
    widget = StateMachine({label: model}, bits=bits)
    rows = table(show(widget))
    states, logits = states_of(model, bits)
    flat = (states - widget.nets[label]["mean"]) @ np.array(widget.nets[label]["axes"]).T
    shown = np.array([row[2:4] for row in rows], dtype=float)
    np.testing.assert_allclose(shown, flat, atol=6e-4)
    np.testing.assert_allclose([float(row[4]) for row in rows[1:]], logits, rtol=6e-3, atol=6e-4)
    names = np.array(["even", "odd"])
    assert [row[5] for row in rows[1:]] == names[(logits > 0).astype(int)].tolist()
    automaton = extract(nets()[label], most=6).automaton
    path = [0]
    for bit in bits:
        path.append(int(automaton.successors[path[-1], int(bit)]))
    assert [int(row[6]) for row in rows] == path == widget.path
    assert [row[7] for row in rows] == names[automaton.odd[path].astype(int)].tolist()
    assert [row[8] for row in rows] == names[np.cumsum([0, *map(int, bits)]) % 2].tolist()
    np.testing.assert_allclose(widget.states, states, atol=1e-9)


@pytest.mark.browser
@pytest.mark.parametrize("label", ["leaks", "GRU"])
def test_where_net_and_parity_part_is_said(show, label):
    model = nets()[label].double()
    step = int(first_error(model, np.array([[1] + 200 * [0]]))[0])
    assert step > 10
    page = show(StateMachine({label: model}, bits="1" + (step - 2) * "0"))
    assert "right after every bit" in said(page)
    assert page.locator(".pw-step-wrong").count() == 0
    click(page, "Read a 0")
    assert "Here net and parity part: the net says even, and the string so far is odd." in said(page)
    click(page, "Read a 0")
    assert f"Net and parity parted at bit {step}." in said(page)
    assert page.locator(".pw-step-wrong").count() == 2
    assert page.locator(".pw-answer").all_inner_texts() == ["odd", "even\n✗", "odd\n✓"]
    click(page, "Read a 1")
    assert "happens to be right" in said(page) or f"parted at bit {step}" in said(page)


@pytest.mark.browser
def test_the_machine_s_own_error_is_said(show):
    deaf = by_hand("tanh")
    with torch.no_grad():
        deaf.hidden_to_logits.weight.zero_()      # says even to everything, and so does its machine
    page = show(StateMachine({"deaf": deaf}, bits="1"))
    assert "The machine went wrong at bit 1." in said(page)
    assert page.get_by_role("img", name="wrong").count() == 2


PLACES = """() => {
  const all = (selector) => [...document.querySelectorAll(selector)].map((element) => {
    const box = element.getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2];
  });
  return { point: all(".pw-point")[0], expected: all(".pw-expected")[0], last: all(".pw-step").at(-1),
           even: all(".pw-even-state"), odd: all(".pw-odd-state") };
}"""


@pytest.mark.browser
@pytest.mark.parametrize("label", ["by hand", "GRU"])
def test_the_point_is_drawn_where_it_is_and_so_are_the_states(show, label):
    widget = StateMachine(nets(), net=label, bits=BITS[:7])
    page, net = show(widget), widget.nets[label]
    drawn = page.evaluate(PLACES)
    known = np.array(net["points"][0] + net["points"][1])
    scale, shift = np.polyfit(known[:, 0], np.array(drawn["even"] + drawn["odd"])[:, 0], 1)
    up, top = np.polyfit(known[:, 1], np.array(drawn["even"] + drawn["odd"])[:, 1], 1)
    assert scale == pytest.approx(-up, rel=0.01)
    for bit in ["", "0", "1", "1"]:
        if bit:
            field(page).fill(field(page).input_value() + bit)
        drawn = page.evaluate(PLACES)
        widget.bits = field(page).input_value()
        place = (widget.states[-1] - net["mean"]) @ np.array(net["axes"]).T
        for mark, (x, y) in {"point": place, "last": place, "expected": net["centres"][widget.path[-1]]}.items():
            assert drawn[mark] == pytest.approx([scale * x + shift, up * y + top], abs=0.6), mark


@pytest.mark.browser
def test_the_arrow_that_was_taken_lights_up_and_the_state_is_marked(show):
    widget = StateMachine({"by hand": by_hand()}, bits="")
    page = show(widget)
    assert (page.locator(".pw-taken").count(), page.locator(".pw-here").count()) == (0, 1)
    for bit in "1011001":
        click(page, f"Read a {bit}")
        widget.bits += bit
        assert page.locator(".pw-here .pw-number").text_content() == str(widget.path[-1])
        assert bit in page.locator(".pw-taken text").text_content()
        before, after = widget.path[-2:]
        assert f"Now it is in state {after}." in page.locator("svg[role=img]").nth(1).get_attribute("aria-label")
        went = f"stays in state {after}" if before == after else f"goes from state {before} to state {after}"
        assert went in said(page)


@pytest.mark.browser
def test_keys_read_bits_and_typed_strings_are_checked(show):
    page = show(StateMachine(nets(), bits="10"))
    page.get_by_role("button", name="Start again").focus()
    page.keyboard.press("Enter")
    assert field(page).input_value() == ""
    for key in ("1", "0", "1", "x"):
        page.keyboard.press(key)
    assert field(page).input_value() == "101"
    field(page).focus()
    page.keyboard.press("Home")
    page.keyboard.press("0")
    assert field(page).input_value() == "0101"      # typed where the cursor was, not read after the last bit
    assert "Bit 4 is a 1" in said(page)
    field(page).fill("10a")
    alert = page.get_by_role("alert")
    assert alert.inner_text() == "Only 0 and 1 are bits; “a” is neither."
    assert field(page).get_attribute("aria-invalid") == "true"
    assert field(page).get_attribute("aria-describedby") == alert.get_attribute("id")
    assert "Bit 4 is a 1" in said(page)
    field(page).fill("")
    assert not alert.is_visible()
    assert "No bit has been read" in said(page)
    field(page).fill(399 * "0")
    click(page, "50 zeros")
    assert len(field(page).input_value()) == 400
    assert page.get_by_role("button", name="Read a 1").get_attribute("aria-disabled") == "true"


@pytest.mark.browser
def test_zeros_come_one_by_one_and_can_be_stopped(show):
    page = show(StateMachine({"leaks": by_hand("tanh", 1.15)}, bits="1"), less_motion=False)
    page.clock.install()
    click(page, "50 zeros")
    page.clock.run_for(1000)
    assert 3 < len(field(page).input_value()) < 40
    assert page.locator(".pw-parted").get_attribute("aria-live") == "off"
    click(page, "Stop")
    seen = len(field(page).input_value())
    page.clock.run_for(2000)
    assert len(field(page).input_value()) == seen
    assert page.locator(".pw-parted").get_attribute("aria-live") == "polite"
    click(page, "50 zeros")
    page.clock.run_for(20_000)
    assert len(field(page).input_value()) == seen + 50
    click(page, "50 zeros")
    click(page, "Read a 1")     # a bit by hand ends the run
    page.clock.run_for(2000)
    assert re.fullmatch(f"10{{{seen + 50},{seen + 90}}}1", field(page).input_value())


@pytest.mark.browser
def test_boxes_of_a_proof_hold_the_states_and_lie_where_they_are(show):
    model = by_hand("tanh", 1.25)
    boxes = certify(model).boxes
    widget = StateMachine({"proved": model, "not": by_hand("tanh", 1.15)}, boxes={"proved": boxes, "not": None})
    page = show(widget)
    tick = page.get_by_role("checkbox")
    assert page.locator(".pw-proof").count() == 0
    tick.check()
    frames = page.locator(".pw-proof").evaluate_all(
        "all => all.map(one => ['x', 'y', 'width', 'height'].map(name => +one.getAttribute(name)))")
    x, y, half = widget.nets["proved"]["window"]
    for (left, top, width, height), low, high in zip(frames, boxes.low, boxes.high, strict=True):
        to_plane = 2 * half / 280
        np.testing.assert_allclose([x - half + (left + 2) * to_plane, x - half + (left + width - 2) * to_plane],
                                   [low[0], high[0]], atol=2e-3)
        np.testing.assert_allclose([y + half - (top + height - 2) * to_plane, y + half - (top + 2) * to_plane],
                                   [low[1], high[1]], atol=2e-3)
    assert page.locator(".pw-proof-odd").count() == int(boxes.odd.sum())
    choose(page, "not")
    assert tick.is_disabled()
    assert page.locator(".pw-proof").count() == 0


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_phone_all_is_large_enough_and_nothing_jumps(show, theme):
    page = show(StateMachine(nets(), net="GRU", boxes={"leaks": None}), width=390, theme=theme)
    controls = page.locator(".parity-widget :is(button, .pw-input, label.pw-of-proof, summary)")
    assert all(controls.nth(i).bounding_box()["height"] >= 44 for i in range(controls.count()))
    heights = set()
    for label in nets():
        choose(page, label)
        field(page).fill("")
        for step in ("Read a 1", "Read a 1", "50 zeros"):
            click(page, step)
            heights.add(page.locator(".parity-widget").bounding_box()["height"])
            assert page.evaluate("document.documentElement.scrollWidth") <= 390
        sizes = page.locator(".pw-pair text").evaluate_all(
            "all => all.map(one => parseFloat(getComputedStyle(one).fontSize) * one.ownerSVGElement.getScreenCTM().a)")
        assert min(sizes) >= 11
    assert len(heights) == 1


@pytest.mark.browser
def test_on_a_phone_plane_machine_and_buttons_are_in_sight_together(show):
    page = show(StateMachine({"by hand": by_hand()}), width=390)
    page.set_viewport_size({"width": 390, "height": 750})
    plane, machine = (one.bounding_box() for one in page.locator(".pw-pair > div > svg").all())
    page.evaluate(f"scrollTo(0, {plane['y'] - 10})")
    button = page.get_by_role("button", name="Read a 1").bounding_box()
    assert machine["y"] + machine["height"] - plane["y"] + 10 <= button["y"]
    assert button["y"] + button["height"] <= 750
