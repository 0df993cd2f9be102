"""Playground trains in the page from its settings, shows what it measures, and keeps settings in the address."""

import re

import pytest

from parity_figures.widgets import Playground
from parity_figures.widgets.base import front_end
from parity_study.results import load
from tests.figures.widgets.static_page import button, click, count, table

SMALL = {"cell": "lstm", "hidden_size": 8, "lengths": 3, "lr": 0.03}     # every seed solves it


def test_the_default_settings_are_the_books_recipe():
    assert Playground().settings == {
        "cell": "relu", "hidden": 32, "lengths": 50, "label": "every", "batch": 32, "optimizer": "adam",
        "rate": 0.005, "clip": 0.25, "forgetBias": None, "seed": 0}


@pytest.mark.parametrize(("lengths", "plain", "words"), [
    (20, 20, "20 bits"), ((1, 20), [1, 20], "1 to 20 bits")])
def test_lengths_are_converted_for_the_engine_and_named(lengths, plain, words):
    playground = Playground("gru", lengths=lengths, label="end")
    assert playground.settings["lengths"] == plain
    assert f"{words} with a label at the end" in playground.summary()


def test_a_preset_that_rarely_succeeds_has_a_cap_and_says_what_the_recorded_runs_had_done_by_then():
    source = front_end("playground")[0]
    presets = re.findall(r'^  "(.*)": \{', source[source.index("const PRESETS"):source.index("export default")], re.M)
    stops = Playground().stops
    assert set(stops) <= set(presets)
    results = load("two_by_two")
    row, cap = results["conditions"]["end, 50, lstm"], results["defaults"]["max_updates"]
    stop = stops["LSTM: a label at the end, 50 bits"]
    assert stop["cap"] == cap
    assert stop["reason"] == f"; by then, {row['solved']} of {row['seeds']} of the book's runs had solved it"
    one = load("one_unit")["conditions"]["tanh"]["settings"]
    assert f"hidden: {one['hidden_size']}, lengths: {one['lengths']}, rate: {one['lr']} }}" in source


def description(page, figure: str) -> str:
    return page.locator(f"svg.pw-{figure}").first.get_attribute("aria-label")


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
    assert "every answer to new strings" in page.locator(".pw-line").inner_text()
    assert "1 of 1 run" in page.locator(".pw-runs").inner_text()
    assert "correct for all strings of 4 of 4 lengths" in description(page, "lengths")
    assert "separates 201 of them correctly" in description(page, "plane")
    rows = table(page)[1:]
    assert [row[:2] for row in rows] == [[str(length), "1.00"] for length in range(1, 5)]
    assert all(float(row[2]) > 0 for row in rows[:3])
    click(page, "Another seed")
    page.wait_for_function("document.querySelectorAll('.pw-run').length === 2", timeout=120_000)
    assert [text.split()[1] for text in page.locator(".pw-run").all_inner_texts()] == ["0", "1"]


@pytest.mark.browser
def test_all_strings_can_be_the_batch(show):
    page = show(Playground("tanh", hidden_size=8, lengths=2, label="end", batch_size="all", lr=0.03))
    train(page)
    assert "every answer to all 4 strings is correct" in page.locator(".pw-line").inner_text()


@pytest.mark.browser
def test_training_pauses_steps_and_starts_again(show):
    page = show(Playground("lstm", hidden_size=8, label="end"))
    click(page, "Train")
    page.wait_for_function("!document.querySelector('.pw-count').textContent.startsWith('0 ')")
    click(page, "Pause")
    page.wait_for_function("document.querySelector('.pw-line').textContent === 'Paused.'")
    page.wait_for_timeout(200)
    before = count(page)
    page.wait_for_timeout(300)
    assert count(page) == before
    steps = int(before.split()[0].replace(",", ""))
    click(page, "Step")
    page.wait_for_function(f"document.querySelector('.pw-count').textContent.startsWith('{steps + 1:,} ')")
    click(page, "Train")
    page.wait_for_function(f"!document.querySelector('.pw-count').textContent.startsWith('{steps + 1:,} ')")
    assert page.locator(".pw-line").inner_text() == (
        "Training stops when the task is solved, or after 8,000 updates.")
    click(page, "Start again")
    page.wait_for_function("document.querySelector('.pw-count').textContent.startsWith('0 ')")


@pytest.mark.browser
def test_a_run_without_success_stops_at_its_cap_and_goes_on_if_the_reader_wants(show):
    widget = Playground()
    stops = {name: {**stop, "cap": 30} for name, stop in widget.stops.items()}
    widget.stops = stops
    page = show(widget)
    page.get_by_role("combobox", name="Begin with").select_option(label="A single tanh unit")
    line = page.locator(".pw-line")
    assert line.inner_text() == ("Training stops when the task is solved, or after 30 updates; by then, 0 of 50 of the "
                                 "book's runs had solved it.")
    for name, updates in (("Train", 30), ("Go on", 60), ("Train", 90)):
        click(page, name)
        button(page, "Go on").wait_for()
        assert count(page).startswith(f"{updates} updates, ")
        assert f"stopped after {updates} updates without success" in line.inner_text()
        assert page.locator(".pw-run").all_inner_texts() == [f"seed 0 – {updates}"]
        assert moment(page) == updates
        if updates == 60:       # a step goes beyond the cap
            click(page, "Step")
            page.wait_for_function("document.querySelector('.pw-count').textContent.startsWith('61 ')")
            assert line.inner_text() == "Training stops when the task is solved, or after 90 updates."
    click(page, "Another seed")     # trains, as after a success
    page.wait_for_function("document.querySelectorAll('.pw-run').length === 2")


