"""Figures have text alternatives, follow the theme, leave Matplotlib's settings alone, and show the given numbers."""

import re
import xml.etree.ElementTree as ET
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from torch.nn.utils.rnn import pack_padded_sequence

import parity_figures as figures
from parity_figures.picture import COLOURS, SHEET, name_lines
from parity_lib.data import ParityTask, random_bits, running_parity
from parity_lib.models import ParityRNN
from parity_lib.training import evaluate, train


@cache
def trained():
    """Return the history of a short run and the accuracy of its network by length."""
    model = ParityRNN(8, "lstm")
    history = train(model, ParityTask(8), max_updates=6, seed=0, validate_every=2, validation_size=20, progress=False)
    return history, evaluate(model, ParityTask((1, 12)), count=50, seed=0, bucket=4)["by_length"]


def condition(solved, seeds=20):
    """Return a condition of an experiment in the form of the result files."""
    return {"solved": solved, "seeds": seeds, "steps": [*range(200, 200 + solved), *[None] * (seeds - solved)],
            "by_length": {"from": [1, 6], "mean": [0.9, solved / seeds], "least": [0.8, 0.4]}}


FOUR = {f"{label}, {lengths}, {cell}": condition(0 if (label, lengths) == ("end", "50") else 50 - place, 50)
        for label in ("every_step", "end") for lengths in ("50", "1..50")
        for place, cell in enumerate(("tanh", "relu", "lstm", "gru"))}
BITS = random_bits(3, 12, np.random.default_rng(0))
PARITY = running_parity(BITS)


def numbers_of_three_units():
    """Return the sums, the states and the logits of a random network for five bits."""
    model = ParityRNN(3, "tanh", seed=0)
    with torch.no_grad():
        states, logits = (read(torch.from_numpy(BITS[:1, :5, None])) for read in (model.hidden_states, model))
    return torch.atanh(states[0]).numpy(), states[0].numpy(), logits[0, :, 0].numpy()


