"""The stage shows PyTorch's hidden states and weights, and its vertical direction is a principal component."""

import re

import numpy as np
import pytest
import torch

from parity_study.cells import CELLS
from tests.figures.widgets.test_engine import DEFAULTS, evaluate, random_net, settings_of

pytestmark = pytest.mark.browser

# Return the strings whose prefixes are shown, the direction and the frame, and the drawn places as coordinates.
DRAW = """(settings) => {
    const trainer = new (engine().Trainer)(settings), { bits, count, steps } = trainer.prefixes;
    trainer.network.parameters.set(settings.weights);
    const snapshot = trainer.snapshot(), up = directionOf(snapshot), frame = frameOf([snapshot], up);
    const drawing = svg("svg");
    drawPlane(drawing, snapshot, { up, frame });
    const marks = [...drawing.children].filter((mark) => mark.matches("circle, rect"));
    const [{ low, high }, line] = [frame, drawing.querySelector(".pw-readout")];
    const place = (element, x, y) => [parseFloat(element.getAttribute(x)), parseFloat(element.getAttribute(y))];
    const back = ([x, y], size) => [x, size - y].map((v, axis) => low[axis] + v / size * (high[axis] - low[axis]));
    const odd = marks.map((mark) => mark.matches(".pw-odd-state"));
    return { bits: Array.from(bits), shape: [steps, count], up, odd, range: high[1] - low[1],
             label: drawing.getAttribute("aria-label"),
             places: marks.map((mark, i) => back(place(mark, ...(odd[i] ? ["x", "y"] : ["cx", "cy"])), 100)),
             line: [back(place(line, "x1", "y1"), 1), back(place(line, "x2", "y2"), 1)],
             names: [...drawing.querySelectorAll("text")].map((text) => [text.textContent,
               back(place(text, "x", "y"), 100)]) };
}"""

# Return the parts of a cell and the weights that the lines of each part stand for, relative to the largest.
WEIGHTS = """(settings) => {
    const trainer = new (engine().Trainer)(settings), drawing = make("div");
    trainer.network.parameters.set(settings.weights);
    drawWeights(drawing, trainer.snapshot(), settings.cell, settings.largest);
    const signs = { plus: 1, zero: 0, minus: -1 };
    const weight = ({ style, dataset }) => style.getPropertyValue("--share") * signs[dataset.sign];
    return [drawing.getAttribute("aria-label"), [...drawing.querySelectorAll("svg")].map((part) =>
      [part.querySelector("text").textContent, [...part.querySelectorAll("line")].map(weight)])];
}"""


@pytest.fixture(scope="module")
def page(page_of_modules):
    """A page from file:// with the engine and the stage."""
    return page_of_modules("shared", "forward_pass", "engine", "stage")


@pytest.mark.parametrize("hidden", [1, 2, 5])
@pytest.mark.parametrize("cell", CELLS)
def test_the_marks_are_pytorchs_states(page, cell, hidden):
    net = random_net(cell, hidden, seed=2, scale=2)
    drawn = evaluate(page, DRAW, DEFAULTS | settings_of(net) | {"lengths": 20})
    bits = np.reshape(drawn["bits"], drawn["shape"]).T
    with torch.no_grad():
        inputs = torch.from_numpy(bits).double()[..., None]
        states = net.hidden_states(inputs).transpose(0, 1).reshape(-1, hidden).numpy()
        logits = net(inputs)[..., 0].T.flatten().numpy()
    odd, up = bits.cumsum(axis=1).T.flatten() % 2 == 1, drawn["up"]
    assert (len(states), drawn["odd"]) == (200, odd.tolist())
    assert f"separates {((logits > 0) == odd).sum()} of them" in drawn["label"]
    lengths = np.repeat(np.arange(1, 21), 10)
    expected = states if hidden == 2 else np.stack([logits, lengths if hidden == 1 else states @ up], axis=1)
    size = np.ptp(expected, axis=0).max() + 8
    np.testing.assert_allclose(drawn["places"], expected, atol=2e-4 * size)
    readout, bias = net.hidden_to_logits.weight.detach().numpy()[0], net.hidden_to_logits.bias.item()
    ends = np.array(drawn["line"])
    np.testing.assert_allclose(ends @ readout + bias if hidden == 2 else ends[:, 0], 0, atol=1e-9)
    names = dict(drawn["names"])
    for side in {"answers even", "answers odd"} & set(names):       # in a plane of two units
        assert (np.array(names[side]) @ readout + bias > 0) == (side == "answers odd")
    last = bits.T.flatten()
    middles = [(expected[last == bit, 1].min() + expected[last == bit, 1].max()) / 2 for bit in (0, 1)]
    far = abs(middles[0] - middles[1]) > 0.1 * drawn["range"]       # otherwise one name would cover the other
    for bit in (0, 1):
        group, others = (expected[last == value, 1] for value in (bit, 1 - bit))
        if hidden == 5 and far and (group.min() > others.max() or group.max() < others.min()):
            assert names[f"the last bit is {bit}"][1] == pytest.approx(middles[bit], abs=1e-3 * size)
        elif hidden != 2:
            assert "all 200 states" in names
    assert hidden == 2 or {"← answers even", "answers odd →"} < set(names)
    if hidden == 5:
        aside = states - states.mean(axis=0)
        aside -= np.outer(aside @ readout, readout) / (readout @ readout)
        assert abs(np.dot(up, readout)) < 1e-9
        assert np.linalg.norm(up) == pytest.approx(1)
        assert np.linalg.norm(aside @ up) > 0.999 * np.linalg.svd(aside)[1][0]


@pytest.mark.parametrize("hidden", [1, 3])
@pytest.mark.parametrize("cell", CELLS)
def test_the_lines_are_pytorchs_weights(page, cell, hidden):
    net = random_net(cell, hidden, seed=3, scale=2)
    from_bit, from_state, _, _, output, _ = (value.detach().numpy() for value in net.parameters())
    weights = np.hstack([from_state, from_bit]).reshape(-1, hidden * (hidden + 1))
    largest = float(max(np.abs(weights).max(), np.abs(output).max()))
    label, drawn = evaluate(page, WEIGHTS, DEFAULTS | settings_of(net, largest=largest))
    names = {"gru": ["reset gate", "update gate", "candidate"],
             "lstm": ["input gate", "forget gate", "candidate", "output gate"]}.get(cell, ["next state"])
    assert [name for name, _ in drawn] == [*names, "output"]
    for (_, shares), expected in zip(drawn, [*weights, output[0]], strict=True):
        np.testing.assert_allclose(np.array(shares) * largest, expected, atol=1e-3 * largest)
    said = [float(number) for number in re.findall(r"(-?[0-9.]+) from", label.replace("−", "-"))]
    np.testing.assert_allclose(said, [*weights.flatten(), *output[0]], atol=0.0051)
