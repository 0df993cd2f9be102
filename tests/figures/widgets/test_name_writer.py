"""NameWriter has PyTorch's states and probabilities, and it draws names from them."""

from functools import cache, partial

import numpy as np
import pytest
import torch

from parity_figures import widgets
from parity_study.town_names import CHARACTERS, PARTS, NameNetwork, bits_per_character, read_names, stored_writer
from tests.figures.widgets.static_page import click

NameWriter = partial(widgets.NameWriter, invented=[])
CLOSE = 1e-3    # the bars show a tenth of a percent
WORDS = {"space": " ", "hyphen": "-", "apostrophe": "'", "the end": "\n"}


@cache
def in_8_bits() -> NameNetwork:
    """Return the stored network with the rounded weights that the page gets."""
    network = stored_writer()
    units = [array["unit"] for array in NameWriter(network, small=True).arrays]
    with torch.no_grad():
        for part, unit in zip((network.rnn, network.readout), units, strict=True):
            for weight in part.parameters():
                weight.copy_(torch.round(weight / unit) * unit)
    return network


def read_bars(page) -> tuple[list[str], list[float]]:
    """Return the characters of the bars and their probabilities. The last bar is that of all others."""
    names = [WORDS.get(name, name) for name in page.locator(".pw-letter").all_text_contents()]
    return names, [float(share.removesuffix(" %")) / 100 for share in page.locator(".pw-share").all_text_contents()]


def written(page) -> str:
    return page.get_by_role("textbox", name="Name").input_value()


def listed(page) -> list[str]:
    return page.locator(".pw-names li").evaluate_all("all => all.map(one => one.firstChild.textContent)")


@pytest.mark.browser
@pytest.mark.parametrize(("country", "name", "temperature"), [
    ("FI", "kannis", 1.0), ("TR", "", 0.6), ("GB", "stoke on-t", 2.0), ("DE", "neuenbac", 0.3)])
def test_bars_are_pytorchs_probabilities(show, country, name, temperature):
    widget = NameWriter(in_8_bits(), country=country, beginning=name[:2], written=name[2:], temperature=temperature)
    page = show(widget)
    (*names, others), (*shares, rest) = read_bars(page)
    assert others == f"{len(CHARACTERS) - len(names)} others"
    assert rest + sum(shares) == pytest.approx(1, abs=0.004)     # the bars are rounded
    expected = widget.probabilities()
    np.testing.assert_allclose(shares, np.sort(expected)[:-6:-1], atol=CLOSE)
    np.testing.assert_allclose(shares, [expected[CHARACTERS.index(each)] for each in names], atol=CLOSE)
    widths = page.locator(".pw-bar").evaluate_all("all => all.map(bar => bar.getBoundingClientRect().width)")
    np.testing.assert_allclose(np.array(widths) / sum(widths), [*shares, rest], atol=0.02)
    hidden = page.locator(".pw-chances li").evaluate_all(
        'all => all.map(row => getComputedStyle(row).visibility === "hidden")')
    assert hidden == [share < 0.001 for share in (*np.sort(expected)[:-6:-1], np.sort(expected)[:-5].sum())]
    assert written(page) == name


@pytest.mark.browser
@pytest.mark.parametrize("temperature", [0.3, 2.0])     # the most likely character is drawn, or another one
def test_probabilities_come_before_the_letter_and_the_end_is_marked(show, temperature):
    expected = NameWriter(in_8_bits(), country="PL", temperature=temperature)
    page = show(expected, width=390)
    for _ in range(40):
        expected.written = before = written(page)
        names, shares = read_bars(page)
        np.testing.assert_allclose(shares[:-1], [expected.probabilities()[CHARACTERS.index(name)]
                                                 for name in names[:-1]], atol=CLOSE)
        click(page, "One letter")
        if listed(page):
            break
        assert written(page)[:-1] == before
    assert listed(page) == [before] == [written(page)]
    marked = page.locator(".pw-chances li").filter(has=page.get_by_role("img", name="drawn"))
    assert marked.locator(".pw-letter").all_inner_texts() == ["the end" if "\n" in names else names[-1]]
    assert f"ends here: “{before}”" in page.locator("[aria-live=polite]").inner_text()


@pytest.mark.browser
def test_names_are_listed_and_those_in_the_list_of_towns_are_marked(show):
    page = show(NameWriter(stored_writer(), country="FI", temperature=0.3, beginning="kang"), width=390)
    click(page, "Invent ten", "Invent a name", "Invent ten")
    names = listed(page)
    assert [name[:4] for name in names] == ["kang"] * 21
    towns = {name for part in PARTS for _, name in read_names(part, ["FI"])}
    exist = [name for name in names if name in towns]
    assert 0 < len(exist) < len(names)
    marked = page.locator(".pw-names li", has=page.get_by_role("img", name="in our list"))
    assert marked.evaluate_all("all => all.map(one => one.firstChild.textContent)") == exist
    said = page.get_by_role("status").inner_text()
    assert said == f"✓ marks a name in our list of 14,833 towns: {len(exist)} of 21"
    page.get_by_role("combobox", name="Country").select_option(label="Japan")
    assert written(page) == "kang"
    page.get_by_role("slider", name="Temperature").fill("2")
    click(page, "Invent ten", "Invent ten", "Invent ten", "Invent ten")
    assert len(listed(page)) == 60
    assert page.locator(".pw-names small").all_inner_texts() == [" JP, 2.0"] * 40 + [" FI, 0.3"] * 20
    assert page.get_by_role("status").inner_text().endswith(" of 60")


