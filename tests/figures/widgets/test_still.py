"""What stands for an interactive figure on paper and without JavaScript: a picture, and always a sentence."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np
import pytest
import torch
from IPython.core.formatters import format_display_data
from matplotlib.patches import FancyBboxPatch

from parity_figures import widgets
from parity_figures.widgets.base import ParityWidget
from parity_figures.widgets.return_map import next_p
from parity_lib import ParityRNN, by_hand
from parity_lib.data import Curriculum
from parity_study.certify import parity_intervals
from tests.figures.widgets.test_gradient_strip import knob_turned

WITHOUT_PICTURE = ()    # the widgets that have the sentence alone; give one a `picture`, or its name a place here


RUNS = {"5 bits": [120, 900, None], "Label at every step, 1 to 50 bits": [None, None, 4000]}
NEEDED = {"SeedBySeed": (RUNS, 4000), "StateMachine": ({"by hand": by_hand("tanh")},)}    # what has no default


def made(name: str) -> ParityWidget:
    return getattr(widgets, name)(*NEEDED.get(name, ()))


def test_who_has_no_picture_is_listed():
    without = [name for name in widgets.__all__ if made(name).picture() is None]
    assert tuple(without) == WITHOUT_PICTURE


@pytest.mark.parametrize("name", [name for name in widgets.__all__ if name not in WITHOUT_PICTURE])
def test_a_picture_says_the_sentence_and_is_the_second_form_of_the_output(name):
    widget = made(name)
    assert widget.picture().alt == widget.summary() == widget.sentence
    assert widget.picture().caption == ""
    forms = format_display_data(widget)[0]
    assert set(forms) == {"text/plain", "application/vnd.jupyter.widget-view+json", "image/svg+xml"}
    assert forms["text/plain"].startswith("[Interactive figure]")
    assert ET.fromstring(forms["image/svg+xml"]).get("aria-label") == widget.sentence


def test_a_widget_without_a_picture_keeps_its_sentence():
    class Plain(ParityWidget):
        _esm = "export default { render() {} }"

        def summary(self):
            return "Shows nothing."

    forms = format_display_data(Plain())[0]
    assert set(forms) == {"text/plain", "application/vnd.jupyter.widget-view+json"}
    assert forms["text/plain"] == "[Interactive figure] Shows nothing."


def words(picture) -> list[str]:
    """The texts of a drawing in boxes and beside them, in the order in which they were drawn."""
    return [text.get_text() for text in picture.figure.axes[0].texts if text.get_text()]


@pytest.mark.parametrize("bits", ["1", "10110", "110100111010"])
def test_the_unrolled_net_s_states_and_answers_are_pytorch_s(bits):
    nets = {"by hand": by_hand("tanh"), "eight": ParityRNN(8, "relu", seed=3)}
    for label, net in nets.items():
        picture = widgets.UnrolledRNN(nets, bits=bits, net=label).picture()
        with torch.no_grad():
            inputs = torch.tensor([int(bit) for bit in bits], dtype=next(net.parameters()).dtype)[None, :, None]
            odd, states = net(inputs)[0, :, 0] > 0, net.hidden_states(inputs)[0]
        said = words(picture)
        assert [word for word in said if word in ("odd", "even")] == ["odd" if one else "even" for one in odd]
        assert [word for word in said if word in "01"] == list(bits)
        shown = [[float(line.replace("−", "-")) for line in word.splitlines() if line != "⋮"]
                 for word in said if "\n" in word]
        np.testing.assert_allclose(shown, [[0, 0], *states[:, :2]], atol=0.0051)


def test_the_reader_s_answers_are_right_and_the_last_is_open():
    widget = widgets.YouAreTheNetwork(seed=1)
    answers = [word for word in words(widget.picture()) if word in ("odd", "even", "you?")]
    ones = np.cumsum([int(bit) for bit in widget.bits[:6]])
    assert answers == [*("odd" if count % 2 else "even" for count in ones[:-1]), "you?"]


@pytest.mark.parametrize("K", [0.8, 1.25, 3.0])
def test_the_map_is_the_net_s_and_its_bars_are_the_library_s(K):
    bits = "1011000010"
    inputs = torch.tensor([float(bit) for bit in bits]).double()[None, :, None]
    h = by_hand("tanh", sharpness=K).hidden_states(inputs)[0].detach().numpy()
    p, path = (h[:, 0] - h[:, 1]) / 2, [0.0]
    for bit in bits:
        path.append(next_p(path[-1], int(bit), K))
    np.testing.assert_allclose(path[1:], p, atol=1e-12)
    lines = widgets.ReturnMap(K, bits=bits).picture().figure.axes[0].lines
    assert lines[4].get_xydata()[0] == pytest.approx((p[-1], p[-1]))
    bars = [tuple(line.get_xdata()) for line in lines if line.get_linewidth() == 7]
    assert bars == list(parity_intervals(K) or ())


@pytest.mark.parametrize(("arguments", "told"), [
    ({}, ("32 strings of\n50 bits", "a relu network\nof 32 units", "adam, rate 0.005\nclipped at 0.25")),
    ({"cell": "lstm", "hidden_size": 8, "lengths": (1, 50), "label": "end", "clip": None, "optimizer": "sgd",
      "lr": 0.5}, ("1 to 50 bits", "a label at the end", "an LSTM\nof 8 units", "sgd, rate 0.5")),
    ({"lengths": Curriculum(2, 50)}, ("growing lengths",)), ({"lengths": 5, "batch_size": "all"}, ("all strings",))])
def test_the_loop_of_training_names_the_settings(arguments, told):
    widget = widgets.Playground(**arguments)
    said = "\n".join(words(widget.picture()))
    assert [part for part in told if part not in said] == []
    assert ("clipped" in said) == (arguments.get("clip", 1) is not None)


@pytest.mark.parametrize(("net", "turned"), [
    (ParityRNN(6, "tanh", seed=1), {"gain": 1.5}), (ParityRNN(6, "relu", seed=1), {}),
    (ParityRNN(6, "lstm", seed=1), {"bias": 2.0})])
def test_the_strip_s_gradient_is_that_of_small_changes(net, turned):
    """By differences: a state is nudged in each direction, and the rest of the string is read from there."""
    widget = widgets.GradientStrip({"net": net}, steps=6, strings=3, **turned)
    turned_net = knob_turned(net, turned.get("gain", 1.0), turned.get("bias", 0.0))
    expected = np.array([nudged(turned_net, [float(bit) for bit in string]) for string in widget.strings])
    np.testing.assert_allclose(widget.arriving(), np.median(expected / expected[:, -1:], axis=0), rtol=1e-4)


def nudged(net, bits: list[float], size: float = 1e-5) -> np.ndarray:
    """The norm of the last logit's change with the state after each step."""
    inputs = torch.tensor(bits).double()[None, :, None]
    norms = []
    with torch.no_grad():
        for step in range(1, len(bits) + 1):
            _, state = net.rnn(inputs[:, :step])
            slopes = []
            for unit in range(net.hidden_size):
                ends = []
                for sign in (1, -1):
                    start = [part.clone() for part in (state if isinstance(state, tuple) else (state,))]
                    before = start[-1].clone()
                    start[-1][0, 0, unit] += sign * size
                    if len(start) == 2:          # what an LSTM shows of its c follows c
                        start[0] *= start[-1].tanh() / before.tanh()
                    if step < len(bits):
                        _, end = net.rnn(inputs[:, step:], tuple(start) if len(start) == 2 else start[0])
                    else:
                        end = start
                    ends.append(net.hidden_to_logits((end[0] if len(start) == 2 or step == len(bits) else end)[-1]))
                slopes.append(float((ends[0] - ends[1]).squeeze()) / (2 * size))
            norms.append(np.linalg.norm(slopes))
    return np.array(norms)


