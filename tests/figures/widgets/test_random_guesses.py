"""RandomGuesses tests a network as the experiment does, and its button starts and stops the guessing."""

import numpy as np
import pytest

from parity_figures.widgets import RandomGuesses
from parity_figures.widgets.base import front_end
from parity_study.experiments import guessing
from tests.figures.widgets.static_page import button, click

pytestmark = pytest.mark.browser

NETWORK = "two tanh units"


@pytest.fixture
def page(open_file, tmp_path):
    """A page from file:// with the functions of the widget."""
    source = front_end("random_guesses", "tanh_pair.js")[0].replace("export default", "const widget =")
    (tmp_path / "page.html").write_text(f"<!doctype html><meta charset=utf-8><script>{source}</script>",
                                        encoding="utf-8")
    return open_file((tmp_path / "page.html").as_uri())


def test_the_same_networks_are_correct_as_in_the_experiment(page):
    rng = np.random.default_rng(4)
    bits, lengths, labels = guessing.draw_balanced_strings(100, 500, 600, rng)
    strings = [{"inputs": row[:length].tolist(), "odd": int(label)}
               for row, length, label in zip(bits, lengths, labels, strict=True)]
    drawn = guessing.draw_weights(NETWORK, 100.0, 30_000, rng)
    correct = guessing.find_correct_guesses(NETWORK, drawn, (bits, lengths, labels))
    assert len(correct) > 0
    some = np.unique([*correct, *range(2000)])
    outputs = guessing.last_outputs(NETWORK, drawn[some], bits, lengths)
    wrong = np.abs(outputs - labels) >= 0.1
    first = page.evaluate("([all, strings]) => all.map((weights) => firstWrong(weights, strings))",
                          [drawn[some].astype(float).tolist(), strings])
    assert first == np.where(wrong.any(axis=1), wrong.argmax(axis=1), -1).tolist()
    found = page.evaluate("([all, strings]) => all.map((weights) => firstWrong(weights, strings) < 0)",
                          [drawn[some].astype(float).tolist(), strings])
    assert some[found].tolist() == correct.tolist()


def test_the_strings_are_like_those_of_the_experiment(page):
    strings = page.evaluate("() => drawStrings().map(({ inputs, odd }) => [[...inputs], odd])")
    assert sum(odd for _, odd in strings) == 50
    for inputs, odd in strings:
        assert 500 <= len(inputs) <= 600
        assert set(inputs) == {-1, 1}
        assert inputs.count(1) % 2 == odd


def row(page, name: str) -> list[str]:
    """Return the guesses, the correct networks and their mean in the row of a range."""
    trials, mean = page.get_by_role("row", name=name).locator("td").all()
    correct, guesses = trials.get_by_role("img").get_attribute("aria-label").split(" correct in ")
    return [guesses, correct, mean.inner_text()]


def select(page, label: str) -> None:
    page.get_by_role("combobox", name="Weights from").select_option(label=label)


def wait_for_dots(page, count: int) -> None:
    """Wait until there is a dot for so many correct networks, ours included."""
    page.wait_for_function("count => document.querySelectorAll('.pw-trial').length >= count", arg=count,
                           timeout=300_000)     # the number of guesses is random


def caption(page) -> str:
    return page.locator(".pw-states").inner_text()


@pytest.mark.parametrize("expected", ["At a few points", "Along a line"])
def test_the_question_stays_until_it_is_answered_and_the_answer_gets_a_verdict(show, expected):
    page = show(RandomGuesses([1000, 3000]))
    assert row(page, "our runs") == ["4,000", "2", "2,000 ± 1,000"]
    assert row(page, "−100 to 100") == ["0", "0", "none yet"]
    assert page.locator(".pw-trial").count() == 2
    click(page, "Guess")
    wait_for_dots(page, 3)
    click(page, "Stop")
    assert page.locator(".pw-asked").is_visible()
    assert page.locator(".pw-even-dots").count() == 0       # the states would give the answer away
    assert caption(page) == "If you choose an answer, the square shows the states."
    click(page, expected)
    assert page.locator(".pw-asked").is_hidden()
    assert page.locator(".pw-even-dots").count() == 1
    verdict = ", and you were right: they lie" if expected == "At a few points" else ", but they lie"
    assert caption(page).startswith(f"You expected the states {expected.lower()}{verdict} at ")
    assert "The square shows the last correct network. After " in caption(page)
    assert "of its 100 strings, both units are within a tenth of −1 or 1" in caption(page)
    label = page.locator(".pw-drawn svg").get_attribute("aria-label")
    assert label.startswith("The states of the last correct network")


