"""BreakTheNetwork has PyTorch's outputs, and each string that it knows breaks its network at its last bit."""

import re
from functools import cache

import numpy as np
import pytest
import torch

from parity_figures.widgets import BreakTheNetwork
from parity_figures.widgets.break_the_network import CHOSEN, TESTED
from parity_study.certificate_store import StoredNetwork, read_store
from parity_study.trained_networks import as_model
from tests.figures.widgets.static_page import button, click, count

LABELS = [str(number) for number in range(1, len(CHOSEN) + 1)]
ANSWERS = ("even", "odd")


@cache
def stored() -> dict[str, StoredNetwork]:
    by_name = {(network.kind, network.seed): network for network in read_store()}
    return {label: by_name[chosen] for label, chosen in zip(LABELS, CHOSEN, strict=True)}


@cache
def widget() -> BreakTheNetwork:
    return BreakTheNetwork()


def logits(label: str, bits: np.ndarray, dtype=torch.float32) -> np.ndarray:
    """Return PyTorch's logits [strings, steps] after each of bits [strings, steps]."""
    with torch.no_grad():
        return as_model(stored()[label]).to(dtype)(torch.from_numpy(bits).to(dtype)[..., None])[..., 0].numpy()


def first_error(label: str, string: str, dtype=torch.float32) -> int:
    """Return the time step of PyTorch's first wrong answer, or 0."""
    bits = np.array([[*map(int, string)]])
    wrong = (logits(label, bits, dtype) > 0) != (bits.cumsum(axis=1) % 2 == 1)
    return int(wrong[0].argmax()) + 1 if wrong.any() else 0


PROVED = next(label for label in LABELS if stored()[label].verdict == "certified")


@pytest.mark.parametrize("label", LABELS)
def test_each_network_passes_the_test_and_its_string_breaks_it_at_the_last_bit_but_one_is_certified(label):
    bits = np.random.default_rng(0).integers(2, size=TESTED)
    assert ((logits(label, bits) > 0) == (bits.cumsum(axis=1) % 2 == 1)).all()
    shown, network = widget().networks[label], stored()[label]
    if label == PROVED:
        assert (network.string, shown["string"]) == (None, "")
        assert network.low is not None
        return
    assert network.verdict == "refuted"
    assert shown["string"] == network.string
    for dtype in (torch.float32, torch.float64):
        assert first_error(label, network.string, dtype) == len(network.string)


@pytest.mark.parametrize("label", LABELS)
def test_the_page_has_enough_digits_of_each_weight(label):
    shown, model = widget().networks[label]["weights"], as_model(stored()[label])
    H = model.hidden_size
    matrix = np.array(shown["matrix"], dtype=np.float32)
    rows = np.r_[0:2 * H, 3 * H:4 * H] if model.cell == "gru" else np.arange(len(matrix))
    np.testing.assert_array_equal(matrix[rows, :H], model.rnn.weight_hh_l0.detach().numpy())
    np.testing.assert_array_equal(np.float32(shown["output"]), model.hidden_to_logits.weight[0].detach().numpy())


def test_only_one_network_cannot_be_broken_and_the_sentence_says_how_the_first_one_fails():
    assert [label for label in LABELS if not widget().networks[label]["string"]] == [PROVED]
    string = stored()["1"].string
    assert string == "1" + "0" * (len(string) - 1)
    assert f"reads a 1 and {len(string) - 1} zeros: it answers odd, but from bit {len(string)} on" in widget().sentence


def told(page) -> str:
    return page.locator(".pw-told").inner_text()


