"""What stands for an interactive figure on paper and without JavaScript: a picture, and always a sentence."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np
import pytest
import torch
from IPython.core.formatters import format_display_data
from matplotlib.patches import FancyBboxPatch

from parity_lib import ParityRNN, by_hand, widgets
from parity_lib.certify import parity_intervals
from parity_lib.data import Curriculum
from parity_lib.widgets.base import ParityWidget
from parity_lib.widgets.return_map import next_p

WITHOUT_PICTURE = ()    # the widgets that have the sentence alone; give one a `picture`, or its name a place here


def test_who_has_no_picture_is_listed():
    without = [name for name in widgets.__all__ if getattr(widgets, name)().picture() is None]
    assert tuple(without) == WITHOUT_PICTURE


@pytest.mark.parametrize("name", [name for name in widgets.__all__ if name not in WITHOUT_PICTURE])
def test_a_picture_says_the_sentence_and_is_the_second_form_of_the_output(name):
    widget = getattr(widgets, name)()
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
