"""StateMachine has the states of NumpyNetwork, PyTorch's answers and the library's machine, on the same bits."""

import re
from functools import cache

import numpy as np
import pytest
import torch

from parity_figures.widgets import StateMachine
from parity_lib import ParityRNN, by_hand
from parity_study.certificate_store import read_store
from parity_study.certify import certify, first_error
from parity_study.experiments.certificates import as_model
from parity_study.extraction import extract
from tests.figures.widgets.static_page import bits_field, button, choose, click, number, table
from tests.parameters import longer_after
from tests.study.networks import make_wide_network

BITS = "".join(map(str, np.random.default_rng(3).integers(2, size=60)))


def leaking_gru() -> ParityRNN:
    """Return a trained GRU that forgets a 1 over a run of zeros. It is stored, so it is the same on every machine."""
    return as_model(next(net for net in read_store()
                         if net.kind == "gru 8" and net.string and re.fullmatch("10+", net.string)))


@cache
def networks() -> dict[str, ParityRNN]:
    return {"by hand": by_hand("tanh", 1.5), "leaks": by_hand("tanh", 1.15), "GRU": leaking_gru(),
            "LSTM": make_wide_network("lstm", 1), "one unit": by_hand("lstm"), "one gate": by_hand("gru")}


LABELS = ("by hand", "leaks", "GRU", "LSTM", "one unit", "one gate")


def test_the_plane_is_that_of_two_numbers_or_of_the_readout_and_the_largest_variance_beside_it():
    widget = StateMachine(networks())
    for label in ("by hand", "leaks", "one unit"):
        assert (widget.networks[label]["mean"], widget.networks[label]["axes"]) == ([0, 0], [[1, 0], [0, 1]])
    for label in ("GRU", "LSTM"):
        states, model = extract(networks()[label], most=6).states, networks()[label]
        readout = np.zeros(states.shape[1])
        readout[:model.hidden_size] = model.hidden_to_logits.weight.detach().numpy()[0]
        readout /= np.linalg.norm(readout)
        aside = states - np.outer(states @ readout, readout)
        _, vectors = np.linalg.eigh(np.cov(aside.T))
        axes = np.array(widget.networks[label]["axes"])
        np.testing.assert_allclose(axes[0], readout, atol=1e-6)
        np.testing.assert_allclose(np.abs(axes[1] @ vectors[:, -1]), 1, atol=1e-6)
        np.testing.assert_allclose(widget.networks[label]["mean"], states.mean(axis=0))
    for label in LABELS:    # the sign of the logit is the side of the line
        net, model, bits = widget.networks[label], networks()[label], BITS
        states = StateMachine({label: model}, bits=bits).states
        with torch.no_grad():
            logits = model.double()(torch.tensor([[[float(bit)] for bit in bits]]))[0, :, 0].numpy()
        plane = (states - net["mean"]) @ np.array(net["axes"]).T
        np.testing.assert_allclose(plane[1:] @ net["border"][:2] + net["border"][2], logits, atol=1e-6)
    even, odd = (np.array(points) for points in widget.networks["GRU"]["points"])
    assert odd[:, 0].min() > even[:, 0].max()   # apart on the first axis, with odd on the right
    assert len(str(widget.networks["GRU"])) < 16_000


def sentence(page) -> str:
    return page.locator(".pw-parted").inner_text()


