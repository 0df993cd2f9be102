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
# The value of the hidden unit that the colour of each character shows, by the numbers that the style sheet gets.
UNIT = """all => all.map(({ dataset, style }) =>
  (dataset.sign === "minus" ? -1 : 1) * style.getPropertyValue("--share"))"""


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
    names = [WORDS.get(name, name) for name in page.locator(".pw-letter").all_inner_texts()]
    return names, [float(share.removesuffix(" %")) / 100 for share in page.locator(".pw-share").all_inner_texts()]


def written(page) -> str:
    return "".join(page.locator(".pw-page span").all_inner_texts())


def listed(page) -> list[str]:
    return page.locator(".pw-names li").evaluate_all("all => all.map(one => one.firstChild.textContent)")


@pytest.mark.browser
@pytest.mark.parametrize(("country", "name", "temperature"), [
    ("FI", "kannis", 1.0), ("TR", "", 0.6), ("GB", "stoke on-t", 2.0)])
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
    assert written(page) == name


@pytest.mark.browser
@pytest.mark.parametrize(("country", "name"), [("GB", "saint-sur-mer"), ("FI", "kannis")])
def test_the_colours_are_pytorchs_hidden_units(show, country, name):
    widget = NameWriter(stored_writer(), country=country, beginning=name)
    page = show(widget)
    assert len(widget.units) == 3
    assert page.locator(".pw-page [data-sign]").count() == page.get_by_role("radio").count() == 0
    page.get_by_text("What do single units do?").click()
    page.locator(".pw-page [data-sign]").first.wait_for()
    page.get_by_role("radio").first.focus()
    for unit in widget.units:
        assert page.get_by_role("radio", name=unit["name"]).is_checked()
        np.testing.assert_allclose(page.locator(".pw-page span").evaluate_all(UNIT),
                                   widget.states()[1:, unit["number"]], atol=0.05)
        assert page.locator("details .pw-legend").inner_text().startswith(unit["legend"])
        page.keyboard.press("ArrowRight")


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
    assert said.endswith(f"✓ if our list of 14,833 towns has it in that country ({len(exist)} of 21 names).")
    page.get_by_role("combobox", name="Country").select_option(label="Japan")
    assert written(page) == "kang"
    page.get_by_role("slider", name="Temperature").fill("2")
    click(page, "Invent ten", "Invent ten", "Invent ten", "Invent ten")
    assert len(listed(page)) == 60
    assert page.locator(".pw-names small").all_inner_texts() == [" JP, 2.0"] * 40 + [" FI, 0.3"] * 20
    assert page.get_by_role("status").inner_text().endswith(" of 61 names). The last 60 names are shown.")
    click(page, "Start again")
    assert (listed(page), written(page)) == ([], "kang")


@pytest.mark.browser
@pytest.mark.parametrize(("example", "country"), [("Kuusank", "FI"), ("Neuenb", "DE")])
def test_an_example_is_continued_with_bars_that_the_reader_chooses(show, example, country):
    page = show(NameWriter(stored_writer()))
    page.get_by_role("textbox", name="Beginning").fill("1")
    click(page, example)
    assert not page.get_by_role("alert").is_visible()
    name = example.lower()
    assert (page.get_by_role("textbox", name="Beginning").input_value(), written(page)) == (name, name)
    page.locator(".pw-chances button").nth(2).focus()
    for key in ("Enter", " ") * 10:
        name += read_bars(page)[0][2]
        page.keyboard.press(key)        # the focus stays at the third bar
        assert written(page) == name.removesuffix("\n")
        if name.endswith("\n"):
            break
    while not listed(page):
        letters = read_bars(page)[0]
        page.locator(".pw-chances button").nth(letters.index("\n") if "\n" in letters else 0).click()
    page.locator(".pw-chances button", has_text="the end").click()      # the name has ended already
    assert listed(page) == [written(page)]
    assert page.locator(".pw-names small").all_inner_texts() == [f" {country}, 0.8"]


@pytest.mark.browser
def test_a_name_is_marked_for_its_own_country_alone(show):
    assert ("JP", "komaki") in [name for part in PARTS for name in read_names(part)]
    page = show(NameWriter(stored_writer(), invented=[["komaki", "FI", 0.8], ["komaki", "JP", 0.8]]))
    assert page.locator(".pw-names li").all_inner_texts() == ["Komaki FI, 0.8", "Komaki JP, 0.8 ✓"]
    assert page.get_by_role("status").inner_text().endswith("(1 of 2 names).")


@pytest.mark.browser
def test_a_beginning_is_typed_without_accents_and_what_is_left_out_is_explained(show):
    page = show(NameWriter(stored_writer()))
    field, alert = page.get_by_role("textbox", name="Beginning"), page.get_by_role("alert")
    field.fill("Jyväs 1ß")
    assert field.input_value() == written(page) == "jyvas "
    assert "letters a to z, spaces, hyphens and apostrophes" in alert.inner_text()
    field.fill("L'Åb-x")
    assert (field.input_value(), written(page)) == ("l'ab-x", "l'ab-x")
    assert not alert.is_visible()


@pytest.mark.browser
@pytest.mark.parametrize("less_motion", [True, False])
def test_the_small_form_has_a_country_and_a_button(show, less_motion):
    page = show(NameWriter(stored_writer(), small=True), less_motion=less_motion)
    assert page.locator(".parity-widget :is(input, button, select):visible").count() == 2
    if not less_motion:
        page.clock.install(time=0)
        page.clock.pause_at(60_000)     # from here on, time passes only in run_for
    click(page, "Invent a name")
    if not less_motion:     # one letter after another
        for letters in range(3):
            drawn = page.locator(".pw-drawn .pw-letter").inner_text()
            assert len(written(page)) == letters
            page.clock.run_for(200)     # the bar is lit before its letter joins the name
            assert written(page)[letters:] == WORDS.get(drawn, drawn) or drawn.endswith(" others")
            assert page.locator(".pw-drawn").count() == 0
            page.clock.run_for(300)
        page.clock.run_for(15_000)
    assert listed(page) == [written(page)] != [""]
    assert page.locator(".pw-names [role=img], .pw-page [data-sign]").count() == 0


@pytest.mark.browser
def test_a_letter_is_not_lost_if_the_next_one_is_asked_for_at_once_and_nothing_moves_under_a_long_name(show):
    page = show(NameWriter(stored_writer(), beginning="kuusankosken kirk"), less_motion=False, width=390)
    place = page.locator(".pw-chances").bounding_box()
    page.get_by_role("button", name="One letter").evaluate("button => [1, 2, 3].forEach(() => button.click())")
    page.wait_for_function("document.querySelectorAll('.pw-page span').length === 20")
    assert page.locator(".pw-chances").bounding_box() == place


@pytest.mark.browser
@pytest.mark.parametrize("small", [True, False])
def test_five_invented_names_are_listed_at_first(show, small):
    widget = widgets.NameWriter(stored_writer(), small=small)
    page = show(widget)
    assert listed(page) == [name for name, *_ in widget.invented]
    assert len(set(listed(page)) - {""}) == 5


def test_other_networks_have_no_units_whose_meaning_we_know():
    assert NameWriter(NameNetwork(128)).units == []


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