def moment(page) -> int:
    """Return the number of updates after which the stage shows the states."""
    text = page.get_by_role("slider").first.get_attribute("aria-valuetext")
    return int(re.match("After ([0-9,]+) update", text)[1].replace(",", ""))


@pytest.mark.browser
def test_the_slider_goes_back_to_an_earlier_moment_of_the_run(show):
    page = show(Playground(**SMALL))
    slider, drawings = page.get_by_role("slider", name="Loss: drag to see earlier updates"), ("plane", "lengths")
    marks = "[...document.querySelectorAll('.pw-plane > :not(svg)')].map(e => e.outerHTML).join()"
    page.locator(".pw-plane[aria-label*=prefixes]").wait_for()
    first = description(page, "plane")
    train(page)
    steps, last = moment(page), [page.evaluate(marks), *(description(page, name) for name in drawings)]
    assert f"{steps} updates" in count(page)
    slider.press("Home")
    assert (moment(page), description(page, "plane")) == (0, first)
    assert page.evaluate(marks) != last[0]
    assert description(page, "lengths") != last[2]
    slider.press("ArrowRight")
    assert 0 < moment(page) < steps
    slider.press("End")
    assert (moment(page), [page.evaluate(marks), *(description(page, name) for name in drawings)]) == (steps, last)
    slider.press("Home")
    click(page, "Another seed")      # begins a run, whose newest states are shown
    page.wait_for_function("document.querySelector('.pw-count').textContent.includes('solved')", timeout=120_000)
    assert f"{moment(page)} updates" in count(page)


@pytest.mark.browser
def test_the_end_of_a_run_is_shown_once_more_unless_the_reader_wants_less_motion(show):
    page = show(Playground(**SMALL), less_motion=False)
    train(page)
    steps = int(count(page).split()[0])
    assert 0 < moment(page) < steps
    page.wait_for_function(f"document.querySelector('.pw-stage > p').textContent.startsWith('After {steps} ')")


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_neither_another_recipe_nor_training_moves_anything(show, width):
    page = show(Playground(), width=width)
    places = """() => [...document.querySelectorAll(".parity-widget, .pw-button, svg[role]")].map((each) => {
        const { x, y, height } = each.getBoundingClientRect(); return [x, y, height]; })"""
    page.locator(".pw-plane[aria-label*=prefixes]").wait_for()
    before = page.evaluate(places)
    for name in ("A single tanh unit", "A GRU of two units", "The notebook's loop: tanh, SGD, a rate of 1",
                 "The book's recipe"):
        page.get_by_role("combobox", name="Begin with").select_option(label=name)
        assert page.evaluate(places) == before
    click(page, "Train")
    button(page, "Pause").wait_for()
    assert page.evaluate(places) == before


@pytest.mark.browser
def test_the_runs_are_still_there_after_leaving_the_page(show):
    page = show(Playground(**SMALL))
    train(page)
    page.get_by_role("combobox", name="Begin with").select_option(label="A single tanh unit")
    assert "solved its task" in page.locator(".pw-line").inner_text()
    click(page, "Step")
    page.wait_for_function("document.querySelector('.pw-count').textContent.startsWith('1 ')")
    assert page.get_by_role("img", name="The weights. next state: ").is_visible()
    page.goto("about:blank")
    page.go_back()
    page.locator(".pw-run").wait_for()
    assert page.locator(".pw-run").inner_text() == "seed 0 stopped at 1"


@pytest.mark.browser
def test_a_preset_sets_every_setting_says_when_to_stop_and_is_kept_in_the_address(show):
    widget = Playground()
    page = show(widget)
    presets, line = page.get_by_role("combobox", name="Begin with"), page.locator(".pw-line")
    presets.select_option(label="A single tanh unit")
    assert line.inner_text().endswith(widget.stops["A single tanh unit"]["reason"] + ".")
    presets.select_option(label="LSTM: a label at the end, 1 to 50 bits")
    assert line.inner_text().endswith("or after 8,000 updates.")
    page.locator(".pw-more > summary").first.click()
    shown = [chosen(page, name) for name in ("Cell", "Units", "A label", "Bits", "Batch", "Rate", "Clip at")]
    assert shown == ["LSTM", "8", "at the end", "1 to 50", "64", "0.01", "1"]
    copy = show(Playground(), address="#" + page.url.partition("#")[2])
    assert chosen(copy, "Begin with") == "LSTM: a label at the end, 1 to 50 bits"


@pytest.mark.browser
def test_a_run_stops_when_its_loss_is_no_longer_a_number(show):
    page = show(Playground(lr=1e9, clip=None))
    click(page, "Train")
    page.wait_for_function("document.querySelector('.pw-line').textContent.includes('no longer a number')")
    stopped = count(page)
    assert re.fullmatch(r"\d+ updates?, loss [\d.]+", stopped)
    for name in ("Train", "Step"):
        assert button(page, name).get_attribute("aria-disabled") == "true"
        button(page, name).click(force=True)
    page.wait_for_timeout(300)
    assert count(page) == stopped
    assert page.locator(".pw-run").inner_text() == f"seed 0 – {stopped.split()[0]}"
    click(page, "Start again")
    page.wait_for_function("document.querySelector('.pw-count').textContent === '0 updates'")
    assert button(page, "Train").get_attribute("aria-disabled") == "false"


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
