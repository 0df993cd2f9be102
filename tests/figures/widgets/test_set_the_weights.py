"""TwoUnits counts as many correct strings as PyTorch, and its sliders and buttons change the weights."""

import re
from itertools import product

import numpy as np
import pytest
import torch

from parity_figures.widgets import TwoUnits
from parity_figures.widgets.set_the_weights import in_order
from parity_lib import ParityRNN, by_hand
from tests.figures.widgets.static_page import bits_field, click

pytestmark = pytest.mark.browser

SETTINGS = {
    "the start": TwoUnits().weights,
    "by hand": in_order(by_hand("tanh")),
    "forgets": [*TwoUnits().weights[:2], -2.6, *TwoUnits().weights[3:]],
    "random": np.random.default_rng(3).uniform(-3, 3, 11).round(1).tolist(),
}
STRINGS = np.array(list(product([0.0, 1.0], repeat=12)))


def of_pytorch(weights: list[float]) -> ParityRNN:
    """Return the network with these weights."""
    units, model = torch.tensor(weights[:8], dtype=torch.float64).reshape(2, 4), ParityRNN(2, "tanh").double()
    values = (units[:, :1], units[:, 1:3], units[:, 3], torch.zeros(2), torch.tensor([weights[8:10]]), weights[10:])
    with torch.no_grad():
        for parameter, value in zip(model.parameters(), values, strict=True):
            parameter.copy_(torch.as_tensor(value))
    return model


def correct_after(model: ParityRNN, zeros: int) -> int:
    """Count the strings of twelve bits that have the correct answer after ``zeros`` more zeros."""
    inputs = np.pad(STRINGS, ((0, 0), (0, zeros)))
    with torch.no_grad():
        odd = model(torch.from_numpy(inputs)[:, :, None])[:, -1, 0] > 0
    return int((odd.numpy() == (STRINGS.sum(axis=1) % 2 == 1)).sum())


def counts(page) -> list[int]:
    """Return the counts in the table that are known."""
    table = page.locator("table").inner_text()
    return [int(number.replace(",", "")) for number in re.findall(r"([\d,]+) of 4,096", table)]


@pytest.mark.parametrize("name", SETTINGS)
def test_counts_and_states_are_those_of_pytorch(show, name):
    weights, bits = SETTINGS[name], "110100111"
    model, page = of_pytorch(weights), show(TwoUnits(weights, bits=bits))
    assert counts(page) == [correct_after(model, 0)]
    click(page, "Fifty zeros")
    assert counts(page) == [correct_after(model, 0), correct_after(model, 50)]
    inputs = torch.tensor([[*map(float, bits), *[0.0] * 50]], dtype=torch.float64)[:, :, None]
    label = page.locator(".pw-pair svg").get_attribute("aria-label").replace("−", "-")
    shown = [float(number) for number in re.search(r"is \((.*), (.*)\)", label).groups()]
    np.testing.assert_allclose(shown, model.hidden_states(inputs)[0, -1].detach(), atol=0.0051)
    answers = ["odd" if model(inputs)[0, step, 0] > 0 else "even" for step in (len(bits) - 1, -1)]
    assert re.findall("odd|even", page.locator("table").inner_text()) == answers


def test_one_weight_is_wrong_and_the_first_correct_value_still_forgets(show):
    page = show(TwoUnits())
    slider = page.get_by_role("slider", name="V12")
    slider.focus()
    seen = counts(page)
    while seen[-1] < 4096:
        page.keyboard.press("ArrowRight")
        seen += counts(page)
    assert len(set(seen)) == len(seen), "each step is seen"
    click(page, "Fifty zeros")
    assert counts(page)[1] < 4096
    assert "fifty zeros make" in page.locator(".pw-told").inner_text()
    slider.fill("-2")
    assert counts(page) == [4096, 4096]
    click(page, "No zeros")
    assert "Will they still be correct" in page.locator(".pw-told").inner_text()
    bits_field(page).fill("10")
    assert "odd" in page.locator("table").inner_text()
    click(page, "K = 3")
    assert page.get_by_role("slider").evaluate_all("all => all.map(one => Number(one.value))") == SETTINGS["by hand"]
    click(page, "Start again")
    assert counts(page) == seen[:1]


def test_the_summary_has_the_count_of_the_page(show):
    for weights in SETTINGS.values():
        assert f" {correct_after(of_pytorch(weights), 0):,} of the 4,096" in TwoUnits(weights).summary()
