"""GradientStrip: the gradient that it computes is PyTorch's, and what it draws and says is that gradient."""

from __future__ import annotations

import copy
import json
import re

import numpy as np
import pytest
import torch

from parity_figures.widgets import GradientStrip
from parity_figures.widgets.base import FOLDER, weights
from parity_lib import ParityRNN, by_hand
from parity_study.experiments.gradients import orthogonal
from parity_study.experiments.trained_networks import with_forget_bias


@pytest.mark.parametrize(("arguments", "message"), [
    ({"nets": {}}, "nets must be"), ({"nets": {"a": ParityRNN(3, "gru")}}, r"nets\['a'\].cell must be"),
    ({"nets": {"a": ParityRNN(40, "tanh")}}, r"nets\['a'\].hidden_size must be"), ({"net": "b"}, "net must be"),
    ({"gain": 3}, "gain must be a number from 0.25 to 2.5"), ({"bias": -3}, "bias must be a number from -2 to 6"),
    ({"steps": 51}, "steps must be at most 50"), ({"steps": 1}, "steps must be"), ({"strings": 0}, "strings must be"),
    ({"seed": -1}, "seed must be")])
def test_what_is_not_allowed_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        GradientStrip(**arguments)


def knob_turned(net, gain, bias):
    """A copy of the net in float64, with its V or its forget gates' bias as the reader has them."""
    net = copy.deepcopy(net).double()
    with torch.no_grad():
        if net.cell == "lstm":
            net.rnn.bias_hh_l0[net.hidden_size:2 * net.hidden_size] += bias
        else:
            net.rnn.weight_hh_l0 *= gain
    return net


def norms_by_autograd(net, strings) -> np.ndarray:
    """The norm of the last logit's gradient at the state after each step, [strings, steps], by PyTorch."""
    rnn, bits = net.rnn, torch.tensor([[float(bit) for bit in string] for string in strings]).double()
    h, c = torch.zeros(2, len(strings), net.hidden_size).double()
    states = []
    for x in bits.T:
        sums = x[:, None] @ rnn.weight_ih_l0.T + h @ rnn.weight_hh_l0.T + rnn.bias_ih_l0 + rnn.bias_hh_l0
        if net.cell == "lstm":
            write, keep, new, show = sums.chunk(4, dim=1)
            c = keep.sigmoid() * c + write.sigmoid() * new.tanh()
            states.append(c)
            h = show.sigmoid() * c.tanh()
        else:
            h = sums.tanh() if net.cell == "tanh" else sums.relu()
            states.append(h)
        states[-1].retain_grad()
    assert torch.allclose(net.hidden_to_logits(h)[:, 0], net(bits[:, :, None])[:, -1, 0])
    net.hidden_to_logits(h).sum().backward()
    return torch.stack([state.grad.norm(dim=1) for state in states], dim=1).numpy()


NETS = {
    "orthogonal": orthogonal(1, seed=2), "tanh": ParityRNN(5, "tanh", seed=1), "relu": ParityRNN(6, "relu", seed=3),
    "tanh by hand": by_hand("tanh"), "relu by hand": by_hand("relu"),
    "LSTM": with_forget_bias(0, seed=0), "LSTM as drawn": ParityRNN(5, "lstm", seed=4), "one unit": by_hand("lstm"),
}
KNOBS = [*((name, gain, 0.0) for name in ("orthogonal", "tanh", "relu") for gain in (0.5, 1.0, 1.5, 2.5)),
         ("tanh by hand", 1.0, 0.0), ("relu by hand", 1.0, 0.0),
         *((name, 1.0, bias) for name in ("LSTM", "LSTM as drawn") for bias in (-2.0, 0.0, 1.9, 6.0)),
         ("one unit", 1.0, 6.0)]


