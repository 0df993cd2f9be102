"""UnrolledRNN as a reader of the built page meets it: saved state, no kernel, no network, from file://."""

from __future__ import annotations

import numpy as np
import pytest

from parity_figures.widgets import UnrolledRNN
from parity_lib import ParityRNN, ParityTask, by_hand, train

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def trained():
    models = {f"trained {cell}": ParityRNN(6, cell, seed=1) for cell in ("tanh", "relu")}
    for model in models.values():
        train(model, ParityTask(8), max_steps=30, seed=0, progress=False)
    return models


def numbers(locator) -> np.ndarray:
    """The numbers that cells carry with four decimals in their titles."""
    titles = locator.evaluate_all("cells => cells.map(cell => cell.title)")
    return np.array([float(title.split(": ")[1].replace("−", "-")) for title in titles])


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def verdicts(page) -> list[str]:
    return [text.split()[0] for text in page.locator(".pw-says").all_inner_texts()]


def test_numbers_in_the_page_are_those_of_numpy_rnn(show, trained):
    nets = {"hand tanh": by_hand("tanh"), "hand relu": by_hand("relu"), **trained, "wide": ParityRNN(32, "tanh")}
    page = show(UnrolledRNN(nets, bits="110100101", step=9))
    for label, net in nets.items():
        page.get_by_role("combobox", name="Net").select_option(label)
        shown = numbers(page.locator(".pw-cells > span")).reshape(10, net.hidden_size)
        expected = UnrolledRNN({"net": net}, bits="110100101")
        np.testing.assert_allclose(shown, expected.states, atol=6e-5)
        assert verdicts(page) == ["odd" if logit > 0 else "even" for logit in expected.logits]


def test_forward_of_the_saved_weights_is_exact(show, trained):
    """The module's own arithmetic, from the state that the page holds, to 1e-6."""
    nets = {"hand tanh": by_hand("tanh"), "hand relu": by_hand("relu"), **trained}
    widget = UnrolledRNN(nets, bits="110100101110")
    page = show(widget)
    runs = page.evaluate("""async () => {
        const saved = JSON.parse(document.querySelector('script[type$="widget-state+json"]').textContent).state;
        const state = Object.values(saved).map((entry) => entry.state).find((state) => state.weights);
        const source = state._esm + "; export { forward, digits }";
        const module = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
        return Object.fromEntries(Object.entries(state.weights).map(
            ([label, net]) => [label, module.forward(net, module.digits(state.bits))]));
    }""")
    for label, run in runs.items():
        widget.net = label
        np.testing.assert_allclose([step["h"] for step in run], widget.states, atol=1e-6)
        np.testing.assert_allclose([step["logit"] for step in run[1:]], widget.logits, atol=1e-6)


def test_stepping_with_buttons(show):
    page = show(UnrolledRNN(bits="101"))
    line = page.locator("[aria-live=polite]")
    assert "Guess, then press Step" in line.inner_text()
    assert verdicts(page) == ["?", "?", "?"]
    assert button(page, "Back").get_attribute("aria-disabled") == "true"
    button(page, "Step").click()
    button(page, "Step").click()
    assert verdicts(page) == ["odd", "odd", "?"]
    assert page.locator("[aria-current=step]").count() == 1
    assert "Step 2: the net reads x2 = 0 and remembers h1 = (1.00, −1.00)" in " ".join(line.inner_text().split())
    assert "It says odd. That is right: 10 holds 1 one, and 1 is odd." in line.inner_text()
    button(page, "Back").click()
    assert verdicts(page) == ["odd", "?", "?"]
    button(page, "Run").click()  # a reader who wants less motion goes to the end at once
    assert verdicts(page) == ["odd", "odd", "even"]
    button(page, "Step").click(force=True)  # greyed out: there is nothing further
    assert page.locator(".pw-count").inner_text() == "step 3 of 3"
    button(page, "Reset").click()
    assert verdicts(page) == ["?", "?", "?"]


def test_running_step_by_step_and_pausing(show):
    page = show(UnrolledRNN(bits="10", step=2), less_motion=False)
    page.clock.install()
    button(page, "Run").click()  # at the end: starts over
    assert verdicts(page) == ["odd", "?"]
    assert page.locator(".pw-line").get_attribute("aria-live") == "off"
    button(page, "Pause").click()
    page.clock.run_for(3000)
    assert verdicts(page) == ["odd", "?"]
    button(page, "Run").click()
    assert verdicts(page) == ["odd", "odd"]
    assert button(page, "Run").is_visible()
    assert page.locator(".pw-line").get_attribute("aria-live") == "polite"


