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
    found = page.evaluate("([all, strings]) => all.map((weights) => isCorrect(weights, strings))",
                          [drawn[some].astype(float).tolist(), strings])
    assert some[found].tolist() == correct.tolist()


def test_the_strings_are_like_those_of_the_experiment(page):
    strings = page.evaluate("() => drawStrings().map(({ inputs, odd }) => [[...inputs], odd])")
    assert sum(odd for _, odd in strings) == 50
    for inputs, odd in strings:
        assert 500 <= len(inputs) <= 600
        assert set(inputs) == {-1, 1}
        assert inputs.count(1) % 2 == odd


def cells(page) -> list[str]:
    return page.locator("td").evaluate_all("all => all.map(cell => cell.textContent).slice(1)")


def test_guessing_starts_stops_goes_on_and_begins_again_with_another_range(show):
    page = show(RandomGuesses([1000, 3000]))
    assert cells(page) == ["0", "4,000", "0", "2", "?", "2,000 ± 1,000"]
    click(page, "Guess")
    page.wait_for_function("document.querySelectorAll('td')[3].textContent !== '0'")    # a correct network
    click(page, "Stop")
    assert page.locator("figure svg").get_attribute("aria-label").startswith("The states of the last correct network")
    assert "U = (" in page.locator("figcaption").inner_text()
    stopped = cells(page)
    page.wait_for_timeout(100)
    assert cells(page) == stopped
    click(page, "Go on")
    page.wait_for_function("before => document.querySelectorAll('td')[1].textContent !== before", arg=stopped[0])
    page.get_by_role("combobox", name="Weights from").select_option(label="−1 to 1")
    assert button(page, "Guess").is_visible()
    assert cells(page)[0] == "0"
    assert "no correct network yet" in page.locator("figcaption").inner_text()