def check_outputs(page, label: str, bits: str) -> None:
    """Compare the drawn outputs, the sentence and the dots of the wall with PyTorch."""
    string = np.array([[*map(int, bits)]])
    outputs, usual = logits(label, string, torch.float64)[0], widget().networks[label]["usual"]
    heights = re.findall(r"-?\d\.\d", page.locator(".pw-output").get_attribute("aria-label"))
    heights = heights[-min(len(bits), 10):]
    expected = np.clip(0.65 * outputs[-10:] / usual, -1, 1)
    np.testing.assert_allclose([float(height) for height in heights], expected, atol=0.051)
    answer = ANSWERS[int(outputs[-1] > 0)]
    assert f"answers {answer}" in told(page)
    wall = [ANSWERS[int(logits(each, string, torch.float64)[0, -1] > 0)] for each in LABELS]
    dots = page.locator(".pw-gauge i").evaluate_all("all => all.map(e => e.className.match(/pw-(\\w+)-dot/)[1])")
    assert dots == wall


@pytest.mark.browser
def test_an_address_with_a_string_shows_it_and_the_browser_agrees_with_pytorch(show):
    page = show(widget(), address=f"#no=2&bits={stored()['2'].string}")
    for label in LABELS:
        if label == PROVED:
            continue
        string = stored()[label].string
        page.evaluate(f"location.hash = 'no={label}&bits={string}'")
        page.wait_for_function(f"document.querySelector('.pw-output').ariaLabel.includes('No. {label} ')")
        check_outputs(page, label, string)
        assert f"This string breaks No. {label} with {len(string)} bits" in told(page)
        assert told(page).endswith("Our search found no shorter string.")
        assert page.locator(f"[aria-label='No. {label}']").is_checked()
    assert count(page) == "0 of 11 broken"      # these strings are not the reader's own
    for wrong in ("no=13&bits=1", "no=1&bits=12", "no=1&bits=", "no=toString&bits=1"):
        page.evaluate(f"location.hash = '{wrong}'")
        page.wait_for_timeout(50)
        assert "This string breaks No. 12" in told(page)


@pytest.mark.browser
def test_bits_come_from_buttons_and_keys_and_the_first_break_is_the_score(show):
    page = show(widget(), width=390)
    assert "No. 1 says after each bit" in told(page)
    assert button(page, "Back").get_attribute("aria-disabled") == "true"
    click(page, "1", "0")
    page.keyboard.press("0")
    page.keyboard.press("1")
    page.keyboard.press("Backspace")
    check_outputs(page, "1", "100")
    assert told(page) == "After 3 bits, No. 1 answers odd, which is correct: the number of ones so far is 1."
    click(page, "Start again", "0", "1", "Fifty zeros")     # at once, because this reader wants less motion
    score = first_error("1", "01" + 50 * "0")
    assert score > len(stored()["1"].string)
    assert told(page) == (f"No. 3 broke at bit {first_error('3', '01' + 50 * '0')}: press its tile to see how. "
                          f"You broke No. 1 with {score} bits: it answers even, but the number of ones is 1. "
                          "Can you do it with fewer bits?")
    assert page.locator(f"[aria-label='No. 1, broken with {score} bits']").is_checked()
    assert page.locator(".pw-times").first.text_content().startswith(f"wrong at bit {score}: ")
    steps = page.locator(".pw-output .pw-step")     # squares for odd and discs for even, the last one with an edge
    assert steps.evaluate_all("all => all.map(each => each.tagName).join(' ')") == (
        f"circle circle {(score - 2) * 'rect '}circle")
    assert page.locator("circle.pw-step-wrong.pw-even-step").count() == page.locator(".pw-step-wrong").count() == 1
    assert page.url.endswith(f"#no=1&bits=01{(score - 2) * '0'}")
    click(page, "1")        # the bits stay alive
    assert f". No. 1 broke at bit {score}. Now it answers " in told(page)
    assert page.locator(".pw-why").is_visible()
    page.keyboard.press("ArrowRight")
    assert page.locator("[aria-label='No. 2']").is_checked()
    click(page, "Start again", "1", "Fifty zeros", "Fifty zeros")
    digits = page.locator(".pw-output > text").all_text_contents()      # of the last bits, as many as have room
    assert ("… bits" in digits, 20 < digits.count("0") < 40, digits.count("1")) == (True, True, 0)
    assert not page.locator("[aria-label='No. 1']").is_visible()        # its score is in its name
    string = "1" + 100 * "0"
    strings = ["01" + (score - 2) * "0" + "1", string[:first_error("2", string) + 50]]
    errors = {label: min(filter(None, (first_error(label, each) for each in strings)), default=0) for label in LABELS}
    assert count(page) == f"{sum(map(bool, errors.values()))} of 11 broken"
    for label, bits in errors.items():
        if bits:
            assert page.get_by_role("radio", name=f"No. {label}, broken with {bits} bits").count() == 1


