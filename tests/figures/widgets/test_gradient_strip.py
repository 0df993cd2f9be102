"""GradientStrip has PyTorch's gradients, and its cells, table and sentence are these numbers."""

import numpy as np
import pytest

from parity_figures.widgets import GradientStrip
from parity_lib.models import ParityRNN, by_hand
from parity_study.state_gradients import orthogonal
from parity_study.trained_networks import with_forget_bias
from tests.figures.widgets.static_page import choose, number, table
from tests.parameters import longer_after

NETS = {"orthogonal": orthogonal(1, seed=2), "tanh": ParityRNN(5, "tanh", seed=1), "relu": ParityRNN(6, "relu", seed=3),
        "LSTM": with_forget_bias(0, seed=0), "LSTM as drawn": ParityRNN(5, "lstm", seed=4)}


def sentence(page) -> str:
    return page.locator(".pw-told").inner_text()


@pytest.mark.browser
@pytest.mark.parametrize(("name", "gain", "bias"), longer_after(1, [
    ("orthogonal", 0.75, 0.0), ("tanh", 1.5, 0.0), ("relu", 2.0, 0.0), ("LSTM", 1.0, 1.9),
    ("LSTM as drawn", 1.0, 6.0)]))
def test_cells_table_sentence_and_picture_are_pytorchs_gradients(show, name, gain, bias):
    widget = GradientStrip({name: NETS[name]}, gain=gain, bias=bias)
    page = show(widget)
    ratios = widget.gradients()
    median = np.median(ratios, axis=0)
    steps, *columns = np.array([[number(cell) for cell in row[:4]] for row in table(page)[:0:-1]]).T
    assert steps.tolist() == list(range(1, 51))
    for ours, theirs in zip(columns, (median, ratios.min(axis=0), ratios.max(axis=0)), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0.051)        # two digits are shown
    fills = page.locator(".pw-step").evaluate_all(
        "all => all.map(e => parseFloat(e.style.getPropertyValue('--level')))")
    np.testing.assert_allclose(-12 + 16 * np.array(fills) / 100, np.clip(np.log10(median), -12, 4), atol=0.01)
    factor = median[0] ** (1 / 49)
    assert f"multiplied by {factor:.{4 if factor < 0.1 else 2}f}." in sentence(page)
    lost, large = np.flatnonzero(median < 1e-3), np.flatnonzero(median > 1e3)
    place = (f"vanishes: below 1/1000 from step {lost[-1] + 1} back" if len(lost) else
             f"explodes: above 1000 from step {large[-1] + 1} back" if len(large) else "stays between")
    assert place in sentence(page)


@pytest.mark.browser
def test_a_gradient_of_zero_reaches_nothing(show):
    page = show(GradientStrip({"by hand": by_hand("lstm")}))
    assert "Nothing reaches step 1" in sentence(page)
    assert number(table(page)[-1][1]) == 0


@pytest.mark.browser
def test_gain_and_bias_change_by_keyboard_and_keep_their_places(show):
    page = show(GradientStrip({"first": NETS["orthogonal"], "second": NETS["LSTM"]}), width=390)
    slider, value = page.get_by_role("slider"), page.locator(".pw-value")
    before = sentence(page)
    slider.focus()
    page.keyboard.press("ArrowLeft")
    assert value.inner_text() == "× 0.95"
    assert sentence(page) != before
    assert slider.get_attribute("aria-valuetext").startswith("× 0.95; ")
    assert page.locator(".pw-told").get_attribute("aria-live") == "off"        # the slider announces its value
    page.get_by_role("combobox", name="Network").focus()
    page.keyboard.press("ArrowDown")
    assert value.inner_text() == "+ 0.0"
    assert page.locator(".pw-told").get_attribute("aria-live") == "polite"
    page.get_by_role("slider", name="Forget bias").fill("5.9")
    assert value.inner_text() == "+ 5.9"
    choose(page, "first")
    assert (value.inner_text(), slider.input_value()) == ("× 0.95", "0.95")     # the slider stays where it was


@pytest.mark.browser
def test_a_mark_on_the_slider_shows_where_the_gradient_begins_to_explode(show):
    page = show(GradientStrip({"orthogonal": NETS["orthogonal"], "LSTM": NETS["LSTM"]}))
    mark, words = page.locator("datalist option"), page.get_by_text("At the mark on the slider")
    gain = float(mark.get_attribute("value"))
    at_step_1 = [np.median(GradientStrip({"net": NETS["orthogonal"]}, gain=each).gradients()[:, 0])
                 for each in (gain - 0.05, gain)]
    assert at_step_1[0] <= 1 < at_step_1[1]
    assert words.is_visible()
    choose(page, "LSTM")        # its share at step 1 need not grow with the bias
    assert mark.count() == 0
    assert not words.is_visible()
