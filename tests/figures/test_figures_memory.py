"""The drawing of packing, the chart of a number's drift, and the hint for one unit: what they show and say."""

import numpy as np
import pytest
import torch
from torch.nn.utils.rnn import pack_padded_sequence

import parity_figures as figures


def squares(axes):
    """What is written in the squares of a panel, from left to right, row by row."""
    texts = [text for text in axes.texts if text.get_text()[0] in "ABCD" and len(text.get_text()) == 2]
    return [text.get_text() for text in sorted(texts, key=lambda text: (-text.get_position()[1],
                                                                        text.get_position()[0]))]


def test_packing_shows_the_order_in_which_pytorch_packs():
    lengths = [3, 7, 5, 2]
    drawn = figures.packing(lengths)
    padded, ordered, flat = drawn.figure.axes
    numbers = torch.tensor([[10 * row + step for step in range(1, 8)] for row in range(1, 5)])[..., None]
    packed = pack_padded_sequence(numbers, torch.tensor(lengths), batch_first=True, enforce_sorted=False)
    assert squares(flat) == [f"{'ABCD'[number // 10 - 1]}{number % 10}" for number in packed.data.flatten().tolist()]
    assert squares(padded)[:4] == ["A1", "A2", "A3", "B1"]
    assert squares(ordered)[-2:] == ["D1", "D2"]
    sizes = ", ".join(map(str, packed.batch_sizes.tolist()))
    assert f"the number of strings that still run: {sizes}." in drawn.alt
    assert "lengths A 3, B 7, C 5, D 2" in drawn.alt
    assert "long to short, B, C, A, D," in drawn.alt
    assert "numbered from 0 to 16: B1 C1 A1 D1; B2 C2 A2 D2; B3 C3 A3; B4 C4; B5 C5; B6; B7." in drawn.alt


@pytest.mark.parametrize("lengths", [[20, 5], [0, 3]])
def test_packing_refuses_what_does_not_fit_in_one_row(lengths):
    with pytest.raises(ValueError, match="lengths must be from 1 on, 24 in all"):
        figures.packing(lengths)


def test_a_drift_says_where_the_number_grows_and_where_it_shrinks():
    before = np.linspace(0, 1, 101)
    drawn = figures.drift(before, {"to one half": np.full(101, 0.5), "up": before + 0.1})
    assert "to one half: grows from 0.00 to 0.49, shrinks from 0.49 to 1.00; up: grows from 0.00 to 1.00." in drawn.alt
    zero, first, second = drawn.figure.axes[0].lines
    np.testing.assert_allclose(first.get_ydata(), 0.5 - before)
    assert zero.get_ydata() == [0, 0]
    assert first.get_linestyle() != second.get_linestyle()      # told apart without colour
    assert drawn.numbers.rows[0] == ("to one half", 0.0, 0.5)


@pytest.mark.parametrize(("series", "told"), [({}, "1 to 3 names"), ({"a": [1.0]}, "the shape of before")])
def test_a_drift_of_nonsense_is_refused(series, told):
    with pytest.raises(ValueError, match=told):
        figures.drift([0.0, 1.0], series)


def test_the_hint_for_one_unit_gives_no_conclusion():
    drawn = figures.one_unit()
    words = [text.get_text() for axes in drawn.figure.axes for text in axes.texts]
    assert words == ["even → even", "odd → odd", "even → odd", "odd → even"]
    assert all(word not in drawn.alt + drawn.caption for word in ("rise", "fall", "slope", "> 0"))