@pytest.mark.browser
def test_the_length_of_the_shortest_known_string_is_told_after_three_strings_or_on_request(show):
    page = show(widget())
    page.get_by_role("radio", name="No. 2", exact=True).check()
    known = f"The shortest string that our search found has {len(stored()['2'].string)} bits."
    for beginning in ("1", "01"):
        click(page, *beginning, "Fifty zeros")
        assert told(page).endswith("Can you do it with fewer bits?")
        click(page, "Start again")
    click(page, "1", "1", "1", "Fifty zeros")
    assert told(page).endswith(known)
    page.get_by_role("radio", name="No. 7", exact=True).check()
    click(page, "Start again", "Show a string")
    assert "This string breaks No. 7 with 21 bits: it answers odd, but the number of ones is 0." in told(page)
    assert page.get_by_role("radio", name="No. 7", exact=True).is_checked()     # not broken by the reader
    click(page, "Start again")
    assert told(page).endswith("The shortest string that our search found has 21 bits.")
    click(page, "Fifty zeros")
    assert told(page).endswith("You broke No. 7 with 21 bits: it answers odd, but the number of ones is 0. "
                               "Our search found no shorter string.")


@pytest.mark.browser
def test_the_certified_network_is_revealed_after_thirty_bits_and_links_to_its_proof(show):
    page = show(widget())
    click(page, "1", "Fifty zeros", "Fifty zeros")
    page.get_by_role("radio", name=f"No. {PROVED}", exact=True).check()     # these bits were meant for another network
    assert "proved" not in page.locator(".pw-wall").inner_text()
    click(page, "Start again", "Show a string")
    assert "Our search found no string for No. 9." in page.locator(".pw-note").inner_text()
    click(page, *("110" * 9 + "10"))
    assert "proved" not in page.locator(".pw-wall").inner_text()
    assert not page.locator(".pw-why").is_visible()
    click(page, "0")
    assert told(page) == (f"No. {PROVED} is correct after each of the 30 bits. Nobody can break it: we can prove that "
                          "it is correct for strings of every length.")
    assert page.get_by_role("radio", name=f"No. {PROVED}, proved").is_checked()
    assert page.get_by_role("link", name="Read the proof →").get_attribute("href") == (
        "what-did-it-learn.html#a-proof-for-a-trained-net")