def test_stepping_with_the_keyboard_alone(show):
    page = show(UnrolledRNN(bits="1101"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "INPUT"
    page.keyboard.press("Tab")
    assert "Left and right arrow keys step" in page.evaluate("document.activeElement.ariaLabel")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    for key, step in (("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("End", 4), ("ArrowRight", 4),
                      ("Home", 0), ("ArrowLeft", 0), ("x", 0)):
        page.keyboard.press(key)
        assert page.locator(".pw-count").inner_text() == f"step {step} of 4"
    page.keyboard.press("Tab")
    page.keyboard.press("Space")  # the first bit
    assert page.get_by_role("textbox", name="Bits").input_value() == "0101"
    assert page.evaluate("document.activeElement.ariaLabel") == "Bit 1 is 0. Flip it."
    for name in ("Bit 2 is 1. Flip it.", "Bit 3 is 0. Flip it.", "Bit 4 is 1. Flip it."):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.ariaLabel") == name
    for name in ("Back", "Step", "Run", "Reset"):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == name
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    assert page.locator(".pw-count").inner_text() == "step 4 of 4"


def test_flipping_a_bit_changes_all_that_follows(show):
    page = show(UnrolledRNN(bits="1011", step=4))
    assert verdicts(page) == ["odd", "odd", "even", "odd"]
    page.get_by_role("button", name="Bit 2 is 0").click()
    assert verdicts(page) == ["odd", "even", "odd", "even"]
    assert page.get_by_role("button", name="Bit 2 is 1").get_attribute("aria-pressed") == "true"
    assert page.get_by_role("textbox", name="Bits").input_value() == "1111"


def test_typing_bits_good_and_bad(show):
    page = show(UnrolledRNN(bits="1011", step=4))
    field, alert = page.get_by_role("textbox", name="Bits"), page.get_by_role("alert")
    field.fill("01")
    assert page.locator(".pw-count").inner_text() == "step 2 of 2"
    assert verdicts(page) == ["even", "odd"]
    for text, message in (("", "Type 1 to 12 bits, each 0 or 1."), ("012", "Only 0 and 1 are bits; “2” is neither."),
                          ("0 1", "Only 0 and 1 are bits; a space is neither."),
                          ("1" * 13, "At most 12 bits fit here; these are 13.")):
        field.fill(text)
        assert alert.inner_text() == message
        assert field.get_attribute("aria-invalid") == "true"
        assert verdicts(page) == ["even", "odd"]  # the graph keeps the last good string
    page.get_by_role("button", name="Bit 1 is 0").click()  # takes the field back to good bits
    assert field.input_value() == "11"
    assert field.get_attribute("aria-invalid") == "false"
    assert not alert.is_visible()


def test_a_wrong_net_is_called_wrong(show):
    blind = by_hand("tanh")
    blind.hidden_to_logits.weight.data.zero_()
    page = show(UnrolledRNN({"by hand": by_hand(), "blind": blind}, bits="1", step=1))
    assert page.get_by_role("img", name="right").count() == 1
    page.get_by_role("combobox", name="Net").select_option("blind")
    assert verdicts(page) == ["even"]
    assert page.get_by_role("img", name="wrong").count() == 1
    assert "That is wrong: 1 holds 1 one, and 1 is odd." in page.locator(".pw-line").inner_text()


def test_two_widgets_and_two_views_of_one(show):
    first, second = UnrolledRNN(bits="11"), UnrolledRNN(bits="000")
    page = show(first, second, first)
    counts = page.locator(".pw-count")
    button(page, "Step").first.click()
    assert counts.all_inner_texts() == ["step 1 of 2", "step 0 of 3", "step 1 of 2"]
    assert page.evaluate("document.head.querySelectorAll('style').length") == 2  # the page's own, and one for both


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_phone_the_graph_scrolls_and_the_page_does_not(show, trained, theme):
    nets = {"by hand": by_hand(), **trained, "wide": ParityRNN(128)}
    page = show(UnrolledRNN(nets, bits="101101110001"), width=390, theme=theme)
    for label in nets:
        page.get_by_role("combobox", name="Net").select_option(label)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        button(page, "Run").click()
        box = page.locator("[aria-current=step]").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_all_text_stands_out_from_what_is_behind_it(show, trained, theme):
    blind = by_hand("tanh")
    blind.hidden_to_logits.weight.data.zero_()
    page = show(UnrolledRNN({"by hand": by_hand(), "blind": blind, **trained}, bits="1101", step=3), theme=theme)
    for label in ("by hand", "blind", "trained tanh"):
        page.get_by_role("combobox", name="Net").select_option(label)
        page.get_by_role("textbox", name="Bits").fill("11012")
        pairs = page.evaluate(COLOURS)
        assert len(pairs) > 20
        for text, ink, paper in pairs:
            assert contrast(ink, paper) >= 4.5, (text, ink, paper)


# Every element with text of its own, its colour, and the colours behind it from front to back, as RGBA.
COLOURS = """() => {
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data];
  };
  const behind = (element) => {
    for (; element; element = element.parentElement) {
      // The frame of the current step is a sibling of what stands on it.
      const frame = element.matches(".pw-current") && getComputedStyle(element, "::before").backgroundColor;
      const colour = rgba(frame || getComputedStyle(element).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255, 255];
  };
  const own = (element) => [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
  return [...document.querySelectorAll(".parity-widget *")].filter((e) => own(e) && e.checkVisibility())
    .map((e) => [e.textContent, rgba(getComputedStyle(e).color), behind(e)]);
}"""


def luminance(rgba) -> float:
    channels = np.array(rgba[:3]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(ink, paper) -> float:
    light, dark = sorted((luminance(ink), luminance(paper)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
