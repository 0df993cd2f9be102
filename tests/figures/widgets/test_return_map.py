"""ReturnMap: its numbers are those of the two-unit net and of the library's intervals; its verdicts agree with both."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch

from parity_figures.widgets import ReturnMap
from parity_lib import by_hand
from parity_study.certify import parity_intervals


@pytest.mark.parametrize(("arguments", "message"), [
    ({"sharpness": 0.4}, "sharpness must be"), ({"sharpness": 4.1}, "sharpness must be"),
    ({"bits": "12"}, "bits must be")])
def test_what_is_not_allowed_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        ReturnMap(**arguments)


def click(page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def said(page) -> str:
    return page.locator(".pw-side").inner_text()


def drawn(page) -> str:
    return page.locator(".pw-map svg").get_attribute("aria-label").replace("−", "-")


@pytest.mark.browser
@pytest.mark.parametrize("K", [0.8, 1.15, 1.25, 3.0])
def test_p_is_that_of_the_net(show, K):
    bits = "1011000010"
    page = show(ReturnMap(K, bits=bits))
    net = by_hand("tanh", sharpness=K)
    inputs = torch.tensor([int(bit) for bit in bits]).float()[None, :, None]
    h = net.hidden_states(inputs)[0, -1].detach().numpy()
    assert float(re.search(r"p is (-?[\d.]+)", drawn(page))[1]) == pytest.approx((h[0] - h[1]) / 2, abs=6e-4)


@pytest.mark.browser
@pytest.mark.parametrize("K", [1.15, 1.19, 1.25, 2.0, 3.5])
def test_the_proof_holds_where_the_library_s_does(show, K):
    page = show(ReturnMap(K, bits=""))
    click(page, "Grow to the end")
    found = parity_intervals(K)
    assert ("right for ever" in said(page)) == (found is not None)
    if found is not None:
        ends = np.array(re.findall(r"-?\d\.?\d*", drawn(page).partition("Even")[2]), dtype=float).reshape(2, 2)
        np.testing.assert_allclose(ends, found, atol=2e-3)


@pytest.mark.browser
def test_a_counterexample_is_named_where_the_net_forgets(show):
    page = show(ReturnMap(1.15, bits="1"))
    zeros = int(re.search(r"a one is forgotten after (\d+) zeros", said(page))[1])
    net = by_hand("tanh", sharpness=1.15).double()
    string = torch.zeros(1, zeros + 1, 1).double()
    string[0, 0] = 1
    odd = net(string)[0, :, 0] > 0
    assert bool(odd[:-1].all())
    assert not bool(odd[-1])
    click(page, "Grow to the end")
    assert f"a 1 and {zeros} zeros make a counterexample" in said(page)


@pytest.mark.browser
def test_bits_are_fed_and_the_slider_moves_by_keyboard(show):
    page = show(ReturnMap(1.25, bits=""), width=390)
    click(page, "Read a 1")
    click(page, "50 zeros")
    assert "(51 bits)" in said(page)
    click(page, "Start again")
    assert "p is 0" in said(page)
    click(page, "Grow once")
    assert "1 round" in said(page)
    page.get_by_role("slider", name="Sharpness K").focus()
    page.keyboard.press("ArrowLeft")
    assert page.locator(".pw-value").inner_text() == "1.24"
    assert "p = 0 alone" in said(page)       # another K, another proof
    controls = page.locator(".parity-widget :is(button, input)")
    assert all(controls.nth(i).bounding_box()["height"] >= 44 for i in range(controls.count()))


@pytest.mark.browser
@pytest.mark.parametrize("K", [0.5, 1.15, 4.0])
def test_the_names_of_the_curves_stand_clear_of_them_and_of_each_other(show, K):
    page = show(ReturnMap(K, bits="1011"), width=390)
    first, second = (page.get_by_text(f"after a {bit}", exact=True).bounding_box() for bit in (0, 1))
    frame, drawing = page.locator(".pw-frame").bounding_box(), page.locator(".pw-map svg").bounding_box()
    assert first["y"] + first["height"] <= second["y"]
    for name in (first, second):
        assert name["x"] >= frame["x"] + frame["width"]
        assert name["x"] + name["width"] <= drawing["x"] + drawing["width"]
