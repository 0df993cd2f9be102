"""YouAreTheNetwork: its bits come from the seed, and in the page it asks, counts, forgives nothing and explains."""

from __future__ import annotations

import pytest

from parity_figures.widgets import YouAreTheNetwork


def test_the_seed_decides_the_bits():
    assert YouAreTheNetwork(3).bits == YouAreTheNetwork(3).bits != YouAreTheNetwork(4).bits
    with pytest.raises(ValueError, match="seed must be"):
        YouAreTheNetwork(-1)


@pytest.fixture
def game(show):
    """A page with the game, on a phone, and its bits."""
    return show(YouAreTheNetwork(), width=390), YouAreTheNetwork().bits


def say(page, bits: str) -> None:
    """The right answer to the bits so far."""
    page.get_by_role("button", name="Odd" if bits.count("1") % 2 else "Even", exact=True).click()


def line(page) -> str:
    return page.locator(".pw-told").inner_text()


@pytest.mark.browser
def test_ten_right_answers_ask_what_was_remembered(game):
    page, bits = game
    for t in range(10):
        assert page.locator(".pw-arriving").inner_text() == bits[t]
        assert page.locator(".pw-asked").is_hidden()
        say(page, bits[:t + 1])
    assert "10 right in a row" in page.locator(".pw-count").inner_text()
    page.get_by_role("button", name="One: whether the count so far is odd").click()
    assert "a 1 turns it over" in page.locator(".pw-asked").inner_text()


@pytest.mark.browser
def test_a_wrong_answer_shows_the_string_and_a_new_round_goes_on_behind_it(game):
    page, bits = game
    for t in range(3):
        say(page, bits[:t + 1])
    page.get_by_role("button", name="Even" if bits[:4].count("1") % 2 else "Odd", exact=True).click()
    assert f"The bits were {bits[:4]}" in line(page)
    assert page.get_by_role("button", name="Odd", exact=True).get_attribute("aria-disabled") == "true"
    page.keyboard.press("Enter")       # the focus is on "Again"
    assert page.locator(".pw-arriving").inner_text() == bits[4]
    assert "0 right in a row, best so far 3" in page.locator(".pw-count").inner_text()
    say(page, bits[4])
    assert line(page).startswith("Right")


@pytest.mark.browser
def test_every_bit_is_said_for_those_who_do_not_see_it(game):
    page, bits = game
    assert f"The first bit is {bits[0]}" in line(page)
    say(page, bits[0])
    assert f"Bit 2 is {bits[1]}" in line(page)