def test_recorded_runs_and_the_machine_are_those_given():
    axes = widgets.SeedBySeed(RUNS, 4000).picture().figure.axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == [
        "Label at every step, 1 to 50 bits\n1 of 3", "5 bits\n2 of 3"]
    states = [word for word in words(made("StateMachine").picture()) if word.isdigit() and len(word) == 1]
    assert {"0", "1", "2", "3"} <= set(states)


def test_strings_too_many_for_the_drawing_leave_the_sentence():
    assert widgets.PackedBatch((10, 10, 4)).picture() is not None
    assert widgets.PackedBatch((10, 10, 5)).picture() is None


MANY = {"UnrolledRNN": lambda: widgets.UnrolledRNN({"large": ParityRNN(16, "relu", seed=0)}, bits="110100111010"),
        "Playground": lambda: widgets.Playground("relu", hidden_size=64, lengths=Curriculum(10, 100), label="end",
                                                 batch_size=1024, lr=0.0001, optimizer="adam"),
        "YouAreTheNetwork": widgets.YouAreTheNetwork}


@pytest.mark.parametrize("name", MANY)
def test_no_text_leaves_its_box(name):
    figure = MANY[name]().picture().figure
    figure.draw_without_rendering()
    axes = figure.axes[0]
    boxes = [patch.get_window_extent() for patch in axes.patches if isinstance(patch, FancyBboxPatch)]
    texts = [text.get_window_extent() for text in axes.texts if text.get_text()]
    held = [(box, text) for box in boxes for text in texts if box.contains(*text.get_points().mean(axis=0))]
    assert len(held) >= len(boxes) > 3
    for box, text in held:
        assert box.x0 < text.x0 < text.x1 < box.x1
        assert box.y0 < text.y0 < text.y1 < box.y1
