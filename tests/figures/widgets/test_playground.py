"""Playground trains in the page from its settings, shows what it measures, and keeps settings in the address."""

import pytest

from parity_figures.widgets import Playground
from parity_lib.data import Curriculum
from tests.figures.widgets.static_page import button, click, count, table

SMALL = {"cell": "lstm", "hidden_size": 8, "lengths": 3, "lr": 0.03}     # every seed solves it


def test_the_default_settings_are_the_books_recipe():
    assert Playground().settings == {
        "cell": "relu", "hidden": 32, "lengths": 50, "label": "every", "batch": 32, "optimizer": "adam",
        "rate": 0.005, "clip": 0.25, "forgetBias": None, "seed": 0}


@pytest.mark.parametrize(("lengths", "plain", "words"), [
    (20, 20, "20 bits"), ((1, 20), [1, 20], "1 to 20 bits"),
    (Curriculum(2, 20), {"curriculum": [2, 20]}, "at most 2 and, as it learns, at most 20 bits")])
def test_lengths_are_converted_for_the_engine_and_named(lengths, plain, words):
    playground = Playground("gru", lengths=lengths, label="end")
    assert playground.settings["lengths"] == plain
    assert f"{words} with a label at the end" in playground.summary()


def description(page, figure: str) -> str:
    return page.locator(f".pw-figure-{figure} svg").get_attribute("aria-label")


def chosen(page, name: str) -> str:
    return page.get_by_role("combobox", name=name).evaluate("e => e.selectedOptions[0].text")


def train(page) -> None:
    click(page, "Train")
    page.wait_for_function("document.querySelector('.pw-count').textContent.includes('solved')", timeout=120_000)


@pytest.mark.browser
def test_it_trains_until_it_has_solved_the_task_and_shows_the_result(show):
    page = show(Playground(**SMALL))
    assert count(page) == "0 updates"
    train(page)
    assert "every answer to strings that it has never seen" in page.locator(".pw-line").inner_text()
    assert "1 of 1 run" in page.locator(".pw-runs").inner_text()
    assert "correct for all strings of 4 of 4 lengths" in description(page, "lengths")
    assert "0 answers are wrong" in description(page, "states")
    rows = table(page)[1:]
    assert [row[:2] for row in rows] == [[str(length), "1.00"] for length in range(1, 5)]
    assert all(float(row[3]) > 0 for row in rows[:3])
    click(page, "Another seed")
    page.wait_for_function("document.querySelectorAll('.pw-run').length === 2", timeout=120_000)
    assert [text.split()[1] for text in page.locator(".pw-run").all_inner_texts()] == ["0", "1"]


@pytest.mark.browser
def test_all_strings_can_be_the_batch_and_settings_can_be_fixed(show):
    page = show(Playground("tanh", hidden_size=8, lengths=2, label="end", batch_size="all", lr=0.03, adjustable=False))
    assert page.locator(".pw-figure").count() == 2
    assert page.get_by_role("combobox").count() == 0
    train(page)
    assert "every answer to all 4 strings is correct" in page.locator(".pw-line").inner_text()


@pytest.mark.browser
def test_training_pauses_steps_and_starts_again(show):
    page = show(Playground("lstm", hidden_size=8, label="end"))
    click(page, "Train")
    page.wait_for_function("!document.querySelector('.pw-count').textContent.startsWith('0 ')")
    click(page, "Pause")
    page.wait_for_function("document.querySelector('.pw-line').textContent.startsWith('Paused')")
    page.wait_for_timeout(200)
    before = count(page)
    page.wait_for_timeout(300)
    assert count(page) == before
    steps = int(before.split()[0].replace(",", ""))
    click(page, "Step")
    page.wait_for_function(f"document.querySelector('.pw-count').textContent.startsWith('{steps + 1:,} ')")
    click(page, "Train")
    page.wait_for_function(f"!document.querySelector('.pw-count').textContent.startsWith('{steps + 1:,} ')")
    click(page, "Start again")
    page.wait_for_function("document.querySelector('.pw-count').textContent.startsWith('0 ')")


@pytest.mark.browser
def test_a_preset_sets_every_setting(show):
    page = show(Playground())
    page.get_by_role("combobox", name="Begin with").select_option(label="LSTM: a label at the end, 1 to 50 bits")
    page.locator(".pw-more > summary").first.click()
    shown = [chosen(page, name) for name in ("Cell", "Units", "A label", "Bits", "Batch", "Rate", "Clip at")]
    assert shown == ["LSTM", "8", "at the end", "1 to 50", "64", "0.01", "1"]


@pytest.mark.browser
def test_settings_that_exclude_each_other_give_way(show):
    page = show(Playground("lstm", hidden_size=8))
    page.locator(".pw-more > summary").first.click()
    page.get_by_role("combobox", name="Batch").select_option(label="all strings")
    assert chosen(page, "Bits") == "5"
    page.get_by_role("combobox", name="Bits").select_option(label="50")
    assert chosen(page, "Batch") == "32"
    page.get_by_role("combobox", name="Cell").select_option(label="tanh")
    assert page.get_by_role("combobox", name="Forget bias").is_disabled()
    assert button(page, "Train").get_attribute("aria-disabled") == "false"
