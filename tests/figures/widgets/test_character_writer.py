"""CharacterWriter has PyTorch's states and probabilities, and its text grows by characters that are drawn from them."""

import numpy as np
import pytest
import torch

from parity_figures.widgets import CharacterWriter
from parity_study.characters import CHARACTERS, CharacterNetwork
from tests.figures.widgets.static_page import button, click


def writer(text="the gate", large=8.0, **values):
    """Return a widget with a network whose weights are so large that its predictions differ."""
    network = CharacterNetwork(hidden_size=16, seed=3)
    with torch.no_grad():
        for weight in network.parameters():
            weight.mul_(large)
    return CharacterWriter(network.rnn, network.readout, CHARACTERS, text, **values)


# What the cells draw: the height of a bar that points up or down, as a share of half the cell.
UNITS = """cells => cells.map((cell) => {
  const bar = getComputedStyle(cell, "::before"), share = 2 * parseFloat(bar.height) / cell.offsetHeight;
  return parseFloat(bar.top) + parseFloat(bar.height) / 2 < cell.offsetHeight / 2 ? share : -share;
})"""


def written(page):
    return page.locator(".pw-page span").inner_text()


@pytest.mark.browser
@pytest.mark.parametrize(("text", "temperature"), [("the gate", 1.0), ("", 0.7), ("a network that writes", 2.0)])
def test_bars_are_pytorchs_probabilities_and_cells_its_hidden_units(show, text, temperature):
    widget = writer(text, temperature=temperature)
    page = show(widget)
    *names, others = page.locator(".pw-letter").all_inner_texts()
    *shares, rest = [float(share.removesuffix(" %")) / 100 for share in page.locator(".pw-share").all_inner_texts()]
    assert others == f"{len(CHARACTERS) - len(names)} others"
    assert rest + sum(shares) == pytest.approx(1, abs=0.004)     # the bars are rounded
    names = [{"space": " ", "new line": "\n"}.get(name, name) for name in names]
    expected = widget.probabilities()
    np.testing.assert_allclose(shares, np.sort(expected)[:-6:-1], atol=2e-3)
    np.testing.assert_allclose(shares, [expected[CHARACTERS.index(name)] for name in names], atol=2e-3)
    np.testing.assert_allclose(page.locator(".pw-units i").evaluate_all(UNITS), widget.state(), atol=2e-3)
    before = writer(text[:-1]).state() if text else torch.zeros(16)
    changed = np.flatnonzero(abs(widget.state() - before) > 0.5).tolist()
    assert page.locator(".pw-units i").evaluate_all(
        "all => all.flatMap((e, k) => e.classList.contains('pw-changed') ? [k] : [])") == changed
    assert f"changed {len(changed)} of the 16 units by more than one half" in page.locator(".pw-legend").inner_text()


@pytest.mark.browser
def test_a_text_is_typed_continued_and_begun_again(show):
    page = show(writer(temperature=0.1), width=390)
    field = page.get_by_role("textbox", name="Beginning")
    field.fill("A $gaßte$")
    assert (field.input_value(), written(page)) == ("a gate", "")
    alert, begins = page.get_by_role("alert"), "The training text does not contain"
    assert alert.inner_text() == f"{begins} “$” or “ß”, so they were left out."
    field.press_sequentially("~s")
    field.press("Backspace")
    assert alert.inner_text() == f"{begins} “~”, so it was left out."
    field.fill("the net")
    assert not page.locator(".pw-message").is_visible()
    field.fill("a gate")
    expected = writer("a gate", temperature=0.1)
    most_likely = page.locator(".pw-letter").first.inner_text()
    assert most_likely == {" ": "space", "\n": "new line"}.get(
        best := CHARACTERS[expected.probabilities().argmax()], best)
    click(page, "Next character", "Write 100")
    assert len(page.locator(".pw-page span").text_content()) == 101
    for _ in range(5):
        click(page, "Write 100")
    assert len(page.locator(".pw-page span").text_content()) == 600
    assert button(page, "Next character").get_attribute("aria-disabled") == "true"
    click(page, "Start again")
    assert written(page) == ""


@pytest.mark.browser
def test_a_text_is_written_character_by_character_until_the_reader_begins_again(show):
    page = show(writer(), less_motion=False)
    click(page, "Write 100")
    page.wait_for_function("document.querySelector('.pw-page span').textContent.length > 1")
    assert len(page.locator(".pw-page span").text_content()) < 100
    click(page, "Start again")
    assert (written(page), page.wait_for_timeout(100), written(page)) == ("", None, "")
    click(page, "Write 100")
    page.wait_for_function("document.querySelector('.pw-page span').textContent.length === 100")
    page.wait_for_timeout(100)
    assert len(page.locator(".pw-page span").text_content()) == 100


@pytest.mark.browser
def test_a_higher_temperature_makes_the_bars_more_equal(show):
    page = show(writer())
    first = page.locator(".pw-share").first
    shares = []
    for temperature in ("0.2", "1", "2"):
        page.get_by_role("slider", name="Temperature").fill(temperature)
        shares.append(float(first.inner_text().removesuffix(" %")))
    assert shares == sorted(shares, reverse=True)
    assert len(set(shares)) > 1


def test_a_text_with_other_characters_is_named():
    with pytest.raises(ValueError, match="text must be a string of the characters, but it is 'A'"):
        writer("A")