@pytest.mark.browser
@pytest.mark.parametrize("label", longer_after(1, LABELS[2:] + LABELS[:2]))
def test_states_logits_and_answers_are_pytorchs_and_the_machine_is_the_librarys(show, label):
    model, bits = networks()[label], BITS + 40 * "0"
    widget = StateMachine({label: model}, bits=bits)
    rows = table(show(widget))[1:]
    with torch.no_grad():
        logits = model.double()(torch.tensor([[[float(bit)] for bit in bits]]))[0, :, 0].numpy()
    plane = (widget.states - widget.networks[label]["mean"]) @ np.array(widget.networks[label]["axes"]).T
    np.testing.assert_allclose([[number(cell) for cell in row[2:4]] for row in rows], plane, atol=6e-4)
    np.testing.assert_allclose([number(row[4]) for row in rows[1:]], logits, rtol=6e-3, atol=6e-4)
    names = np.array(["even", "odd"])
    assert [row[5] for row in rows[1:]] == names[(logits > 0).astype(int)].tolist()
    automaton, path = extract(model, most=6).automaton, [0]
    for bit in bits:
        path.append(int(automaton.successors[path[-1], int(bit)]))
    assert [int(row[6]) for row in rows] == path == widget.path
    assert [row[7] for row in rows] == names[automaton.odd[path].astype(int)].tolist()
    assert [row[8] for row in rows] == names[np.cumsum([0, *map(int, bits)]) % 2].tolist()


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("label", ["leaks", "GRU"])
def test_the_first_error_of_a_network_is_named(show, label):
    model = networks()[label].double()
    step = int(first_error(model, np.array([[1] + 200 * [0]]))[0])
    assert step > 10
    page = show(StateMachine({label: model}, bits="1" + (step - 2) * "0"))
    assert "correct after every bit" in sentence(page)
    assert page.locator(".pw-step-wrong").count() == 0
    click(page, "Read a 0")
    assert "makes its first error: it answers even, not odd." in sentence(page)
    click(page, "Read a 0")
    assert f"The network made its first error at bit {step}." in sentence(page)
    assert page.locator(".pw-step-wrong").count() == 2
    assert page.locator(".pw-answer").all_inner_texts() == ["odd", "even\n✗", "odd\n✓"]


@pytest.mark.slow
@pytest.mark.browser
def test_the_first_error_of_a_machine_is_named(show):
    blind = by_hand("tanh")
    with torch.no_grad():
        blind.hidden_to_logits.weight.zero_()      # answers even to everything, and so does its machine
    page = show(StateMachine({"blind": blind}, bits="1"))
    assert "The machine made its first error at bit 1." in sentence(page)
    assert page.get_by_role("img", name="wrong").count() == 2


PLACES = """() => {
  const all = (selector) => [...document.querySelectorAll(selector)].map((element) => {
    const box = element.getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2];
  });
  return { point: all(".pw-point")[0], expected: all(".pw-expected")[0], last: all(".pw-step").at(-1),
           states: [...all(".pw-even-state"), ...all(".pw-odd-state")] };
}"""


@pytest.mark.browser
@pytest.mark.parametrize("label", longer_after(1, ["GRU", "by hand"]))
def test_point_and_states_are_drawn_at_their_places_and_the_machine_takes_its_arrows(show, label):
    widget = StateMachine(networks(), network=label, bits=BITS[:7])
    page, net = show(widget), widget.networks[label]
    known, drawn = np.array(net["points"][0] + net["points"][1]), np.array(page.evaluate(PLACES)["states"])
    across, left = np.polyfit(known[:, 0], drawn[:, 0], 1)
    down, top = np.polyfit(known[:, 1], drawn[:, 1], 1)
    assert across == pytest.approx(-down, rel=0.01)
    for bit in "011001":
        click(page, f"Read a {bit}")
        widget.bits += bit
        state, drawn = (widget.states[-1] - net["mean"]) @ np.array(net["axes"]).T, page.evaluate(PLACES)
        before, after = widget.path[-2:]
        for mark, (x, y) in {"point": state, "last": state, "expected": net["centres"][after]}.items():
            assert drawn[mark] == pytest.approx([across * x + left, down * y + top], abs=0.6), mark
        assert page.locator(".pw-here .pw-number").text_content() == str(after)
        assert bit in page.locator(".pw-taken text").text_content()
        assert f"Now it is in state {after}." in page.locator("svg[role=img]").nth(1).get_attribute("aria-label")
        went = f"stays in state {after}" if before == after else f"goes from state {before} to state {after}"
        assert went in sentence(page)


