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


# The value of the hidden unit that the colour of each character shows, by the numbers that the style sheet gets.
UNIT = """all => all.map(({ dataset, style }) =>
  (dataset.sign === "minus" ? -1 : 1) * style.getPropertyValue("--share"))"""


def read_bars(page) -> tuple[list[str], list[float]]:
    """Return the characters of the bars and their probabilities. The last bar is that of all others."""
    names = [{"space": " ", "new line": "\n"}.get(name, name) for name in page.locator(".pw-letter").all_inner_texts()]
    return names, [float(share.removesuffix(" %")) / 100 for share in page.locator(".pw-share").all_inner_texts()]


def written(page):
    return page.locator(".pw-page span").inner_text()


@pytest.mark.browser
@pytest.mark.parametrize(("text", "temperature"), [("the gate", 1.0), ("", 0.7), ("a network that writes", 2.0)])
def test_bars_are_pytorchs_probabilities_and_the_colours_its_hidden_units(show, text, temperature):
    widget = writer(text, temperature=temperature)
    page = show(widget)
    (*names, others), (*shares, rest) = read_bars(page)
    assert others == f"{len(CHARACTERS) - len(names)} others"
    assert rest + sum(shares) == pytest.approx(1, abs=0.004)     # the bars are rounded
    expected = widget.probabilities()
    np.testing.assert_allclose(shares, np.sort(expected)[:-6:-1], atol=2e-3)
    np.testing.assert_allclose(shares, [expected[CHARACTERS.index(name)] for name in names], atol=2e-3)
    widths = page.locator(".pw-bar").evaluate_all("all => all.map(bar => bar.getBoundingClientRect().width)")
    np.testing.assert_allclose(np.array(widths) / sum(widths), [*shares, rest], atol=0.02)
    states = [writer(text[:count]).state() for count in range(1, len(text) + 1)]
    for unit in (1, 7, 16):
        page.get_by_role("slider", name="Hidden unit").fill(str(unit))
        np.testing.assert_allclose(page.locator(".pw-page i").evaluate_all(UNIT), [h[unit - 1] for h in states],
                                   atol=2e-3)


@pytest.mark.browser
@pytest.mark.parametrize("temperature", [0.3, 2.0])     # the most likely character is drawn, or another one
def test_the_character_drawn_is_marked_among_the_probabilities_for_it(show, temperature):
    page = show(writer(temperature=temperature), width=390)
    for _ in range(8):
        click(page, "Next character")
        *before, drawn = page.locator(".pw-page span").text_content()
        expected = writer(written="".join(before), temperature=temperature).probabilities()
        names, shares = read_bars(page)
        np.testing.assert_allclose(shares[:-1], [expected[CHARACTERS.index(name)] for name in names[:-1]], atol=2e-3)
        marked = page.locator(".pw-chances li").filter(has_text="←")
        name = {" ": "space", "\n": "new line"}.get(drawn, drawn)
        assert marked.locator(".pw-letter").inner_text() == (name if drawn in names else names[-1])
        assert marked.locator("b").inner_text().strip() == ("← drawn" if drawn in names else f"← drawn: {name}")
    click(page, "Start again")
    assert not marked.is_visible()


@pytest.mark.browser
def test_the_longest_mark_fits_beside_the_longest_bar(show):
    network = CharacterNetwork(hidden_size=4, seed=0)
    with torch.no_grad():
        for weight in network.parameters():
            weight.zero_()
        network.readout.bias[CHARACTERS.index("\n")] = -5.0     # all other characters are equally likely
    page = show(CharacterWriter(network.rnn, network.readout, CHARACTERS, "", written="\n"), width=390)
    marked = page.locator(".pw-chances li").filter(has_text="←")
    row, mark = marked.bounding_box(), marked.locator("b").bounding_box()
    assert marked.locator("b").inner_text().strip() == "← drawn: new line"
    assert mark["x"] + mark["width"] <= row["x"] + row["width"]


@pytest.mark.browser
def test_each_button_with_a_beginning_writes_it_into_the_field(show):
    page, field = show(writer(written="s")), "Beginning"
    for name, text in (("… has vani", "after fifty time steps the gradient has vani"),
                       ("… network on the", "we train the network on the ")):
        click(page, name)
        assert page.get_by_role("textbox", name=field).input_value() == page.locator(".pw-page").text_content() == text


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
