"""PackedBatch stores bits in the order of pack_padded_sequence, and its scores are those of the chapter."""

import numpy as np
import pytest
import torch
from torch.nn.utils.rnn import pack_padded_sequence

from parity_figures.widgets import PackedBatch
from parity_lib import running_parity
from tests.figures.widgets.static_page import click

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("lengths", [(3, 7, 5, 2), (4,), (2, 2, 2), (1, 10, 4, 4, 6, 1)])
def test_the_packed_order_is_pytorchs(show, lengths):
    page = show(PackedBatch(lengths))
    places = torch.tensor([[100 * row + t for t in range(max(lengths))] for row in range(len(lengths))])
    packed = pack_padded_sequence(places, torch.tensor(lengths), batch_first=True, enforce_sorted=False)
    names = ["ABCDEF"[place // 100] + str(place % 100 + 1) for place in packed.data.tolist()]
    shown = page.locator(".pw-flat .pw-box").all_inner_texts()
    if len(set(lengths)) == len(lengths):       # PyTorch does not define the order of strings of equal length
        assert shown == names
    assert sorted(shown) == sorted(names)
    assert f"batch_sizes = {packed.batch_sizes.tolist()}" in page.locator(".pw-flat").inner_text()


def test_the_scores_are_those_of_a_network_that_always_answers_even(show):
    widget = PackedBatch((3, 7, 5, 2))
    bits = np.array([[int(bit) for bit in row[:7]] for row in widget.strings[:4]], dtype=np.uint8)
    mask = np.arange(7) < np.array(widget.lengths)[:, None]
    correct = running_parity(bits) * mask == 0
    words = show(widget).get_by_text("Always even").inner_text()
    assert f"{round(100 * (1 - mask.mean()))} % of the rectangle is padding, 11 of its 28 squares" in words
    assert f"correct at {round(100 * correct.mean())} % of all positions" in words
    assert f"at {round(100 * correct[mask].mean())} % of those that are not padding" in words


def test_lengths_change_by_keyboard_and_strings_are_added_and_removed(show):
    page = show(PackedBatch((3, 7)))
    page.get_by_role("slider", name="Length of string A").focus()
    page.keyboard.press("ArrowRight")
    assert "batch_sizes = [2, 2, 2, 2, 1, 1, 1]" in page.locator(".pw-flat").inner_text()
    assert page.locator(".pw-row .pw-value").all_inner_texts() == ["4 bits", "7 bits"]
    click(page, "Add a string")
    assert page.get_by_role("slider").count() == 3
    click(page, "Remove a string", "Remove a string")
    assert page.get_by_role("slider").count() == 1
