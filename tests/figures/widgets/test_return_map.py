"""ReturnMap has the p of the two-unit network and the intervals of the library, and its verdicts agree with both."""

import re

import numpy as np
import pytest
import torch

from parity_figures.widgets import ReturnMap
from parity_lib import by_hand
from parity_study.certify import parity_intervals
from tests.figures.widgets.static_page import click
from tests.parameters import longer_after

pytestmark = pytest.mark.browser


def words(page) -> str:
    return page.locator(".pw-side").inner_text()


def drawn(page) -> str:
    return page.locator(".pw-map > svg").get_attribute("aria-label").replace("−", "-")


@pytest.mark.parametrize("K", longer_after(2, [1.19, 1.25, 0.8, 1.15, 3.0]))
def test_p_is_the_networks_and_the_proof_holds_where_the_librarys_does(show, K):
    bits = "1011000010"
    page = show(ReturnMap(K, bits=bits))
    h = by_hand("tanh", sharpness=K).hidden_states(torch.tensor([float(bit) for bit in bits])[None, :, None])[0, -1]
    assert float(re.search(r"p is (-?[\d.]+)", drawn(page))[1]) == pytest.approx((h[0] - h[1]).item() / 2, abs=6e-4)
    click(page, "Grow the intervals")
    intervals = parity_intervals(K)
    assert ("correctly for ever" in words(page)) == (intervals is not None)
    if intervals is not None:
        said = drawn(page).partition("Even")[2].partition(". A 0")[0]
        ends = np.array(re.findall(r"-?\d\.?\d*", said), dtype=float).reshape(2, 2)
        np.testing.assert_allclose(ends, intervals, atol=2e-3)


def test_a_network_that_forgets_has_a_counterexample(show):
    page = show(ReturnMap(1.15, bits="1"))
    zeros = int(re.search(r"a single 1 is forgotten after (\d+) zeros", page.locator(".parity-widget").inner_text())[1])
    string = torch.zeros(1, zeros + 1, 1).double()
    string[0, 0] = 1
    odd = by_hand("tanh", sharpness=1.15).double()(string)[0, :, 0] > 0
    assert bool(odd[:-1].all())
    assert not bool(odd[-1])
    click(page, "Grow the intervals")
    assert f"a 1 and {zeros} zeros make a counterexample" in words(page)


def test_the_intervals_are_seen_growing_until_they_are_at_rest_or_the_proof_begins_again(show):
    page = show(ReturnMap(1.25, bits=""), less_motion=False)
    click(page, "Grow the intervals")
    page.wait_for_function("document.querySelector('.pw-side').innerText.includes('After 5 rounds')", polling=5)
    assert "still growing" in words(page)
    page.wait_for_function("document.querySelector('.pw-side').innerText.includes('correctly for ever')")
    click(page, "Start again", "Grow the intervals", "Start again")
    page.wait_for_timeout(200)
    assert "p = 0 alone" in words(page)


def test_bits_are_read_and_another_sharpness_starts_another_proof(show):
    page = show(ReturnMap(1.25))
    assert "No bit has been read" in words(page)
    click(page, "Read a 1", "50 zeros")
    assert "(51 bits)" in words(page)
    click(page, "Start again", "Grow the intervals")
    assert "p is 0" in words(page)
    assert "correctly for ever" in words(page)
    page.get_by_role("slider", name="Sharpness K").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert page.locator(".pw-value").inner_text() == "1.23"
    assert "With another K, the intervals begin again. Even begins as p = 0 alone." in words(page)
    click(page, "Start again")
    assert "another K" not in words(page)


@pytest.mark.parametrize("K", longer_after(2, [1.25, 1.15, 3.0]))
def test_the_marks_are_at_the_values_that_a_zero_does_not_change(show, K):
    def change(p: np.ndarray) -> np.ndarray:
        return (np.tanh(2 * K * (p - 0.5)) - np.tanh(2 * K * (p - 1.5))) / 2 - p

    fine = np.linspace(-0.1, 1.1, 100_001)
    fixed = fine[1:][np.diff(change(fine) > 0)]
    page = show(ReturnMap(K))
    said = drawn(page).partition("does not change p at ")[2].rstrip(".").split(", ")
    np.testing.assert_allclose([float(p) for p in said], fixed, atol=6e-4)
    frame = page.locator(".pw-frame").bounding_box()
    middles = [box["x"] + box["width"] / 2 for box in (mark.bounding_box() for mark in page.locator(".pw-fixed").all())]
    expected = frame["x"] + (fixed + 0.1) / 1.2 * frame["width"]
    np.testing.assert_allclose(middles, [*expected, *expected], atol=1)
    assert page.locator(".pw-fixed:not(.pw-even-bar, .pw-odd-bar)").count() == 2 * (len(fixed) // 2)


@pytest.mark.parametrize("K", longer_after(1, [1.15, 0.5, 4.0]))
def test_the_names_of_the_curves_overlap_neither_the_curves_nor_each_other(show, K):
    page = show(ReturnMap(K, bits="1011"), width=390)
    first, second = (page.get_by_text(f"after a {bit}", exact=True).bounding_box() for bit in (0, 1))
    frame, drawing = page.locator(".pw-frame").bounding_box(), page.locator(".pw-map > svg").bounding_box()
    assert first["y"] + first["height"] <= second["y"]
    for name in (first, second):
        assert name["x"] >= frame["x"] + frame["width"]
        assert name["x"] + name["width"] <= drawing["x"] + drawing["width"]