@pytest.mark.slow
@pytest.mark.browser
def test_a_string_has_an_end_and_can_be_empty(show):
    page = show(StateMachine(networks(), bits="10"))
    button(page, "Start again").focus()
    page.keyboard.press("Enter")
    assert "No bit has been read" in sentence(page)
    bits_field(page).fill(399 * "0")
    click(page, "50 zeros")
    assert len(bits_field(page).input_value()) == 400
    bits_field(page).fill(51 * "1")
    assert bits_field(page).evaluate("field => field.scrollWidth <= field.clientWidth")
    bits_field(page).fill(400 * "0")
    assert button(page, "Read a 1").get_attribute("aria-disabled") == "true"


@pytest.mark.slow
@pytest.mark.browser
def test_zeros_are_read_one_by_one_and_can_be_stopped(show):
    page = show(StateMachine({"leaks": by_hand("tanh", 1.15)}, bits="1"), less_motion=False)
    field, live = bits_field(page), page.locator(".pw-parted")
    page.clock.install()
    click(page, "50 zeros")
    page.clock.run_for(1000)
    assert 3 < len(field.input_value()) < 40
    assert live.get_attribute("aria-live") == "off"
    click(page, "Stop")
    seen = len(field.input_value())
    page.clock.run_for(2000)
    assert len(field.input_value()) == seen
    assert live.get_attribute("aria-live") == "polite"
    click(page, "50 zeros")
    page.clock.run_for(20_000)
    assert len(field.input_value()) == seen + 50
    click(page, "50 zeros", "Read a 1")     # any other bit ends the run
    page.clock.run_for(2000)
    assert re.fullmatch(f"10{{{seen + 50},{seen + 90}}}1", field.input_value())


@pytest.mark.browser
def test_boxes_of_a_proof_are_drawn_at_their_places(show):
    model = by_hand("tanh", 1.25)
    boxes = certify(model).boxes
    widget = StateMachine({"proved": model, "not": by_hand("tanh", 1.15)}, boxes={"proved": boxes, "not": None})
    page = show(widget)
    checkbox, frames = page.get_by_role("checkbox"), page.locator(".pw-proof")
    assert frames.count() == 0
    checkbox.check()
    (x, y, half), to_plane = widget.networks["proved"]["window"], 2 * widget.networks["proved"]["window"][2] / 280
    drawn = frames.evaluate_all(
        "all => all.map(e => ['x', 'y', 'width', 'height'].map(name => +e.getAttribute(name)))")
    for (left, top, width, height), low, high in zip(drawn, boxes.low, boxes.high, strict=True):
        np.testing.assert_allclose([x - half + (left + 2) * to_plane, x - half + (left + width - 2) * to_plane],
                                   [low[0], high[0]], atol=2e-3)
        np.testing.assert_allclose([y + half - (top + height - 2) * to_plane, y + half - (top + 2) * to_plane],
                                   [low[1], high[1]], atol=2e-3)
    assert page.locator(".pw-proof-odd").count() == int(boxes.odd.sum())
    choose(page, "not")
    assert checkbox.is_hidden()
    assert "boxes" not in page.locator(".parity-widget").inner_text()
    assert frames.count() == 0


@pytest.mark.browser
def test_on_a_phone_the_answers_the_plane_the_machine_and_the_buttons_can_be_seen_together(show):
    page = show(StateMachine(networks(), bits="1011"), width=390)
    page.set_viewport_size({"width": 390, "height": 600})
    page.locator(".pw-answers").evaluate("e => e.scrollIntoView()")
    buttons = button(page, "Read a 0").bounding_box()
    plane, machine = (drawing.bounding_box() for drawing in page.locator(".pw-pair svg[role=img]").all())
    assert buttons["y"] + buttons["height"] <= 600
    for box in (page.locator(".pw-answers").bounding_box(), plane, machine):
        assert 0 <= box["y"] < box["y"] + box["height"] <= buttons["y"]
    assert plane["x"] + plane["width"] <= machine["x"]
    choose(page, "leaks")       # its boundary is a line, which ends at the edge of the plane
    clip = page.locator(".pw-pair svg svg")
    assert clip.count() == 1
    assert clip.evaluate("e => getComputedStyle(e).overflow") == "hidden"