def in_the_browser(browser, change=lambda script: script) -> dict:
    """The norms that the figure's own functions give for every one of KNOBS: [strings, steps] each."""
    shared, own = ((FOLDER / f"{name}.js").read_text(encoding="utf-8") for name in ("shared", "gradient_strip"))
    own = change(own.replace("export default", "const figure ="))
    script = ("(function ([nets, knobs, strings]) {\n" + shared + own + "\nreturn knobs.map(([name, gain, bias]) =>"
              "strings.map((bits) => gradientNorms(turned(nets[name], knobOf(nets[name]) === GAIN ? gain : bias),"
              "digits(bits)))); })")
    nets = {name: weights(net) for name, net in NETS.items()}
    page = browser.new_page()
    found = page.evaluate(script, [nets, KNOBS, GradientStrip().strings[:4]])
    page.close()
    return dict(zip(KNOBS, map(np.array, found), strict=True))


def largest_error(found, kind=tuple(NETS)) -> float:
    strings, errors = GradientStrip().strings[:4], []
    for (name, gain, bias), ours in found.items():
        if name in kind:
            theirs = norms_by_autograd(knob_turned(NETS[name], gain, bias), strings)
            errors.append(np.max(np.abs(ours - theirs) / np.maximum(theirs, 1e-300)))
    return max(errors)


@pytest.mark.browser
def test_every_gradient_is_pytorchs(browser):
    found = in_the_browser(browser)
    assert largest_error(found) < 1e-5
    reach = [ours[:, 0] / ours[:, -1] for ours in found.values()]
    assert min(map(np.min, reach)) < 1e-20      # the comparison covers gradients that vanish and that explode
    assert max(map(np.max, reach)) > 1e3


@pytest.mark.browser
@pytest.mark.parametrize(("right", "wrong", "kind"), [
    ("1 - h[k] ** 2", "1 - h[k]", "tanh"), ("Number(h[k] > 0)", "1", "relu"), ("v * value", "v", "orthogonal"),
    ("v + value", "v", "LSTM"), ("fromMemory[k] + ", "", "LSTM"), ("d * f[k])", "d)", "LSTM"),
    ("old[k] * slope(f[k])", "memory[k] * slope(f[k])", "LSTM"), ("1 - g[k] ** 2", "1", "LSTM"),
    ("squashed[k] * slope(o[k])", "slope(o[k])", "LSTM"), ("row[k])", "row[0])", "tanh")])
def test_a_mistake_in_one_line_is_noticed(browser, right, wrong, kind):
    def spoil(script):
        assert script.count(right) == 1
        return script.replace(right, wrong)
    assert largest_error(in_the_browser(browser, spoil), (kind,)) > 1e-3


def table(page) -> np.ndarray:
    """The numbers below the figure, step 1 first: step, median, least, most."""
    if not page.locator(".pw-more").evaluate("e => e.open"):
        page.locator(".pw-more > summary").click()
    page.wait_for_selector(".pw-numbers td")
    rows = page.locator(".pw-numbers").inner_text().splitlines()[1:]
    plain = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
    return np.array([[float(cell.replace(" × 10", "e").translate(plain)) for cell in row.split("\t")[:4]]
                     for row in rows])[::-1]


def said(page) -> str:
    return page.locator(".pw-told").inner_text()


def levels(page) -> list[float]:
    """How high each cell is filled, as a power of ten."""
    fills = page.locator(".pw-step").evaluate_all(
        "all => all.map(one => parseFloat(one.style.getPropertyValue('--level')))")
    return [-12 + 16 * fill / 100 for fill in fills]


@pytest.mark.browser
@pytest.mark.parametrize(("name", "gain", "bias", "strings"), [
    ("orthogonal", 0.75, 0.0, 9), ("orthogonal", 2.5, 0.0, 4), ("LSTM", 1.0, 0.0, 9), ("LSTM", 1.0, 1.9, 1)])
