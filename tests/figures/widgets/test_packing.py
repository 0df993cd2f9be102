"""PackedBatch: what it draws is what pack_padded_sequence stores, and its scores are those of the chapter."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn.utils.rnn import pack_padded_sequence

from parity_figures.widgets import PackedBatch
from parity_lib import running_parity


@pytest.mark.parametrize("lengths", [(), (1,) * 7, (0, 3), (11,)])
def test_what_is_not_allowed_is_named(lengths):
    with pytest.raises(ValueError, match="lengths must be 1 to 6 numbers from 1 to 10"):
        PackedBatch(lengths)


def expected(lengths) -> tuple[list[str], list[int]]:
    """The flat order by PyTorch, a name for each number, and batch_sizes."""
    places = torch.tensor([[100 * row + t for t in range(max(lengths))] for row in range(len(lengths))])
    packed = pack_padded_sequence(places, torch.tensor(lengths), batch_first=True, enforce_sorted=False)
    return ["ABCDEF"[n // 100] + str(n % 100 + 1) for n in packed.data.tolist()], packed.batch_sizes.tolist()


@pytest.mark.browser
@pytest.mark.parametrize("lengths", [(3, 7, 5, 2), (4,), (2, 2, 2), (1, 10, 4, 4, 6, 1)])
def test_the_flat_order_is_pytorchs(show, lengths):
    page = show(PackedBatch(lengths))
    names, sizes = expected(lengths)
    if len(set(lengths)) == len(lengths):       # PyTorch's sorting leaves those of one length in no certain order
        assert page.locator(".pw-flat .pw-box").all_inner_texts() == names
    assert sorted(page.locator(".pw-flat .pw-box").all_inner_texts()) == sorted(names)
    assert f"batch_sizes = {sizes}" in page.locator(".pw-flat").inner_text()


@pytest.mark.browser
def test_the_scores_are_those_of_a_net_that_always_says_even(show):
    widget = PackedBatch((3, 7, 5, 2), seed=2)
    page = show(widget)
    bits = np.array([[int(bit) for bit in row[:7]] for row in widget.bits[:4]], dtype=np.uint8)
    mask = np.arange(7) < np.array(widget.lengths)[:, None]
    right = running_parity(bits) * mask == 0
    said = page.get_by_text("Always even").inner_text()
    assert f"{round(100 * (1 - mask.mean()))} % of the rectangle is padding" in said
    assert f"right at {round(100 * right.mean())} % of it" in said
    assert f"at {round(100 * right[mask].mean())} % of the real positions" in said


@pytest.mark.browser
def test_lengths_change_by_keyboard_and_strings_come_and_go(show):
    page = show(PackedBatch((3, 7)), width=390)
    page.get_by_role("slider", name="Length of string A").focus()
    page.keyboard.press("ArrowRight")
    assert "batch_sizes = [2, 2, 2, 2, 1, 1, 1]" in page.locator(".pw-flat").inner_text()
    page.get_by_role("button", name="One string more").click()
    assert page.get_by_role("slider").count() == 3
    for _ in range(2):
        page.get_by_role("button", name="One less").click()
    assert page.get_by_role("slider").count() == 1
    controls = page.locator(".parity-widget :is(button, input)")
    assert all(controls.nth(i).bounding_box()["height"] >= 44 for i in range(controls.count()))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.browser
def test_each_length_is_written_beside_its_slider_and_each_count_says_what_it_counts(show):
    page = show(PackedBatch((3, 7)))
    assert page.locator(".pw-row .pw-value").all_inner_texts() == ["3 bits", "7 bits"]
    page.get_by_role("slider", name="Length of string A").fill("1")
    assert page.locator(".pw-row .pw-value").all_inner_texts() == ["1 bit", "7 bits"]
    assert page.get_by_text("how many strings have this step").is_visible()
    assert "8 bits in a row" in page.locator(".pw-flat").inner_text()
    assert "6 of its 14 squares" in page.get_by_text("Always even").inner_text()