@pytest.mark.browser
def test_a_beginning_is_continued_with_bars_that_the_reader_chooses(show):
    page, name = show(NameWriter(stored_writer(), country="DE", beginning="neuenb")), "neuenb"
    for _ in range(10):
        name += read_bars(page)[0][1]
        page.locator(".pw-chances button").nth(1).focus()
        page.keyboard.press("Enter")
        assert written(page) == name.removesuffix("\n")
        if name.endswith("\n"):
            break
    while not listed(page):
        letters = read_bars(page)[0]
        page.locator(".pw-chances button").nth(letters.index("\n") if "\n" in letters else 0).click()
    page.locator(".pw-chances button", has_text="the end").click()      # the name has ended already
    assert listed(page) == [written(page)]
    assert page.locator(".pw-names small").all_inner_texts() == [" DE, 0.8"]


@pytest.mark.browser
def test_a_name_is_marked_for_its_own_country_alone(show):
    assert ("JP", "komaki") in [name for part in PARTS for name in read_names(part)]
    page = show(NameWriter(stored_writer(), invented=[["komaki", "FI", 0.8], ["komaki", "JP", 0.8]]))
    assert page.locator(".pw-names li").all_inner_texts() == ["Komaki FI, 0.8", "Komaki JP, 0.8 ✓"]
    assert page.get_by_role("status").inner_text().endswith("towns: 1 of 2")


@pytest.mark.browser
def test_a_beginning_is_typed_without_accents_and_other_signs(show):
    page = show(NameWriter(stored_writer()))
    for typed, beginning in (("Jyväs 1ß", "jyvas "), ("L'Åb-x", "l'ab-x")):
        page.get_by_role("textbox", name="Name").fill(typed)
        assert written(page) == beginning
    click(page, "Invent a name")
    assert listed(page)[0].startswith("l'ab-x")
    page.get_by_role("textbox", name="Name").fill("ou")     # of the next name
    assert written(page) == "ou"


@pytest.mark.browser
@pytest.mark.parametrize("less_motion", [True, False])
def test_the_small_form_has_a_country_and_a_button(show, less_motion):
    page = show(NameWriter(stored_writer(), small=True), less_motion=less_motion)
    assert page.locator(".parity-widget :is(input:not([readonly]), button, select):visible").count() == 2
    if not less_motion:
        page.clock.install(time=0)
        page.clock.pause_at(60_000)     # from here on, time passes only in run_for
    click(page, "Invent a name")
    if not less_motion:     # one letter after another
        for letters in range(3):
            drawn = page.locator(".pw-drawn .pw-letter").inner_text()
            flying = page.locator(".pw-flying").text_content()
            assert flying == WORDS.get(drawn, drawn) or drawn.endswith(" others")
            assert len(written(page)) == letters
            page.clock.run_for(350)     # the letter travels from its bar into the name
            assert written(page)[letters:] == flying
            assert (page.locator(".pw-drawn").count(), page.locator(".pw-flying").text_content()) == (0, "")
            page.clock.run_for(250)
        page.clock.run_for(15_000)
    assert listed(page) == [written(page)] != [""]
    assert page.locator(".pw-names [role=img]").count() == 0


@pytest.mark.browser
def test_a_letter_is_not_lost_if_the_next_one_is_asked_for_at_once_and_nothing_moves(show):
    widget = NameWriter(stored_writer(), country="DE", beginning="neuenb", temperature=0.1)     # surely "ach"
    page = show(widget, less_motion=False, width=390)
    place = page.locator(".pw-names").bounding_box()
    page.get_by_role("button", name="One letter").evaluate("button => [1, 2, 3].forEach(() => button.click())")
    page.wait_for_function("document.querySelector('.pw-page').value === 'neuenbach'")
    assert page.locator(".pw-names").bounding_box() == place


@pytest.mark.browser
@pytest.mark.parametrize("small", [True, False])
def test_five_invented_names_are_listed_at_first(show, small):
    widget = widgets.NameWriter(stored_writer(), small=small)
    page = show(widget)
    assert listed(page) == [name for name, *_ in widget.invented]
    assert len(set(listed(page)) - {""}) == 5


def test_eight_bits_for_each_weight_cost_less_than_five_thousandths_of_a_bit():
    names = read_names("test")
    assert abs(bits_per_character(in_8_bits(), names) - bits_per_character(stored_writer(), names)) < 0.005


@pytest.mark.parametrize(("small", "limit"), [(True, 75_000), (False, 165_000)])
def test_the_weights_and_the_list_of_towns_are_short(small, limit):
    widget = NameWriter(stored_writer(), small=small)
    assert len(widget.towns) + sum(len(array["data"]) for array in widget.arrays) < limit


def test_what_the_chapter_says_about_neuenb():
    probabilities = NameWriter(stored_writer(), country="DE", beginning="neuenb").probabilities()
    assert CHARACTERS[probabilities.argmax()] == "a"
    german = [name for _, name in read_names("training", ["DE"])]
    assert sum("bach" in name for name in german) > sum("burg" in name for name in german)