def test_cells_numbers_and_sentence_are_the_median_over_the_strings(show, name, gain, bias, strings):
    widget = GradientStrip({name: NETS[name]}, gain=gain, bias=bias, strings=strings)
    page = show(widget)
    norms = norms_by_autograd(knob_turned(NETS[name], gain, bias), widget.strings)
    ratios = norms / norms[:, -1:]
    median = np.median(ratios, axis=0)
    steps, *found = table(page).T
    assert steps.tolist() == list(range(1, 51))
    for ours, theirs in zip(found, (median, ratios.min(axis=0), ratios.max(axis=0)), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0.051)        # two digits are written
    np.testing.assert_allclose(levels(page), np.clip(np.log10(median), -12, 4), atol=0.01)
    assert f"multiplied by {median[0] ** (1 / 49):.2f}." in said(page)
    lost, large = np.flatnonzero(median < 1e-3), np.flatnonzero(median > 1e3)
    place = (f"vanishes: below 1/1000 from step {lost[-1] + 1} back" if len(lost) else
             f"explodes: above 1000 from step {large[-1] + 1} back" if len(large) else "stays between")
    assert place in said(page)


@pytest.mark.browser
def test_a_gradient_that_is_zero_is_said_to_be_nothing(show):
    page = show(GradientStrip({"by hand": by_hand("lstm")}))
    assert "Nothing reaches step 1" in said(page)
    assert table(page)[0, 1] == 0


@pytest.mark.browser
def test_it_is_operated_by_keyboard_and_fits_a_phone(show):
    page = show(GradientStrip({"first": NETS["orthogonal"], "second": NETS["LSTM"]}), width=390)
    slider, net = page.get_by_role("slider"), page.get_by_role("combobox", name="Net")
    before = said(page)
    slider.focus()
    page.keyboard.press("ArrowLeft")
    assert page.locator(".pw-value").inner_text() == "× 0.95"
    assert said(page) != before
    assert slider.get_attribute("aria-valuetext").startswith("× 0.95; ")
    assert page.locator(".pw-told").get_attribute("aria-live") == "off"        # the slider has said it
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    legend = page.locator(".pw-legend").inner_text()
    assert legend.startswith("Kept: first, gain × 0.95")
    held = page.locator(".pw-step").first.evaluate("e => e.style.getPropertyValue('--held')")
    room = page.locator(".parity-widget").bounding_box()["height"]
    net.focus()
    page.keyboard.press("ArrowDown")
    assert page.locator(".pw-value").inner_text() == "+ 0.0"
    assert page.locator(".pw-told").get_attribute("aria-live") == "polite"
    slider.fill("6")
    page.keyboard.press("Shift+Tab")
    page.get_by_role("slider", name="Forget bias").focus()
    page.keyboard.press("ArrowLeft")
    assert page.locator(".pw-value").inner_text() == "+ 5.9"
    assert page.locator(".pw-legend").inner_text() == legend
    assert page.locator(".pw-step").first.evaluate("e => e.style.getPropertyValue('--held')") == held
    assert page.locator(".parity-widget").bounding_box()["height"] == room
    net.select_option("first")
    assert page.locator(".pw-value").inner_text() == "× 1.00"      # another net comes with its knob at rest
    controls = page.locator(".parity-widget :is(button, input, select, summary)")
    for place in range(controls.count()):
        box = controls.nth(place).bounding_box()
        assert box["height"] >= 44
        assert box["x"] + box["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    sizes = page.locator(".parity-widget *").evaluate_all(
        "all => all.filter(one => one.textContent.trim()).map(one => parseFloat(getComputedStyle(one).fontSize))")
    assert min(sizes) >= 11


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 336])
def test_no_part_reaches_into_the_border(show, width):
    page = show(GradientStrip({"a name that is a good deal longer than a phone is wide, as some are": NETS["LSTM"],
                               "b": NETS["orthogonal"]}, bias=-2), width=width)
    frame = page.locator(".parity-widget").bounding_box()
    for part in page.locator(".parity-widget :is(select, input, output, button, p, b, .pw-level > span)").all():
        box = part.bounding_box()
        if box is not None:
            assert box["x"] >= frame["x"] + 8
            assert box["x"] + box["width"] <= frame["x"] + frame["width"] - 16
            assert part.evaluate("e => e.tagName === 'INPUT' || e.scrollWidth <= e.offsetWidth")


def test_one_net_needs_no_choice_and_the_sentence_follows_the_knob():
    widget = GradientStrip(gain=2)
    assert "its V times 2" in repr(widget)
    assert len(json.dumps(widget.weights)) < 12_000
    assert re.fullmatch("[01]{50}", widget.strings[0])
