"""SeedBySeed counts the recorded runs, its interval is Wilson's, and a guess comes before the first result."""

import pytest

from parity_figures.widgets import SeedBySeed
from parity_lib.statistics import wilson_interval
from parity_study.experiments import load
from tests.figures.widgets.static_page import button, click, table

pytestmark = pytest.mark.browser
FEW = {"5 bits": [120, None, 300, 40, None], "50 bits": [None] * 5}


def values(page) -> list[str]:
    return page.locator(".pw-value").all_inner_texts()


def results(page) -> list[str]:
    return page.locator(".pw-result").all_inner_texts()


def line(page) -> str:
    return page.locator(".pw-line").inner_text()


def test_counts_dots_and_intervals_are_those_of_the_recorded_runs(show):
    conditions = load("two_by_two")["conditions"]
    chosen = {name: conditions[name]["steps"] for name in ("end, 50, tanh", "end, 1..50, tanh", "every_step, 50, relu")}
    page = show(SeedBySeed(chosen, cap=8000))
    click(page, "Another seed")       # is answered with a warning
    for name, shown in (("Another seed", 1), ("Ten more", 11), ("Ten more", 21), ("All", 50)):
        click(page, name)
        for steps, text in zip(chosen.values(), results(page), strict=True):
            solved = sum(step is not None for step in steps[:shown])
            low, high = (f"{round(100 * end)}\u00a0%" for end in wilson_interval(solved, shown))
            assert text == f"{solved} of {shown} learned it, so the true rate is likely between {low} and {high}."
    for panel, steps in zip(page.locator(".pw-panel").all(), chosen.values(), strict=True):
        solved = sum(step is not None for step in steps)
        assert (panel.locator("circle").count(), panel.locator("path.pw-cross").count()) == (solved, 50 - solved)
        low, high = wilson_interval(solved, 50)
        whole, bar = panel.locator(".pw-whole").bounding_box(), panel.locator(".pw-interval").bounding_box()
        assert (bar["x"] - whole["x"]) / whole["width"] == pytest.approx(low, abs=0.01)
        assert bar["width"] / whole["width"] == pytest.approx(high - low, abs=0.01)


def test_every_run_is_in_the_table(show):
    page = show(SeedBySeed(FEW, cap=400))
    click(page, "All", "All")
    header, *rows = table(page)
    assert header == ["seed", *FEW]
    assert [[None if cell == "not solved" else int(cell) for cell in row[1:]] for row in rows] == [
        list(pair) for pair in zip(*FEW.values(), strict=True)]


def test_a_guess_is_made_by_keyboard_and_cannot_be_changed_after_the_first_result(show):
    page = show(SeedBySeed(FEW, cap=400))
    slider = page.get_by_role("slider", name="Your guess for 5 bits: how many of 5 learn it")
    slider.focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    assert values(page) == ["4 of 5", "none yet"]
    without_thumb = page.get_by_role("slider").nth(1)
    assert page.locator(".pw-unset").count() == 1
    before = without_thumb.screenshot()
    without_thumb.evaluate("e => e.classList.remove('pw-unset')")
    assert without_thumb.screenshot() != before
    assert line(page) == "You have made 1 of the 2 guesses. The first seed makes your guesses final."
    button(page, "Another seed").focus()
    page.keyboard.press("Enter")
    assert line(page) == "You have made 1 of the 2 guesses, and you cannot add one later. Press again to go on."
    assert (slider.is_disabled(), page.locator(".pw-panel circle").count()) == (False, 0)
    slider.press("ArrowRight")
    slider.press("ArrowLeft")
    assert "Press again" in line(page)      # still a guess for one panel of two
    button(page, "Another seed").focus()
    page.keyboard.press("Enter")
    assert slider.is_disabled()
    assert line(page) == "1 of 5 seeds. Your guesses are final."
    click(page, "All")
    assert results(page)[0].endswith("Your 80\u00a0% is inside.")
    assert "1 of your 1 guess is inside" in line(page)
    click(page, "Start again")
    assert values(page) == ["none yet", "none yet"]


def test_a_correct_guess_is_never_outside_the_interval(show):
    page = show(SeedBySeed({str(k): [7] * k + [None] * (12 - k) for k in (0, 1, 6, 11, 12)}, cap=10))
    for slider, k in zip(page.get_by_role("slider").all(), (0, 1, 6, 11, 12), strict=True):
        slider.fill(str(k)) if k else slider.click(position={"x": 3, "y": 20})      # it is at 0, and a click is a guess
    click(page, "All")
    assert all(text.endswith("is inside.") for text in results(page))


def test_without_a_guess_the_first_result_can_be_removed_again(show):
    page = show(SeedBySeed(FEW, cap=400))
    assert line(page) == "Click on each slider to make a guess. The first seed makes your guesses final."
    click(page, "Another seed", "Another seed")
    assert values(page) == ["none", "none"]
    assert "You made no guess" in line(page)
    click(page, "Start again")
    assert page.locator(".pw-panel circle").count() == 0
    for slider in page.get_by_role("slider").all():
        slider.fill("2")
    click(page, "All")      # needs no second press, because both guesses are made
    assert "of your 2 guesses" in line(page)
    assert button(page, "Start again").is_visible()


def test_the_browser_keeps_a_guess_until_it_is_removed(show):
    page = show(SeedBySeed(FEW, cap=400), scripts=["guesses.js"])
    page.get_by_role("slider").first.fill("4")
    for expected in (["4 of 5", "none yet"], ["none yet", "none yet"]):
        page.reload()
        page.locator(".widget-host[data-ready]").wait_for()
        assert values(page) == expected
        if "4 of 5" in expected:
            click(page, "Start again")