RUN = {"step": [1, 2, 3], "loss": [0.7, 0.69, 0.1]}
PICTURES = {
    "unrolled": figures.unrolled,
    "two ways to read": figures.two_ways_to_read,
    "unrolled with numbers": lambda: figures.unrolled_with_numbers(
        BITS[0, :5], *numbers_of_three_units(), [np.full(shape, 0.5) for shape in ((3, 1), (3, 3), (1, 3))]),
    "strings": lambda: figures.strings_and_labels(BITS, PARITY, np.arange(12) < np.array([[3], [12], [7]])),
    "all at once": lambda: figures.all_at_once("0101", 5, {"0": "even", "1": "odd"}),
    "one by one": lambda: figures.one_by_one(
        "01", ("odd so far?", ["even", "odd"]), words=["keep", "flip"]),
    "packing": lambda: figures.packing([3, 7, 5, 2]),
    "one unit": figures.one_unit,
    "drift": lambda: figures.drift(np.linspace(0, 1, 101), {
        "to one half": np.full(101, 0.5), "up": np.linspace(0.1, 1.1, 101)}),
    "curves": lambda: figures.curves(trained()[0]),
    "moments": lambda: figures.states_at_moments({"before": ParityRNN(8), "after": ParityRNN(8, seed=1)}, BITS),
    "many curves": lambda: figures.many_curves([[RUN, RUN], [RUN]], ["relu", "tanh"]),
    "steps": lambda: figures.steps_to_solve([
        ("a", [100, None], 3000), ("b", [200, 300], 3000), ("c", [None], 3000)]),
    "gradients": lambda: figures.gradient_norms({"h": [*np.logspace(-12, 0, 50)], "c": [0.0] * 48 + [1.0]}),
    "machines": lambda: figures.machines([
        ("four states", np.array([[1, 2], [1, 2], [2, 3], [1, 2]]), np.arange(4) == 2),
        ("two states", np.array([[0, 1], [1, 0]]), np.array([False, True]))], merged=[1, 0]),
    "accuracy by length": lambda: figures.accuracy_by_length(trained()[1], "a network"),
    "lines": lambda: figures.lines(range(1, 4), {"a": [1.0, 0.5, 0.25], "b": [1.0, 0.75]}, "step", "share correct"),
    "backward pass": lambda: figures.backward_pass([1, 0], [0, 0.762, 0.364], [0.21, -0.434], [0.09, -0.434, 1],
                                                   [0.0, 0.661]),
    "attention": lambda: figures.encoder_and_decoder("abc", [0.1, 0.7, 0.2]),
    "states on ones": lambda: figures.states_on_ones([0.5, -1.0], steps=4),
    "gru cell": figures.gru_cell,
    "lstm cell": figures.lstm_cell,
    "memory line": lambda: figures.memory_line([1, 0], [[0.2, 1], [1, 0], [1, -0.9], [1, 0.7], [1, 0]]),
    "success rates": lambda: figures.success_rates({
        "tanh": {"1 layer": [(1, 0, 20), (32, 20, 20)], "2 layers": [(32, 5, 20)]},
        "LSTM": {"1 layer": [(1, 5, 10)]}}, "hidden units"),
    "success rates, thick and thin": lambda: figures.success_rates({"": {
        "tanh": [(1, 0, 20), (32, 20, 20)], "LSTM": [(1, 3, 10), (32, 5, 20)]}}, "units", thick=["LSTM"]),
    "2 x 2": lambda: figures.two_by_two(FOUR),
    "rates": lambda: figures.rates({"adam": condition(20), "sgd": condition(8), "none": condition(0)}, "optimiser"),
    "rates of zero": lambda: figures.rates({"a": condition(0)}),
    "lines and a level": lambda: figures.lines(
        [1, 2, 3], {"a": [0.9, 1e-3, 1e-14], "b": [5.0, 4.0, 0.5]}, "bits", "signal", level=(1, "noise")),
}
OF_EVEN_AND_ODD = {"strings", "unrolled with numbers", "all at once", "one by one", "one unit", "moments",
                   "states on ones", "intervals", "machines", "memory line"}
OF_CORRECT_AND_WRONG = {"accuracy by length"}


@cache
def picture(name):
    return PICTURES[name]()


@cache
def shown(name):
    return picture(name)._repr_html_()


@pytest.mark.parametrize("name", PICTURES)
def test_a_figure_is_a_labelled_svg_whose_colours_are_the_themes_and_keep_their_meaning(name):
    root = ET.fromstring(shown(name))
    svg = root.find("div/{http://www.w3.org/2000/svg}svg")
    assert (root.tag, svg.get("role")) == ("figure", "img")
    assert len(svg.get("aria-label")) > 40
    text = re.search("<svg.*</svg>", shown(name), re.DOTALL)[0]
    assert re.findall(r"#[0-9a-f]{6}\b", re.sub(r"var\(--[^;\"]*\)", "", text)) == []
    assert "stroke: black" not in text
    assert "<style" not in text     # it would apply to the whole page
    for group in re.findall(r'<g id="text_\d+">.*?</g>', text, re.DOTALL):
        assert "var(--parity" in group      # text without a fill is black in both themes
    used = set(re.findall(r"--parity-(\w+)", text))
    assert bool(used & {"even", "odd"}) == (name in OF_EVEN_AND_ODD)
    assert bool(used & {"third", "fourth"}) == (name in OF_CORRECT_AND_WRONG)


def test_colours_are_defined_once_and_the_books_own_have_a_dark_form():
    light, dark = (dict(re.findall(r"--parity-(\w+): (.*);", block)) for block in SHEET.split("}")[:2])
    assert {name for name, value in light.items() if value.startswith("#")} == set(dark) == {
        "even", "odd", "third", "fourth"}
    library = Path(figures.__file__).parents[1]
    for file in [*library.rglob("*.css"), *library.rglob("*.js"), *(library.parent / "book/_static").glob("*.css")]:
        if file.name != "colours.css":
            text = file.read_text(encoding="utf-8")
            assert not any(colour in text for colour in re.findall(r"#[0-9a-f]{6}", SHEET)), file.name
            assert set(re.findall(r"--parity-(\w+)", text)) <= set(COLOURS), file.name


