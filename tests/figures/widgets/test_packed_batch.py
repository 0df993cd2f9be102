"""PackedBatch stores bits in the order of pack_padded_sequence, and marks a string wherever it is."""

import pytest
import torch
from torch.nn.utils.rnn import pack_padded_sequence

from parity_figures.widgets import PackedBatch
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
    sizes = packed.batch_sizes.tolist()
    assert f"batch_sizes = {sizes}" in page.locator(".pw-flat").inner_text()
    assert page.locator(".pw-size").all_inner_texts() == [str(size) for size in sizes]


def marked(page, part: str) -> list[str]:
    return page.locator(f"{part} .pw-chosen").all_inner_texts()


def test_a_chosen_string_is_marked_in_every_drawing(show):
    widget = PackedBatch((3, 7, 5, 2))
    page = show(widget)
    assert "Padding fills 11 of the 28 squares" in page.locator(".parity-widget").inner_text()
    page.get_by_role("button", name="Mark string C").focus()
    page.keyboard.press("Enter")
    for name in ("C", "A"):
        row = "ABCD".index(name)
        bits = [f"{name}{t}" for t in range(1, widget.lengths[row] + 1)]
        assert marked(page, ".pw-rectangle") == list(widget.strings[row][:len(bits)])
        assert marked(page, ".pw-packed") == marked(page, ".pw-flat") == bits
        places = [place for place, text in enumerate(page.locator(".pw-flat .pw-box").all_inner_texts())
                  if text.startswith(name)]
        said = f"String {name} is marked. You find it in memory at {', '.join(map(str, places))}, counted from 0."
        assert said in page.locator("p[aria-live]").inner_text()
        assert page.locator(".pw-row [aria-pressed=true]").all_inner_texts() == [name]
        page.locator(".pw-flat").get_by_text("A2").click()


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
