"""SeedBySeed: what it counts is what was recorded, its interval is Wilson's, and a guess comes first."""

from __future__ import annotations

import re

import pytest

from parity_figures.widgets import SeedBySeed
from parity_lib.statistics import wilson_interval
from parity_study.experiments import load

FEW = {"5 bits": [120, None, 300, 40, None], "50 bits": [None] * 5}


@pytest.mark.parametrize(("conditions", "cap", "message"), [
    ({}, 100, "conditions must be 1 to 6 of them"),
    ({str(n): [1] for n in range(7)}, 100, "conditions must be 1 to 6 of them"),
    ({"a": [1], "b": [1, 2]}, 100, "conditions must be as many seeds"),
    ({"a": []}, 100, "conditions must be as many seeds"),
    ({"a": [101]}, 100, r"conditions\['a'\] must be steps from 1 to 100, or None"),
    ({"a": [0]}, 100, r"conditions\['a'\] must be steps"),
    ({"a": [None]}, 0, "cap must be")])
def test_what_is_not_allowed_is_named(conditions, cap, message):
    with pytest.raises(ValueError, match=message):
        SeedBySeed(conditions, cap)


@pytest.mark.parametrize(("trait", "value", "message"), [
    ("shown", 6, "shown must be 0 to 5"), ("guesses", {"7 bits": 1}, "guesses must be 5 bits or 50 bits"),
    ("guesses", {"5 bits": 6}, "must be 0 to 5")])
def test_neither_seeds_nor_guesses_leave_their_range(trait, value, message):
    with pytest.raises(ValueError, match=message):
        setattr(SeedBySeed(FEW, 400), trait, value)


@pytest.mark.browser
def test_counts_and_intervals_are_those_of_the_recorded_runs(show):
    table = load("two_by_two")["conditions"]
    chosen = {name: table[name]["steps"] for name in ("end, 50, tanh", "end, 1..50, tanh", "every_step, 50, relu")}
    page = show(SeedBySeed(chosen, cap=8000))
    for name, more in (("Another seed", 1), ("Ten more", 11), ("Ten more", 21), ("All", 50)):
        page.get_by_role("button", name=name).click()
        for steps, text in zip(chosen.values(), page.locator(".pw-result").all_inner_texts(), strict=True):
            solved = sum(step is not None for step in steps[:more])
            low, high = (f"{round(100 * end)}\u00a0%" for end in wilson_interval(solved, more))
            assert text == f"{solved} of {more} learned it, so the true rate is likely between {low} and {high}."
    for panel, steps in zip(page.locator(".pw-panel").all(), chosen.values(), strict=True):
        assert panel.locator("circle").count() == sum(step is not None for step in steps)
        assert panel.locator("path.pw-cross").count() == sum(step is None for step in steps)


@pytest.mark.browser
def test_the_bar_is_as_wide_as_the_interval(show):
    page = show(SeedBySeed(FEW, cap=400))
    page.get_by_role("button", name="All").click()
    for steps, panel in zip(FEW.values(), page.locator(".pw-panel").all(), strict=True):
        low, high = wilson_interval(sum(step is not None for step in steps), len(steps))
        whole, bar = panel.locator(".pw-whole").bounding_box(), panel.locator(".pw-interval").bounding_box()
        assert (bar["x"] - whole["x"]) / whole["width"] == pytest.approx(low, abs=0.01)
        assert bar["width"] / whole["width"] == pytest.approx(high - low, abs=0.01)


@pytest.mark.browser
def test_a_guess_is_made_by_keyboard_and_stays_once_a_seed_was_seen(show):
    page = show(SeedBySeed(FEW, cap=400), width=390)
    slider = page.get_by_role("slider", name="Your guess for 5 bits: how many of 5 learn it")
    slider.focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    assert page.locator(".pw-value").all_inner_texts() == ["4 of 5", "none yet"]
    page.get_by_role("button", name="Another seed").focus()
    page.keyboard.press("Enter")
    assert slider.is_disabled()
    page.get_by_role("button", name="All").click()
    assert page.locator(".pw-result").first.inner_text().endswith("Your 80\u00a0% is inside.")
    assert "1 of your 1 guesses lies inside" in page.locator(".pw-line").inner_text()
    page.get_by_role("button", name="Start again").click()
    assert page.locator(".pw-value").all_inner_texts() == ["none yet", "none yet"]


@pytest.mark.browser
def test_every_run_is_in_the_table(show):
    page = show(SeedBySeed(FEW, cap=400))
    page.get_by_role("button", name="All").click()
    page.get_by_text("The numbers").click()
    page.locator(".pw-numbers td").first.wait_for()
    rows = [re.split(r"\s*\t\s*", row) for row in page.locator(".pw-numbers tr").all_inner_texts()]
    assert rows[0] == ["seed", *FEW]
    assert [[None if cell == "not solved" else int(cell) for cell in row[1:]] for row in rows[1:]] == [
        list(pair) for pair in zip(*FEW.values(), strict=True)]


@pytest.mark.browser
def test_it_fits_a_phone_and_fingers(show):
    page = show(SeedBySeed(FEW, cap=400), width=390, theme="dark")
    page.get_by_role("button", name="All").click()
    controls = page.locator(".parity-widget :is(button, input, summary)")
    assert all(controls.nth(i).bounding_box()["height"] >= 44 for i in range(controls.count()))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    sizes = page.locator(".pw-panel svg").evaluate_all("all => all.map(one => 12.5 * one.clientWidth / 300)")
    assert min(sizes) >= 11


@pytest.mark.browser
def test_the_guess_that_comes_true_is_never_outside(show):
    page = show(SeedBySeed({str(k): [7] * k + [None] * (12 - k) for k in (0, 1, 6, 11, 12)}, cap=10))
    for slider, k in zip(page.get_by_role("slider").all(), (0, 1, 6, 11, 12), strict=True):
        slider.fill(str(k)) if k != 6 else slider.click()       # it stands at six: a click there is a guess as well
    page.get_by_role("button", name="All").click()
    assert all(text.endswith("is inside.") for text in page.locator(".pw-result").all_inner_texts())


@pytest.mark.browser
def test_a_press_without_a_guess_says_so_and_the_guess_can_still_be_made(show):
    page = show(SeedBySeed(FEW, cap=400))
    page.get_by_role("button", name="Another seed").click()
    assert page.locator(".pw-value").all_inner_texts() == ["none", "none"]
    assert "You made no guess" in page.locator(".pw-line").inner_text()
    page.get_by_role("button", name="Forget and guess").click()
    assert page.locator(".pw-panel circle").count() == 0
    slider = page.get_by_role("slider").first
    assert slider.is_enabled()
    slider.fill("2")
    page.get_by_role("button", name="All").click()
    assert "no guess" not in page.locator(".pw-line").inner_text()
    assert page.get_by_role("button", name="Start again").is_visible()


@pytest.mark.browser
def test_a_guess_stays_in_the_browser_until_it_is_taken_back(show):
    page = show(SeedBySeed(FEW, cap=400), scripts=["guesses.js"])
    again = lambda: (page.reload(), page.locator(".widget-host[data-ready]").wait_for())  # noqa: E731
    page.get_by_role("slider").first.fill("4")
    again()
    assert page.locator(".pw-value").all_inner_texts() == ["4 of 5", "none yet"]
    page.get_by_role("button", name="Start again").click()
    again()
    assert page.locator(".pw-value").all_inner_texts() == ["none yet", "none yet"]