def test_a_figure_needs_a_text_alternative_and_escapes_its_caption():
    captioned = figures.Picture(figures.canvas()[0], "An empty plot.", "a < b")
    assert "<figcaption>a &lt; b</figcaption>" in captioned._repr_html_()
    with pytest.raises(ValueError, match="alt must be a sentence"):
        figures.Picture(figures.canvas()[0], " ")


def test_a_figure_is_reproducible_and_matplotlib_keeps_its_settings():
    before = dict(matplotlib.rcParams)
    drawn = figures.packing([3, 7])
    assert drawn.svg() == figures.packing([3, 7]).svg()
    assert drawn.svg() == drawn.svg()
    assert dict(matplotlib.rcParams) == before


def test_the_drawing_of_a_network_that_reads_bits_has_its_sums_states_logits_and_answers():
    words = [text.get_text().replace("−", "-") for text in picture("unrolled with numbers").figure.axes[0].texts]
    sums, states, logits = numbers_of_three_units()
    assert words.count("0.5\n0.5\n0.5") == words.count("0.5 0.5 0.5") == 1      # U and W, on the first step alone
    columns = [list(map(float, word.split())) for word in words if re.fullmatch(r"[^ ]+\n[^ ]+\n[^ ]+", word)]
    shown = [column for column in columns if column not in ([0] * 3, [0.5] * 3)]
    np.testing.assert_allclose(shown[::2], sums, atol=0.051)
    np.testing.assert_allclose(shown[1::2], states, atol=0.0051)
    assert [float(word) for word in words if re.fullmatch(r"-?\d\.\d", word)] == logits.astype(float).round(1).tolist()
    assert [word for word in words if word in ("odd", "even")] == ["odd" if o > 0 else "even" for o in logits]
    assert "".join(word for word in words if word in ("0", "1")) == "".join(map(str, BITS[0, :5]))


# ---------------------------------------------------------------- numbers


def test_the_numbers_of_a_chart_open_below_it_and_can_all_be_downloaded():
    page = figures.Numbers(("net", "step", "loss"), [("a <b>", step, 1 / step) for step in range(1, 201)]).html()
    assert "(60 of 200 rows)" in page
    assert page.count("<tr>") == 61
    assert "a &lt;b&gt;" in page
    assert page.index("<td>1</td>") < page.index("<td>200</td>")
    lines = unquote(re.search(r'href="data:text/csv;charset=utf-8,([^"]*)"', page)[1]).splitlines()
    assert (len(lines), lines[0], lines[-1]) == (201, "net,step,loss", "a <b>,200,0.005")
    few = figures.Numbers(("seed", "step"), [(0, None), (1, 50)]).html()
    assert "rows)" not in few
    assert "<td>–</td>" in few


