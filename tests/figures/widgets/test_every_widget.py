"""What every widget has: a sentence, a still picture, and controls that work on a phone and by keyboard."""

import xml.etree.ElementTree as ET

import pytest
from axe_playwright_python.sync_playwright import Axe
from IPython.core.formatters import format_display_data
from traitlets import TraitError

from parity_figures import widgets
from parity_figures.widgets import (
    BreakTheNetwork,
    NameWriter,
    Playground,
    StateMachine,
    YouAreTheNetwork,
)
from parity_lib.models import ParityRNN, by_hand
from parity_study.certify import certify
from parity_study.town_names import NameNetwork, stored_writer
from tests.figures.widgets.static_page import table
from tests.parameters import longer_after

TWO = {"LSTM": ParityRNN(5, "lstm", seed=4), "a name that is longer than a phone is wide, as some are": by_hand()}
MAKE = {
    "BreakTheNetwork": BreakTheNetwork,
    "NameWriter": lambda: NameWriter(stored_writer(), beginning="kan", written="nis", invented=[["oulu", "FI", 1]]),
    "Playground": lambda: Playground("lstm", hidden_size=8),
    "StateMachine": lambda: StateMachine(TWO, bits="1011"),
    "YouAreTheNetwork": YouAreTheNetwork,
}

# Pages have drawings of the same, or there is nothing to show.
SENTENCE_ONLY = {"NameWriter", "Playground", "YouAreTheNetwork"}


def test_every_widget_is_tested_here():
    assert set(MAKE) == set(widgets.__all__)


@pytest.mark.parametrize("name", MAKE)
def test_a_widget_has_a_sentence_and_a_still_picture_for_pages_without_javascript(name):
    widget = MAKE[name]()
    assert widget.summary() == widget.sentence
    forms = format_display_data(widget)[0]
    still = forms.pop("image/svg+xml", None)
    assert set(forms) == {"text/plain", "application/vnd.jupyter.widget-view+json"}
    assert forms["text/plain"] == f"[Interactive figure] {widget.sentence}"
    if name not in SENTENCE_ONLY:
        assert ET.fromstring(still).get("aria-label") == widget.sentence


CONTROLS = ".parity-widget :is(button, select, input, summary)"
# The font size in px of each element with text of its own, inside drawings and outside.
SIZES = """all => { const scale = (e) => { const m = e.getScreenCTM?.(); return m ? Math.hypot(m.a, m.b) : 1; };
  return all.filter((e) => e.checkVisibility() &&
                         [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()))
  .map((e) => [e.textContent, parseFloat(getComputedStyle(e).fontSize) * scale(e)]); }"""


