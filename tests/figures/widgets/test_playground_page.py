"""Playground as a reader of the built page meets it: it trains in a worker, from file://, and asks no other host."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from parity_figures.widgets import Playground

pytestmark = pytest.mark.browser
SMALL = {"cell": "tanh", "hidden_size": 8, "lengths": 3, "lr": 0.03}


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def count(page) -> str:
    return page.locator(".pw-count").inner_text()


def said(page, figure: str) -> str:
    return page.locator(f".pw-figure-{figure} svg").get_attribute("aria-label")


def chosen(page, name: str) -> str:
    return page.get_by_role("combobox", name=name).evaluate("e => e.selectedOptions[0].text")


def solved(page) -> None:
    page.wait_for_function("document.querySelector('.pw-count').textContent.includes('solved')", timeout=120_000)


def test_it_trains_until_it_is_right_and_says_so(show):
    page = show(Playground(**SMALL))
    assert count(page) == "0 updates"
    button(page, "Train").click()
    solved(page)
    assert "Solved after" in page.locator(".pw-line").inner_text()
    assert "1 of 1 run" in page.locator(".pw-runs").inner_text()
    assert "all of the tried strings at 4 of 4 lengths" in said(page, "lengths")
    assert "0 answers are wrong" in said(page, "states")


def test_the_book_s_recipe_is_solved(show):
    page = show(Playground())
    button(page, "Train").click()
    solved(page)


def test_all_strings_are_no_strings_that_it_never_saw(show):
    page = show(Playground("tanh", hidden_size=8, lengths=2, label="end", batch_size="all", lr=0.03))
    button(page, "Train").click()
    solved(page)
    assert "every answer to all 4 strings is right" in page.locator(".pw-line").inner_text()


def test_a_small_form_leaves_the_address_alone(show):
    page = show(Playground(**SMALL, chosen=False), address="#here")
    button(page, "Another seed").click()
    assert page.url.endswith("#here")


def test_pause_step_and_start_again(show):
    page = show(Playground("lstm", hidden_size=8, label="end"))
    button(page, "Train").click()
    page.wait_for_function("!document.querySelector('.pw-count').textContent.startsWith('0 ')")
    button(page, "Pause").click()
    page.wait_for_function("document.querySelector('.pw-line').textContent.startsWith('Paused')")
    page.wait_for_timeout(200)
    before = count(page)
    page.wait_for_timeout(300)
    assert count(page) == before
    steps = int(before.split()[0].replace(",", ""))
    button(page, "Step").click()
    page.wait_for_function(f"document.querySelector('.pw-count').textContent.startsWith('{steps + 1:,} ')")
    button(page, "Start again").click()
    page.wait_for_function("document.querySelector('.pw-count').textContent.startsWith('0 ')")


def test_another_seed_notes_the_run_and_goes_on(show):
    page = show(Playground(**SMALL))
    button(page, "Train").click()
    solved(page)
    button(page, "Another seed").click()
    page.wait_for_function("document.querySelectorAll('.pw-run').length === 2", timeout=120_000)
    assert [text.split()[1] for text in page.locator(".pw-run").all_inner_texts()] == ["0", "1"]


def test_a_preset_sets_every_setting_and_the_address_carries_them(show):
    page = show(Playground())
    page.get_by_role("combobox", name="Begin with").select_option(label="LSTM: a label at the end, 1 to 50 bits")
    page.locator(".pw-more > summary").first.click()
    assert chosen(page, "Cell") == "LSTM"
    assert chosen(page, "Bits") == "1 to 50"
    other = show(Playground(), address="#" + page.url.partition("#")[2])
    assert chosen(other, "Begin with") == (
        "LSTM: a label at the end, 1 to 50 bits")


@pytest.mark.parametrize("settings", [{"cell": "transformer"}, {"hidden": 10**9}, {"seed": -1}, {"unknown": 1}])
def test_an_address_with_other_settings_is_left_alone(show, settings):
    address = "#playground?" + "&".join(f"{key}={quote(json.dumps(value))}" for key, value in settings.items())
    page = show(Playground(), address=address)
    assert chosen(page, "Begin with") == "The book's recipe"


def test_choices_that_exclude_each_other_are_resolved(show):
    page = show(Playground("lstm", hidden_size=8))
    page.locator(".pw-more > summary").first.click()
    page.get_by_role("combobox", name="Batch").select_option(label="all strings")
    assert chosen(page, "Bits") == "5"
    page.get_by_role("combobox", name="Bits").select_option(label="50")
    assert chosen(page, "Batch") == "32"
    page.get_by_role("combobox", name="Cell").select_option(label="tanh")
    assert page.get_by_role("combobox", name="Forget bias").is_disabled()


def test_every_control_is_reached_by_keyboard_and_large_enough_on_a_phone(show):
    page = show(Playground("lstm", hidden_size=8), width=390)     # whose forget bias can be chosen
    for part in page.locator(".pw-more > summary").all():
        part.click()
    controls = page.locator(".parity-widget :is(button, select, input, summary)")
    for place in range(controls.count()):
        box = controls.nth(place).bounding_box()
        assert box["height"] >= 44
        assert box["x"] + box["width"] <= 390
    reached = set()
    for _ in range(controls.count() + 4):      # round the page once, from wherever the last click was
        reached.add(page.evaluate("[...document.querySelectorAll('.parity-widget :is(button, select, input, summary)')]"
                                  ".indexOf(document.activeElement)"))
        page.keyboard.press("Tab")
    assert set(range(controls.count())) <= reached


def test_the_numbers_stand_in_a_table_too(show):
    page = show(Playground(**SMALL))
    button(page, "Train").click()
    solved(page)
    page.get_by_text("The numbers", exact=True).click()
    page.wait_for_selector(".pw-numbers td")
    rows = [row.split("\t") for row in page.locator(".pw-numbers").inner_text().splitlines()]
    assert [row[:2] for row in rows[1:]] == [[str(length), "1.00"] for length in range(1, 5)]
    assert all(float(row[3]) > 0 for row in rows[1:4])


def test_only_the_figures_that_are_asked_for(show):
    page = show(Playground(figures=("loss",), chosen=False))
    assert page.locator(".pw-figure").count() == 1
    assert page.get_by_role("combobox").count() == 0


def test_a_trap_says_when_to_stop_and_the_recipe_does_not(show):
    widget = Playground()
    page = show(widget)
    page.get_by_role("combobox", name="Begin with").select_option(label="Trap: one unit")
    assert page.locator(".pw-stop").inner_text() == widget.stops["Trap: one unit"]
    page.get_by_role("combobox", name="Begin with").select_option(label="The book's recipe")
    assert page.locator(".pw-stop").is_hidden()