@pytest.mark.parametrize(("name", "words", "row"), [
    ("steps", "a: 1 of 2", ("a", 1, None)),
    ("states on ones", "factor 0.5: h goes 1.00, 0.50, 0.25, 0.12", (3, 0.125, -1.0)),
    ("lines", "Share correct, against: step. a: 1 at 1, 0.5 at 2, 0.25 at 3; b: 1 at 1, 0.75 at 2, 0.75 at 2",
     (3, 0.25, None)),
    ("gradients", "on a logarithmic scale. h: 1e-12 at 1", (50, 1.0, None)),
    ("2 x 2", "A label at the end, 1 to 50 bits: tanh 50 of 50, relu 49 of 50",
     ("A label at the end, 1 to 50 bits", "relu", 49, 50, 0.895, 0.9965, 212, 224, 237)),
    ("rates", "adam: 20 of 20, half of all by update 209; sgd: 8 of 20; none: 0 of 20.", None),
    ("lines and a level", "b: 5 at 1, 4 at 2, 0.5 at 3", (3, 1e-14, 0.5)),
    ("drift", "to one half: grows from 0.00 to 0.49, shrinks from 0.49 to 1.00; up: grows from 0.00 to 1.00.", None),
    ("backward pass", "begins as 1 at h 2; from h 2 to h 1 it is multiplied by -0.434 and becomes -0.4340; from h 1",
     None),
    ("success rates", "tanh, 1 layer: 1: 0 of 20, 32: 20 of 20; tanh, 2 layers: 32: 5 of 20; LSTM, 1 layer: 1: 5 of 10",
     None),
    ("success rates, thick and thin", "against units. tanh: 1: 0 of 20, 32: 20 of 20; LSTM: 1: 3 of 10, 32: 5 of 20.",
     None),
    ("memory line", "bit 1, forget gate shut, input gate open, candidate 1, cell state 1, odd; bit 0, forget gate "
     "open, input gate shut, candidate −1, cell state 1, even.", None)])
def test_text_and_table_have_the_numbers(name, words, row):
    assert words in picture(name).alt
    if row is not None:
        assert row in picture(name).numbers.rows


# ---------------------------------------------------------------- what is drawn


@pytest.mark.parametrize("name", ["gradients", "drift", "lines and a level"])
def test_the_name_of_each_line_is_in_the_plot_and_covers_no_line(name):
    axes = picture(name).figure.axes[0]
    boxes, area = [text.get_window_extent() for text in axes.texts], axes.get_window_extent().padded(1)
    assert [text.get_text() for text in axes.texts] == [
        line.get_label() for line in axes.lines if not line.get_label().startswith("_")]
    for place, box in enumerate(boxes):
        assert area.count_contains(box.corners()) == 4
        assert box.count_overlaps(boxes[:place]) == 0
        for line in axes.lines:
            points = line.get_transform().transform(line.get_xydata())
            assert box.padded(-3).count_contains(points) == 0