@pytest.mark.browser
@pytest.mark.parametrize("name", longer_after(1, sorted(MAKE, key="StateMachine".__ne__)))
def test_on_a_phone_a_widget_fits_can_be_read_in_both_themes_touched_and_reached_by_keyboard(show, name):
    page = show(MAKE[name](), width=390)
    page.locator("details").evaluate_all("all => all.forEach(e => { e.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    controls = page.locator(CONTROLS)
    visible = [place for place in range(controls.count()) if controls.nth(place).is_visible()]
    for place in visible:
        box = controls.nth(place).evaluate(
            "e => (e.type === 'checkbox' ? e.closest('label') : e).getBoundingClientRect()")
        assert box["height"] >= 44
        assert box["right"] <= 390
    texts = page.locator(".parity-widget :not(sub)").evaluate_all(SIZES)
    assert [text for text in texts if text[1] < 11] == []
    for theme, rules in (("dark", ["color-contrast"]), ("light", ["wcag2a", "wcag2aa"])):
        page.emulate_media(color_scheme=theme)
        page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
        found = Axe().run(page, options={"runOnly": rules}).response["violations"]
        assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []
    # The arrow keys lead to the other buttons of a radio group.
    stops = "e => !e.disabled && (e.type !== 'radio' || e.checked)"
    enabled = {place for place in visible if controls.nth(place).evaluate(stops)}
    reached = set()
    for _ in range(len(visible) + page.locator(".parity-widget [tabindex]").count() + 1):
        page.keyboard.press("Tab")
        place, outline = page.evaluate(
            "(controls) => [[...document.querySelectorAll(controls)].indexOf(document.activeElement),"
            " getComputedStyle(document.activeElement).outlineStyle]", CONTROLS)
        reached.add(place)
        assert place < 0 or outline == "solid"
    assert enabled <= reached


def shown_bits(page) -> str:
    """Return the bits that the table of a widget shows."""
    return "".join(row[1] for row in table(page)[1:])


@pytest.mark.browser
def test_a_string_is_typed_and_what_is_left_out_of_it_is_explained(show):
    network = list(TWO)[1]
    widget = MAKE["StateMachine"]()
    page, most = show(widget), widget.traits()["bits"].most
    field, alert = page.get_by_role("textbox", name="Bits"), page.locator("[role=alert]")
    assert field.get_attribute("aria-describedby") == alert.get_attribute("id")
    least = widget.traits()["bits"].least
    if least:
        field.fill("")
        assert alert.inner_text() == f"Type {least} to {most} bits, each 0 or 1."
        assert field.get_attribute("aria-invalid") == "true"
        page.get_by_role("combobox", name="Network").select_option(label=network)       # paints the last correct string
        assert (field.input_value(), field.get_attribute("aria-invalid")) == (widget.bits, "false")
    assert not alert.is_visible()
    page.get_by_role("combobox", name="Network").select_option(label=network)
    for text, kept in (("10a1000", "101000"), ("0 1", "01"), ("1" * (most + 1), "1" * most),
                       ("1x" + "0" * (most + 5), "1" + "0" * (most - 1))):
        field.fill(text)
        assert field.input_value() == kept
        assert alert.inner_text() == f"At most {most} bits fit here, each 0 or 1. Everything else was left out."
        assert field.get_attribute("aria-invalid") == "false"
        assert shown_bits(page) == kept       # the picture shows what the field does
    field.fill("11")
    field.evaluate("e => e.setSelectionRange(1, 1)")
    page.keyboard.press("x")
    page.keyboard.press("0")
    assert field.input_value() == "101"     # the cursor keeps its place
    assert not alert.is_visible()
    field.fill("10")
    assert "Bit 2 is a 0" in page.locator(".parity-widget").inner_text()


# ---------------------------------------------------------------- arguments

ONE, THREE = {"net": by_hand()}, {"net": ParityRNN(3, "gru")}


@pytest.mark.parametrize(("make", "message"), [
    (lambda: StateMachine({}), "networks must be a dict of label: ParityRNN, not empty, but it is {}"),
    (lambda: StateMachine({"a": "net"}), r"networks\['a'\] must be a ParityRNN, but it is 'str'"),
    (lambda: StateMachine({"a": ParityRNN(2, "tanh", 2)}), r"networks\['a'\].num_layers must be 1, but it is 2"),
    (lambda: StateMachine({"a": ParityRNN(33)}), r"networks\['a'\].hidden_size must be at most 32, but it is 33"),
    (lambda: StateMachine(ONE, network="trained"), "network must be 'net', but it is 'trained'"),
    (lambda: StateMachine(ONE, bits="12"), "bits must be a string of 0 to 400 characters 0 and 1, but it is '12'"),
    (lambda: NameWriter(NameNetwork(2, "lstm")), "network must be one with a GRU"),
    (lambda: NameWriter(NameNetwork(2), beginning="Å"), "beginning must be a string of the characters"),
    (lambda: NameWriter(NameNetwork(2), country="IT"), "country"),
    (lambda: StateMachine(ONE, boxes={"other": None}), "a label in boxes must be 'net'"),
    (lambda: StateMachine(THREE, boxes={"net": certify(by_hand()).boxes}), "must be for a network with two"),
    (lambda: Playground("rnn"), "cell must be"), (lambda: Playground(hidden_size=65), "hidden_size must be at most 64"),
    (lambda: Playground(lengths=(5, 2)), "lengths must be"), (lambda: Playground(lengths=101), "lengths must be"),
    (lambda: Playground(label="every"), "label must be"), (lambda: Playground(batch_size=0), "batch_size must be"),
    (lambda: Playground(batch_size="some"), "batch_size must be"),
    (lambda: Playground(batch_size="all"), "lengths must be a number up to 10"),
    (lambda: Playground(optimizer="rmsprop"), "optimizer must be"), (lambda: Playground(lr=0), "lr must be"),
    (lambda: Playground(clip=0), "clip must be"), (lambda: Playground(seed=-1), "seed must be")])
def test_an_argument_that_is_not_allowed_is_named(make, message):
    with pytest.raises((ValueError, TraitError), match=message):
        make()