@pytest.mark.browser
def test_a_link_is_copied_or_the_reader_learns_where_it_is(show):
    page = show(widget())
    copy = button(page, "Copy a link")
    assert copy.get_attribute("aria-disabled") == "true"
    click(page, "1", "Fifty zeros")
    page.evaluate("""() => Object.defineProperty(navigator, "clipboard", { configurable: true, value: {
        writeText: async (text) => { window.copied = text; } } })""")
    height = page.locator(".parity-widget").bounding_box()["height"]
    copy.click()
    page.wait_for_function("window.copied")
    assert page.evaluate("copied") == f"I broke No. 1 with 14 bits. Can you break another? {page.url}"
    page.wait_for_function("document.querySelector('.pw-note').textContent.startsWith('The link is copied')")
    assert page.locator(".parity-widget").bounding_box()["height"] == height
    page.evaluate("() => Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    copy.click()
    page.wait_for_function("document.querySelector('.pw-note').textContent.startsWith('Copy the address')")


@pytest.mark.browser
def test_zeros_slow_down_before_the_failure_and_stop_at_it(show):
    page = show(widget(), less_motion=False)
    page.clock.install(time=0)
    page.clock.pause_at(60_000)     # from here on, time passes only in run_for
    click(page, "1", "Fifty zeros")
    read = []
    for _ in range(50):
        read.append(page.locator(".pw-output .pw-step").count() - 2)      # zeros, without the start and the 1
        if read[-1] < 13:
            assert page.locator(".pw-told").get_attribute("aria-live") == "off"
        page.clock.run_for(90)
    assert read[:8] == [*range(1, 9)]
    assert read.count(12) == 10     # before the zero that breaks it
    assert read[-1] == 13
    assert page.locator(".pw-told").get_attribute("aria-live") == "polite"
    assert "You broke No. 1 with 14 bits" in told(page)
    assert page.locator(".pw-broken").count() == 1
    click(page, "Fifty zeros")
    page.clock.run_for(10_000)
    assert page.locator(".pw-output .pw-step").count() == 1 + 64
    assert told(page).startswith("5 others broke: press a marked tile to see how. No. 1 broke at bit 14.")
    click(page, "Fifty zeros", "Start again")       # ends the row of zeros
    page.clock.run_for(1000)
    assert page.locator(".pw-output .pw-step").count() == 1


@pytest.mark.browser
def test_the_break_of_a_network_that_is_not_chosen_is_told_at_once_and_its_tile_is_marked_for_a_moment(show):
    page, at = show(widget(), less_motion=False), first_error("1", "1" + 50 * "0")
    page.clock.install(time=0)
    page.clock.pause_at(60_000)
    click(page, "Fifty zeros")
    page.clock.run_for(90 * 50)     # breaks No. 7, but the figure stays with the chosen network
    assert page.get_by_role("radio", name="No. 1", exact=True).is_checked()
    assert told(page).startswith(f"No. 7 broke at bit {first_error('7', 50 * '0')}: press its tile to see how. After")
    click(page, "Start again")
    page.get_by_role("radio", name="No. 12", exact=True).check()
    tile = page.locator(".pw-tile").first
    page.evaluate("""() => { window.heard = []; const line = document.querySelector(".pw-told");
        new MutationObserver(() => line.ariaLive === "polite" && heard.push(line.textContent)).observe(line,
            { childList: true, subtree: true }); }""")
    click(page, "1", "Fifty zeros")
    page.clock.run_for(90 * (at - 3))
    assert (count(page), told(page)[:3]) == ("1 of 11 broken", "Aft")
    page.clock.run_for(90)
    assert count(page) == "2 of 11 broken"
    assert told(page) == (f"No. 1 broke at bit {at}: press its tile to see how. After {at} bits, No. 12 answers odd, "
                          "which is correct: the number of ones so far is 1.")
    assert tile.evaluate("tile => tile.getAnimations().map(each => each.animationName)") == ["pw-fallen"]
    ink = page.locator(".parity-widget").evaluate("widget => getComputedStyle(widget).color")
    assert tile.evaluate("tile => getComputedStyle(tile).backgroundColor") == ink
    assert page.evaluate("heard")[-1] == told(page)
    tile.click()
    assert told(page).startswith(f"You broke No. 1 with {at} bits")
    click(page, "Start again")
    assert "broke" not in told(page)


@pytest.mark.browser
def test_bits_are_typed_anywhere_on_the_page_but_in_a_text_field_or_with_another_key(show):
    page = show(widget())
    page.keyboard.type("101")
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    check_outputs(page, "1", "101")
    page.keyboard.press("Backspace")
    page.keyboard.press("Control+1")
    page.evaluate("""() => { for (const field of ["<input>", "<textarea></textarea>", "<p contenteditable>text</p>"])
        document.body.insertAdjacentHTML("beforeend", field); }""")
    for field in ("body > input", "body > textarea", "[contenteditable]"):
        page.locator(field).focus()
        page.keyboard.type("11")
        page.keyboard.press("Backspace")
    check_outputs(page, "1", "10")
    assert told(page).startswith("After 2 bits")