def test_a_name_covers_no_part_of_a_line_between_its_points_and_goes_into_a_legend_if_there_is_no_place():
    steep = np.r_[np.linspace(0, 1, 300), np.linspace(99, 100, 300)]
    noise = np.random.default_rng(0).normal(size=2000)
    for x, y, names in ((steep, steep // 2, 1), (np.arange(2000), noise, 0)):
        figure, axes = plt.subplots(figsize=(6, 3), layout="constrained")
        axes.plot(x, y, label="a network")
        name_lines(axes)
        figure.draw_without_rendering()
        points = axes.lines[0].get_transform().transform(np.column_stack([
            np.interp(np.linspace(0, len(x) - 1, 200_000), np.arange(len(x)), each) for each in (x, y)]))
        assert [text.get_window_extent().padded(-1).count_contains(points) for text in axes.texts] == [0] * names
        assert len(figure.legends) == 1 - names
        plt.close(figure)


def test_packing_shows_the_order_in_which_pytorch_packs():
    drawn = picture("packing")
    squares = [text for text in drawn.figure.axes[2].texts if re.fullmatch("[A-D][1-7]", text.get_text())]
    squares.sort(key=lambda text: text.get_position()[0])
    numbers = torch.tensor([[10 * row + step for step in range(1, 8)] for row in range(1, 5)])[..., None]
    packed = pack_padded_sequence(numbers, torch.tensor([3, 7, 5, 2]), batch_first=True, enforce_sorted=False)
    assert [text.get_text() for text in squares] == [
        f"{'ABCD'[number // 10 - 1]}{number % 10}" for number in packed.data.flatten().tolist()]
    sizes = ", ".join(map(str, packed.batch_sizes.tolist()))
    for words in ("lengths A 3, B 7, C 5, D 2", "long to short, B, C, A, D,", f"still running: {sizes}.",
                  "from 0 to 16: B1 C1 A1 D1; B2 C2 A2 D2; B3 C3 A3; B4 C4; B5 C5; B6; B7."):
        assert words in drawn.alt


@pytest.mark.parametrize(("draw", "message"), [
    (lambda: figures.drift([0.0, 1.0], {"a": [1.0, 2.0, 3.0]}), "shapes"),
    (lambda: figures.packing([20, 5]), "lengths must be numbers from 1 on, 24 in all"),
    (lambda: figures.packing([0, 3]), "lengths must be")])
def test_wrong_data_are_refused(draw, message):
    with pytest.raises(ValueError, match=message):
        draw()


ON_A_PHONE = """all => all.flatMap(figure => [...figure.querySelectorAll("text")].map(text => {
  const own = part => [...part.childNodes].some(node => node.nodeType === Node.TEXT_NODE);
  const parts = [text, ...text.querySelectorAll("tspan")].filter(own);
  const size = Math.max(...parts.map(part => parseFloat(getComputedStyle(part).fontSize)));
  const matrix = text.getScreenCTM();
  return [figure.dataset.name, size * Math.hypot(matrix.a, matrix.b)];
}))"""


@pytest.mark.browser
def test_on_a_phone_all_text_of_a_figure_can_be_read_and_the_page_keeps_its_width(browser):
    sheet = (Path(__file__).parents[2] / "book/_static/parity.css").read_text(encoding="utf-8")
    body = "".join(shown(name).replace("<figure", f'<figure data-name="{name}"', 1) for name in PICTURES)
    page = browser.new_page(viewport={"width": 390, "height": 900})
    page.set_content(f'<meta name="viewport" content="width=device-width"><style>{SHEET}{sheet}</style>'
                     f'<body style="margin: 0 16px">{body}')
    sizes = page.locator("figure").evaluate_all(ON_A_PHONE)
    assert {name for name, _ in sizes} == set(PICTURES)
    assert [(name, size) for name, size in sizes if size < 11] == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    for box in page.locator(".parity-drawing").all():       # a drawing that scrolls can be scrolled by keyboard
        scrolls, focusable = box.evaluate("box => [box.scrollWidth > box.clientWidth, box.tabIndex === 0]")
        assert scrolls == focusable
    page.close()


@pytest.mark.browser
@pytest.mark.parametrize(("width", "rows"), [(672, 1), (358, 2)])
def test_two_panels_stand_side_by_side_on_a_page_and_one_below_the_other_on_a_phone(browser, width, rows):
    sheet = (Path(__file__).parents[2] / "book/_static/parity.css").read_text(encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.set_content(f'<style>{SHEET}{sheet}</style><body style="margin: 0">{shown("curves")}')
    boxes = [panel.bounding_box() for panel in page.locator("svg").all()]
    assert len(boxes) == 2
    assert len({round(box["y"]) for box in boxes}) == rows
    assert all(box["x"] + box["width"] <= width for box in boxes)
    labels = [panel.get_attribute("aria-label") for panel in page.locator("svg[role=img]").all()]
    assert labels[1:] == ["Panel 2, described with the first"]
    page.close()


def test_a_bar_cuts_the_memory_where_a_gate_is_shut_and_leaves_a_gap_as_wide_as_it_is_open():
    unit = [[0, 0.25, 1], [1, 1, 1], [1, 1, 1], [1, 1, 1], [1, 1, 1]]
    axes = figures.memory_line([1, 0, 0], unit).figure.axes[0]
    upright = [line for line in axes.lines if np.ptp(line.get_xdata()) == 0 and line.get_linewidth() < 10]
    bars = [line.get_ydata() for line in upright]
    np.testing.assert_allclose([(lower[0], upper[0]) for lower, upper in zip(bars[::2], bars[1::2], strict=True)],
                               [(0, 0), (-0.09, 0.09), (-0.36, 0.36)], atol=1e-12)
