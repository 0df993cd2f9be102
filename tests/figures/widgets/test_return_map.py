"""ReturnMap has the p of the two-unit network and the intervals of the library, and its verdicts agree with both."""

import re

import numpy as np
import pytest
import torch

from parity_figures.widgets import ReturnMap
from parity_lib import by_hand
from parity_study.certify import next_interval, parity_intervals
from tests.parameters import longer_after

pytestmark = pytest.mark.browser

LOW, TOP = -0.1, 1.1            # the ends of both axes


def words(page) -> str:
    return page.locator(".pw-found").inner_text()


def numbers(page) -> list[float]:
    """Return the numbers that the drawing's name gives: K, the ends of the intervals, and two values of p."""
    name = page.locator(".pw-map > svg").get_attribute("aria-label").replace("−", "-")
    return [float(number) for number in re.findall(r"-?\d+\.\d+", name)]


def after_a_one(K: float, zeros: int) -> np.ndarray:
    """Return p after a 1 and after each of the zeros that follow it."""
    string = torch.zeros(1, zeros + 1, 1).double()
    string[0, 0] = 1
    h = by_hand("tanh", sharpness=K).double().hidden_states(string)[0].detach().numpy()
    return (h[:, 0] - h[:, 1]) / 2


@pytest.mark.parametrize("K", longer_after(2, [1.19, 1.15, 0.8, 1.25, 1.5]))
def test_p_is_the_networks_and_the_proof_holds_where_the_librarys_does(show, K):
    page, intervals = show(ReturnMap(K)), parity_intervals(K)
    sharpness, *ends, first, last = numbers(page)
    assert sharpness == K
    np.testing.assert_allclose([first, last], after_a_one(K, 199)[[0, -1]], atol=6e-4)
    assert ("correct for ever" in words(page)) == (intervals is not None)
    even, odd = np.reshape(ends, (2, 2))
    beyond = [] if intervals else [part for part in ((0.5, even[1]), (odd[0], 0.5)) if part[0] <= part[1]]
    assert (intervals is None) == (len(beyond) > 0)
    if intervals:
        np.testing.assert_allclose([even, odd], intervals, atol=2e-3)
    frame = page.locator(".pw-frame").bounding_box()
    boxes = [box.bounding_box() for box in page.locator(".pw-into rect").all()]
    drawn = [(LOW + (TOP - LOW) * (frame["y"] + frame["height"] - box["y"] - np.array([box["height"], 0]))
              / frame["height"]) for box in boxes]
    np.testing.assert_allclose(drawn, [even, odd, *beyond, even, odd, *beyond], atol=0.01)
    assert page.locator("svg > .pw-crossing-bar").count() == len(beyond)


def test_for_each_sharpness_the_proof_succeeds_if_and_only_if_the_network_remembers(show):
    page = show(ReturnMap())
    slider = page.get_by_role("slider", name="Sharpness K")
    verdicts = []
    for K in range(60, 151):
        slider.fill(f"{K / 100}")
        verdicts.append(words(page))
    succeeds, remembers = ([said in verdict for verdict in verdicts] for said in ("proof succeeds", "remembers a 1"))
    assert succeeds == remembers
    assert {*succeeds} == {True, False}


@pytest.mark.parametrize("K", longer_after(1, [1.15, 0.6, 1.0]))
def test_a_network_that_forgets_is_wrong_after_the_number_of_zeros_that_is_given(show, K):
    page = show(ReturnMap(K))
    zeros = int(re.search(r"It answers “even” after (\d+) zero", words(page))[1])
    odd = after_a_one(K, zeros) > 0.5
    assert bool(odd[:-1].all())
    assert not odd[-1]
    assert "No other proof can succeed, because this network forgets" in words(page)


def test_the_slider_changes_the_proof_and_the_memory(show):
    page = show(ReturnMap(1.15))
    assert "The proof fails." in words(page)
    assert "The network forgets a 1." in words(page)
    page.get_by_role("slider", name="Sharpness K").focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    assert page.locator(".pw-value").inner_text() == "1.19"
    assert "The proof succeeds." in words(page)
    assert "still answers “odd” after 10,000 zeros" in words(page)


@pytest.mark.parametrize("K", longer_after(2, [1.25, 1.15, 1.5]))
def test_the_curves_are_those_of_the_library_and_thick_within_intervals_that_rest(show, K):
    page = show(ReturnMap(K))
    ends = np.reshape(numbers(page)[1:5], (2, 2)) if parity_intervals(K) else ()
    width, height = (float(page.locator(".pw-frame").get_attribute(name)) for name in ("width", "height"))
    for bit in (0, 1):
        curves = [np.array(each.get_attribute("points").replace(",", " ").split(), dtype=float).reshape(-1, 2)
                  for each in page.locator(f".pw-after-{bit}").all()]
        spans = sorted([(LOW, TOP), *ends], key=lambda span: span[0])
        for curve, (low, high) in zip(sorted(curves, key=lambda points: points[0, 0]), spans, strict=True):
            old, new = LOW + (TOP - LOW) * np.stack([curve[:, 0] / width, 1 - curve[:, 1] / height])
            np.testing.assert_allclose(old[[0, -1]], (low, high), atol=6e-4)
            np.testing.assert_allclose(new, [next_interval(p, p, bit, K)[0] for p in old], atol=6e-4)


@pytest.mark.parametrize("K", longer_after(1, [1.15, 0.6, 1.5]))
def test_the_names_of_the_curves_overlap_neither_the_curves_nor_each_other(show, K):
    page = show(ReturnMap(K), width=390)
    first, second = (page.get_by_text(f"bit {bit}", exact=True).bounding_box() for bit in (0, 1))
    frame, drawing = page.locator(".pw-frame").bounding_box(), page.locator(".pw-map > svg").bounding_box()
    assert first["y"] + first["height"] <= second["y"]
    for name in (first, second):
        assert name["x"] >= frame["x"] + frame["width"]
        assert name["x"] + name["width"] <= drawing["x"] + drawing["width"]