def test_an_answer_does_not_start_the_guessing(show):
    page = show(RandomGuesses([1000, 3000]))
    click(page, "All over the square")
    assert page.locator(".pw-asked").is_hidden()
    assert caption(page) == "You expect the states all over the square. Press “Guess”."
    assert button(page, "Guess").evaluate("e => document.activeElement === e")
    page.wait_for_timeout(100)
    assert row(page, "−100 to 100") == ["0", "0", "none yet"]


def test_after_many_guesses_without_success_it_stops_and_says_so(show):
    page = show(RandomGuesses([1000, 3000]))
    page.evaluate("Math.random = () => 0.5")        # all weights are 0, so each network is wrong at once
    select(page, "−1 to 1")
    click(page, "Guess")
    button(page, "Go on").wait_for(timeout=120_000)
    page.wait_for_timeout(100)
    assert row(page, "−1 to 1") == ["100,000", "0", "none yet"]
    assert page.locator(".pw-told").inner_text() == (
        "None of the last 100,000 networks was correct. The guessing stops after every 100,000 of them. "
        "With weights from −100 to 100, we needed 2,000 guesses on average.")
    click(page, "Go on")
    page.wait_for_function("!document.querySelector('.pw-count').textContent.endsWith(' 100,000 guesses')")


def test_the_mean_counts_every_guess_and_is_compared_only_in_our_range_with_five_dots(page):
    told = """([count, since, scale]) => describe({ trials: Array(count).fill(1000), since, weights: [], passed: 100 },
                                                   scale, 2000)"""
    assert "Your mean is 0.6 times ours" in page.evaluate(told, [5, 1000, 100])
    assert "times ours" not in page.evaluate(told, [4, 1000, 100])
    assert "times ours" not in page.evaluate(told, [5, 1000, 50])
    mean = page.evaluate("paintRow(['', { trials: [1000, 3000], since: 500 }]).lastChild.textContent")
    assert mean == "2,250 ± 1,000"


def test_guessing_starts_stops_goes_on_and_keeps_a_tally_for_each_range(show):
    page = show(RandomGuesses([1000, 3000]))
    select(page, "−1 to 1")
    click(page, "Along a line", "Guess")
    page.wait_for_function("document.querySelector('.pw-told').textContent.includes('The best one so far gave')")
    click(page, "Stop")
    small = row(page, "−1 to 1")
    assert small[1:] == ["0", "none yet"]
    assert "The square shows the best network so far. After " in caption(page)
    assert page.locator(".pw-count").inner_text() == f"0 correct in {small[0]} guesses"
    page.wait_for_timeout(100)
    assert row(page, "−1 to 1") == small
    click(page, "Go on")
    page.wait_for_function("before => !document.querySelector('.pw-count').textContent.includes(` ${before} `)",
                           arg=small[0])
    select(page, "−100 to 100")     # it goes on with the other range
    small = row(page, "−1 to 1")
    wait_for_dots(page, 3)
    click(page, "Stop")
    assert row(page, "−1 to 1") == small
    large = row(page, "−100 to 100")
    assert int(large[1]) >= 1
    select(page, "−1 to 1")
    assert button(page, "Go on").is_visible()
    assert row(page, "−100 to 100") == large
    assert "the best network so far" in caption(page)


@pytest.mark.slow
def test_the_guessing_stops_after_ten_correct_networks(show):
    page = show(RandomGuesses([1000, 3000]))
    click(page, "Guess")
    button(page, "Ten more").wait_for(timeout=300_000)
    guesses, correct, mean = row(page, "−100 to 100")
    assert correct == "10"
    total = int(guesses.replace(",", ""))
    assert int(mean.split(" ± ")[0].replace(",", "")) == pytest.approx(total / 10, abs=0.51)
    assert page.locator(".pw-since").count() == 0       # the last guess was correct
    assert "Do other ranges need" in page.locator(".pw-told").inner_text()
    page.wait_for_timeout(100)
    assert row(page, "−100 to 100")[0] == guesses
