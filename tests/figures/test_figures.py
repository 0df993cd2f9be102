"""Figures: each has words for those who do not see it, follows the theme, and leaves Matplotlib alone."""

import re
import xml.etree.ElementTree as ET
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import matplotlib
import numpy as np
import pytest

import parity_figures as figures
from parity_lib import ParityTask, bits_and_parity, evaluate, train
from parity_lib.models import ParityRNN
from parity_lib.statistics import wilson_interval


@cache
def trained():
    """A short run, and the accuracy of its net by length."""
    model = ParityRNN(8, "lstm")
    history = train(model, ParityTask(8), max_steps=6, seed=0, validate_every=2, validation_size=20, progress=False)
    return history, evaluate(model, ParityTask((1, 12)), count=50, seed=0, bucket=4)["by_length"]


def every_picture():
    bits, parity = bits_and_parity(3, 12, np.random.default_rng(0))
    run = {"step": [1, 2, 3], "loss": [0.7, 0.69, 0.1]}
    return {
        "unrolled": figures.unrolled,
        "strings": lambda: figures.strings_and_labels(bits, parity),
        "strings with padding": lambda: figures.strings_and_labels(
            bits, parity, np.arange(12) < np.array([[3], [12], [7]])),
        "packing": lambda: figures.packing([3, 7, 5, 2]),
        "bits read": lambda: figures.bits_read("10", np.array([[0, 0, 0], [1, -1, 0.5], [0.4, -0.2, 1]]), [True, False],
                                               "A net reads the bits 10 and says: odd, even."),
        "bits answered": lambda: figures.bits_answered("110", "The reader answers after each of the bits 110."),
        "training loop": lambda: figures.training_loop("32 strings", "a net", "loss", "adam", "Training: strings go "
                                                       "through a net to a loss, which changes it."),
        "return map": lambda: figures.return_map(np.linspace(0, 1, 5), (np.linspace(0, 1, 5), np.linspace(1, 0, 5)),
                                                 [0, 1, 0.8], ((0.0, 0.2), (0.8, 1.0)),
                                                 "The next p against p, after a 0 and after a 1."),
        "one unit": figures.one_unit,
        "drift": lambda: figures.drift(np.linspace(0, 1, 5), {"a": np.full(5, 0.4), "b": np.linspace(0.1, 1.1, 5)}),
        "curves": lambda: figures.curves(trained()[0]),
        "curves of a stored run": lambda: figures.curves(trained()[0].to_dict(), "a run"),
        "many curves": lambda: figures.many_curves([[run, run], [run]], ["relu", "tanh"]),
        "steps": lambda: figures.steps_to_solve([
            ("a", [100, None], 3000), ("b", [200, 300], 3000), ("c", [None], 3000)]),
        "gradients": lambda: figures.gradient_norms({"a": np.logspace(-12, 0, 50), "b": [0.0] * 49 + [1.0]}),
        "states": lambda: figures.states_in_plane([
            ("two units", bits[:, :2] + 0.1, parity[:, 1], ((1.0, -1.0), 0.2), ("h1", "h2")),
            ("a band", bits[:, 2:4] - 0.3 * bits[:, :2], parity[:, 3], None, ("first axis", "second axis"))]),
        "machines": lambda: figures.machines([
            ("four states", np.array([[1, 2], [1, 2], [2, 3], [1, 2]]), np.arange(4) == 2),
            ("two states", np.array([[0, 1], [1, 0]]), np.array([False, True]))]),
        "intervals": lambda: figures.interval_rounds([
            ("K = 2", [((0.0, 0.1 * k), (0.9 - 0.1 * k, 1.0)) for k in range(3)])]),
        "verdicts": lambda: figures.verdicts([("tanh 2", 5, 0, 0), ("gru 8", 0, 15, 1)]),
        "accuracy by length": lambda: figures.accuracy_by_length(trained()[1], "a net"),
        "guesses": lambda: figures.trials_to_guess([("a", [3, 1000], 700), ("b", [5], None)]),
        "gradients of unlike length": lambda: figures.gradient_norms({"h": [0.1, 1.0], "c": [1.0]}),
        "backwards": lambda: figures.backwards([1, 0], [0, 0.762, 0.364], [0.21, -0.434], [0.09, -0.434, 1],
                                               [0.0, 0.661]),
        "right by position": lambda: figures.right_by_position([0, 20, 40], {
            f"seed {seed}": np.array([[0.5, 0.5, 0.5], [1, 0.7, 0.5], [1, 1, 0.85 + seed / 10]]) for seed in (0, 1)}),
        "loss by bit": lambda: figures.loss_by_bit([0.69, 0.01, 0.7, 0.69, 0.02]),
        "states on ones": lambda: figures.states_on_ones([0.5, -1.0], steps=4),
        "accuracy by step": lambda: figures.accuracy_by_step({"a": [1.0, 0.5, 0.25], "b": [1.0, 0.75, 0.5]}),
        "gru cell": figures.gru_cell,
        "lstm cell": figures.lstm_cell,
        "success rates": lambda: figures.success_rates({
            "tanh": {"1 layer": [(1, 0, 20), (32, 20, 20)], "2 layers": [(32, 5, 20)]},
            "LSTM": {"1 layer": [(1, 5, 10)]}}, "hidden units", columns=2),
    }


def condition(solved, seeds=20):
    """A condition of the grid, as its files have it."""
    steps = [200.0, 300.0, 900.0] if solved else [None] * 3
    return {"solved": solved, "seeds": seeds, "median_steps": steps[1], "quartiles": [steps[0], steps[2]],
            "by_length": {"from": [1, 6], "mean": [0.9, solved / seeds], "least": [0.8, 0.4]}}


GRID = {f"{label}, {lengths}, {cell}": condition(0 if (label, lengths) == ("end", "50") else 50 - place, 50)
        for label in ("every_step", "end") for lengths in ("50", "1..50")
        for place, cell in enumerate(("tanh", "relu", "lstm", "gru"))}


def pictures_of_the_grid():
    return {
        "2 x 2": lambda: figures.two_by_two(GRID),
        "2 x 2 by length": lambda: figures.two_by_two_by_length(GRID),
        "rates": lambda: figures.rates({"adam": condition(20), "sgd": condition(3), "none": condition(0)}, "optimiser"),
        "rates of zero": lambda: figures.rates({"a": condition(0)}),
        "lengths present": lambda: figures.lengths_present({"1..10": condition(20), "25..50": condition(0)}),
        "label signal": lambda: figures.label_signal([1, 2, 3], {"a": [0.9, 1e-3, 1e-14], "b": [5.0, 4.0, 0.5]}),
    }


def pictures_of_many_seeds():
    return {
        "survival": lambda: figures.survival({"a": [100, 200, 200, None], "b": [None, None]}, cap=1000),
        "success grid": lambda: figures.success_grid(
            [2, 3], [16, 64, 256], [[5, 10, None], [0, 1, 2]], 10, "bits", "batch"),
        "success grid of unlike counts": lambda: figures.success_grid(
            ["a"], ["b", "c"], [[1, 2]], [[4, 2]], "net", "bias"),
        "predicted": lambda: figures.predicted_and_observed([
            ("a", 100, 150.0), ("a", 100, 900), ("b", 5000, None)], cap=1000),
    }


PICTURES = every_picture() | pictures_of_the_grid() | pictures_of_many_seeds()


@cache
def picture(name):
    """A picture, made when the first test asks for it."""
    return PICTURES[name]()


@cache
def shown(name):
    """A picture's HTML, drawn once."""
    return picture(name)._repr_html_()


@pytest.mark.parametrize("name", PICTURES)
def test_a_figure_is_one_labelled_svg(name):
    root = ET.fromstring(shown(name))
    svg = root.find("div/{http://www.w3.org/2000/svg}svg")
    assert root.tag == "figure"
    assert svg.get("role") == "img"
    assert len(svg.get("aria-label")) > 40


@pytest.mark.parametrize("name", PICTURES)
def test_a_figure_has_no_ink_of_its_own(name):
    svg = re.search("<svg.*</svg>", shown(name), re.DOTALL)[0]
    without_fallbacks = re.sub(r"var\(--[^;\"]*\)", "", svg)
    assert set(re.findall(r"#[0-9a-f]{6}\b", without_fallbacks)) == set()
    assert "stroke: black" not in svg
    # Text without a fill would be black in both themes.
    for group in re.findall(r'<g id="text_\d+">.*?</g>', svg, re.DOTALL):
        assert "var(--parity" in group


def test_the_colours_stand_in_one_place_and_each_of_the_books_own_has_a_dark_form():
    sheet = figures.picture.SHEET
    light, dark = (dict(re.findall(r"--parity-(\w+): (.*);", block)) for block in sheet.split("}")[:2])
    assert {name for name, value in light.items() if value.startswith("#")} == set(dark)
    assert set(dark) == {"even", "odd", "third", "fourth"}
    # Outside of the sheet a colour is only ever named, and every name that is used exists.
    library, root = Path(figures.__file__).parent, Path(__file__).parents[2]
    others = [*library.rglob("*.css"), *library.rglob("*.js"), *(root / "book/_static").glob("*.css")]
    for file in others:
        if file.name != "colours.css":
            text = file.read_text(encoding="utf-8")
            assert not any(colour in text for colour in re.findall(r"#[0-9a-f]{6}", sheet)), file.name
            assert set(re.findall(r"--parity-(\w+)", text)) <= set(light), file.name


def test_a_figure_is_the_same_each_time():
    assert figures.packing([3, 7]).svg() == figures.packing([3, 7]).svg()


def test_a_figure_rules_nothing_of_the_page_around_it():
    assert "<style" not in figures.packing([3, 7]).svg()


def test_a_caption_is_shown_and_escaped():
    picture = figures.Picture(figures.canvas()[0], "An empty plot.", "a < b")
    assert "<figcaption>a &lt; b</figcaption>" in picture._repr_html_()


def test_a_figure_without_words_is_refused():
    with pytest.raises(ValueError, match="alt must be a sentence"):
        figures.Picture(figures.canvas()[0], " ")


def test_matplotlib_keeps_its_settings():
    before = dict(matplotlib.rcParams)
    figures.unrolled().svg()
    assert dict(matplotlib.rcParams) == before


def test_the_words_follow_the_data():
    assert "a: 1 of 2" in picture("steps").alt
    assert "a: from 3 to 1,000, mean 502, published mean 700; b: from 5 to 5, mean 5." in picture("guesses").alt
    assert "bits 2 to 6" in picture("loss by bit").alt
    assert "between 0.69 and 0.70" in picture("loss by bit").alt
    assert "between 0.010 and 0.020" in picture("loss by bit").alt
    assert "factor 0.5: h goes 1.00, 0.50, 0.25, 0.12" in picture("states on ones").alt
    assert "b: 1.00 at step 1, 0.75 at step 2, 0.50 at step 3" in picture("accuracy by step").alt


def test_the_way_back_is_told_from_the_last_state_to_the_first():
    alt = picture("backwards").alt
    assert "begins as 1 at h 2; from h 2 to h 1 it is multiplied by -0.434 and becomes -0.4340; from h 1" in alt
    assert "step 1: 0.0000, step 2: 0.6610" in alt


def test_neighbours_of_one_shade_are_one_rectangle_and_a_coin_is_empty():
    drawn = picture("right by position")
    patches = [(patch.get_x(), patch.get_y(), patch.get_width(), patch.get_alpha())
               for patch in drawn.figure.axes[0].patches]
    assert patches == [(0.5, 10, 1, 1.0), (1.5, 10, 1, 0.5), (0.5, 30, 2, 1.0), (2.5, 30, 1, 0.75)]
    assert "seed 0: position 1 is learned by update 20, position 2 is learned by update 40, position 3 is not learned" \
        in drawn.alt
    assert len(drawn.numbers.rows) == 18
    with pytest.raises(ValueError, match="runs"):
        figures.right_by_position([0], {"a": np.zeros((2, 3))})


def test_a_series_that_ends_earlier_leaves_a_gap_in_the_numbers():
    assert picture("gradients of unlike length").numbers.rows == [(1, 0.1, 1.0), (2, 1.0, None)]


def test_a_charts_numbers_open_below_it_and_can_be_downloaded_whole():
    rows = [("a <b>", step, 1 / step) for step in range(1, 201)]
    page = figures.Numbers(("net", "step", "loss"), rows).html()
    assert page.startswith("<details")
    assert "(60 of 200 rows)" in page
    assert page.count("<tr>") == 61
    assert "a &lt;b&gt;" in page
    assert page.index("<td>1</td>") < page.index("<td>200</td>")
    link = re.search(r'href="data:text/csv;charset=utf-8,([^"]*)"', page).group(1)
    lines = unquote(link).splitlines()
    assert lines[0] == "net,step,loss"
    assert len(lines) == 201
    assert lines[-1] == "a <b>,200,0.005"


def test_few_numbers_are_all_in_the_page_and_none_is_a_dash():
    page = figures.Numbers(("seed", "step"), [(0, None), (1, 50)]).html()
    assert "rows)" not in page
    assert "<td>–</td>" in page
    assert "<summary>The numbers</summary>" in page
    assert figures.Numbers(("seed",), []).csv() == "seed\r\n"


def test_charts_bring_their_numbers_and_drawings_do_not():
    chart = figures.steps_to_solve([("net", [100, None], 1000)])
    assert chart.numbers.rows == [("net", 0, 100), ("net", 1, None)]
    assert "parity-numbers" in chart._repr_html_()
    assert "parity-numbers" not in figures.unrolled()._repr_html_()


def test_success_rates_stand_with_their_counts_and_intervals():
    drawn = picture("success rates")
    assert "tanh, 1 layer: 1: 0 of 20, 32: 20 of 20; tanh, 2 layers: 32: 5 of 20; LSTM, 1 layer: 1: 5 of 10" \
        in drawn.alt
    axes = drawn.figure.axes[0]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["1", "32"]
    spans = np.array([segment[:, 1] for segment in axes.collections[0].get_segments()])
    np.testing.assert_allclose(spans, [wilson_interval(0, 20), wilson_interval(20, 20)])
    (line, other) = axes.lines
    assert np.array_equal(line.get_ydata(), [0, 1])
    assert line.get_marker() != other.get_marker()      # told apart without colour
    assert line.get_linestyle() != other.get_linestyle()


def test_the_grids_figures_count_the_seeds_and_bring_the_intervals():
    two = picture("2 x 2")
    assert "A label at the end, 50 bits: tanh 0 of 50, relu 0 of 50, LSTM 0 of 50, GRU 0 of 50" in two.alt
    assert "A label at the end, 1 to 50 bits: tanh 50 of 50, relu 49 of 50" in two.alt
    assert len(two.numbers.rows) == 16
    low, high = wilson_interval(49, 50)
    assert ("end", "1..50", "relu", 49, 50, round(low, 4), round(high, 4), 300.0, 200.0, 900.0) in two.numbers.rows
    assert "sgd: 3 of 20, median 300 steps; none: 0 of 20." in picture("rates").alt
    assert picture("rates").numbers.columns[0] == "optimiser"
    assert picture("lengths present").numbers.rows[1][:3] == ("25..50", 0, 20)
    assert "b: 5 at 1 bit, 5e-01 at 3" in picture("label signal").alt
    assert picture("label signal").numbers.rows[2] == (3, 1e-14, 0.5)


def test_a_bar_is_filled_by_the_share_that_solved_it_and_the_line_is_the_interval():
    axes = picture("rates").figure.axes[0]
    frames, fills = axes.patches[::2], axes.patches[1::2]
    assert [frame.get_width() for frame in frames] == [1, 1, 1]
    assert [fill.get_width() for fill in fills] == [1, 0.15, 0]
    np.testing.assert_allclose(axes.lines[3].get_xdata(), wilson_interval(3, 20))


def test_steps_are_drawn_for_what_was_solved_only_with_few_numbers_on_the_axis():
    axes = picture("rates").figure.axes[1]
    assert [list(line.get_ydata()) for line in axes.lines] == [[0, 0], [0], [1, 1], [1]]
    assert 1 <= len(axes.get_xticks()) <= 3
    assert len(picture("rates of zero").figure.axes[1].lines) == 0


def test_every_panel_of_the_two_by_two_has_its_four_nets_and_the_same_scale():
    for axes in picture("2 x 2").figure.axes:
        assert len(axes.patches) == 8
        assert axes.get_xlim() == (-0.01, 1.01)
    for axes in picture("2 x 2 by length").figure.axes:
        assert len(axes.lines) == 4
        assert len({line.get_linestyle() for line in axes.lines}) == 4    # told apart without colour
    assert len(picture("2 x 2 by length").numbers.rows) == 32


def test_a_survival_curve_falls_at_each_seed_that_is_solved_and_ends_in_a_cross_where_some_are_not():
    drawn = picture("survival")
    curve, cross, never, other_cross = drawn.figure.axes[0].lines
    assert list(curve.get_xdata()) == [1, 100, 200, 1000, 1000]
    np.testing.assert_allclose(curve.get_ydata(), [1, 0.75, 0.25, 0.25, 0.25])
    assert [line.get_xydata().tolist() for line in (cross, other_cross)] == [[[1000, 0.25]], [[1000, 1]]]
    assert set(never.get_ydata()) == {1}
    assert curve.get_linestyle() != never.get_linestyle()      # told apart without colour
    assert "a: 3 of 4 solved it within 1,000 updates, half of them by update 200; b: 0 of 2 solved it within 1,000 " \
        "updates, fewer than half of them." in drawn.alt
    assert drawn.numbers.rows[:2] == [("a", 100.0, 0.75), ("a", 200.0, 0.25)]


def test_a_survival_curve_without_a_cross_ends_at_nobody():
    (curve,) = figures.survival({"a": [10, 20]}, cap=50).figure.axes[0].lines
    assert curve.get_ydata()[-1] == 0


@pytest.mark.parametrize(("series", "told"), [
    ({"a": [2000]}, r"series\['a'\] must be numbers of updates from above 0 to the cap, 1000, or None"),
    ({"a": [0]}, r"series\['a'\] must be"), ({"a": []}, "at least one seed"), ({}, "1 to 6 names"),
    ({name: [1] for name in "abcdefg"}, "1 to 6 names"),
])
def test_a_survival_curve_of_nonsense_is_refused(series, told):
    with pytest.raises(ValueError, match=told):
        figures.survival(series, cap=1000)


def test_a_square_of_the_grid_is_the_darker_the_more_solved_it_and_has_the_count_in_it():
    axes = picture("success grid").figure.axes[0]
    assert [text.get_text() for text in axes.texts] == ["5", "10", "–", "0", "1", "2"]
    shades = [fill.get_alpha() for fill in axes.patches[::2]]
    assert np.argsort(shades).tolist() == [2, 3, 4, 0, 1]       # 0, 1, 2, 5 and 10 of 10
    assert max(shades) <= 0.45
    assert "3, 256: 2 of 10" in picture("success grid").alt
    assert len(picture("success grid").numbers.rows) == 5      # nothing for what was not run
    low, high = wilson_interval(2, 10)
    assert picture("success grid").numbers.rows[-1] == (3, 256, 2, 10, round(low, 4), round(high, 4))
    unlike = picture("success grid of unlike counts")
    assert [text.get_text() for text in unlike.figure.axes[0].texts] == ["1/4", "2/2"]
    assert "each" not in unlike.alt


@pytest.mark.parametrize(("counts", "seeds", "told"), [
    ([[1, 2, 3]], 10, "solved must be one count for each row and column"),
    ([[1, 11]], 10, "solved must be counts from 0 to the number of seeds"),
    ([[1, -1]], 10, "solved must be counts"),
    ([[1, 2]], [10, 10], "seeds must be one number"),
])
def test_a_grid_of_nonsense_is_refused(counts, seeds, told):
    with pytest.raises(ValueError, match=told):
        figures.success_grid(["a"], ["b", "c"], counts, seeds, "net", "bias")


def test_what_was_not_solved_stands_hollow_at_the_cap():
    drawn = picture("predicted")
    axes = drawn.figure.axes[0]
    solved, nothing, none_solved, hollow, line, cap = axes.lines
    assert solved.get_xydata().tolist() == [[100, 150], [100, 900]]
    assert hollow.get_xydata().tolist() == [[5000, 1000]]
    assert hollow.get_markerfacecolor() == "none"
    assert np.isnan([nothing.get_xdata()[0], none_solved.get_xdata()[0]]).all()
    assert np.array_equal(line.get_xdata(), line.get_ydata())
    assert set(cap.get_ydata()) == {1000}
    assert "a: 2 of 2 solved, 1 of these within a factor of 2 of the prediction; b: 0 of 1 solved" in drawn.alt
    assert (axes.get_xscale(), axes.get_yscale(), axes.get_xlim()) == ("log", "log", axes.get_ylim())
    with pytest.raises(ValueError, match="predictions above 0"):
        figures.predicted_and_observed([("a", 0, 5)], cap=10)
    with pytest.raises(ValueError, match="to the cap, 10"):
        figures.predicted_and_observed([("a", 1, 50)], cap=10)


OF_EVEN_AND_ODD = {"strings", "strings with padding", "one unit", "states", "states on ones", "intervals", "machines",
                   "bits read", "bits answered", "return map"}
JUDGES = {"verdicts", "accuracy by length", "right by position"}


@pytest.mark.parametrize("name", PICTURES)
def test_a_colour_means_one_thing(name):
    """Blue and vermilion are even and odd, green and purple right and wrong; all else is ink."""
    used = set(re.findall(r"--parity-(\w+)", shown(name)))
    assert bool(used & {"even", "odd"}) == (name in OF_EVEN_AND_ODD)
    assert bool(used & {"third", "fourth"}) == (name in JUDGES)


def test_no_two_series_look_alike():
    assert len({(str(line), colour) for line, colour, _ in figures.picture.SERIES}) == len(figures.picture.SERIES)
    assert len({mark for _, _, mark in figures.picture.SERIES}) == len(figures.picture.SERIES)


ON_A_PHONE = """all => all.flatMap(figure => [...figure.querySelectorAll("text")].map(text => {
  const own = part => [...part.childNodes].some(node => node.nodeType === Node.TEXT_NODE);
  const parts = [text, ...text.querySelectorAll("tspan")].filter(own);
  const size = Math.max(...parts.map(part => parseFloat(getComputedStyle(part).fontSize)));
  const matrix = text.getScreenCTM();
  return [figure.dataset.name, size * Math.hypot(matrix.a, matrix.b)];
}))"""


@pytest.mark.browser
def test_on_a_phone_all_text_of_a_figure_can_be_read_and_the_page_stays_as_wide(browser):
    sheet = (Path(__file__).parents[2] / "book/_static/parity.css").read_text(encoding="utf-8")
    body = "".join(shown(name).replace("<figure", f'<figure data-name="{name}"', 1) for name in PICTURES)
    page = browser.new_page(viewport={"width": 390, "height": 900})
    page.set_content(f'<meta name="viewport" content="width=device-width"><style>{figures.picture.SHEET}{sheet}</style>'
                     f'<body style="margin: 0 16px">{body}')
    sizes = page.locator("figure").evaluate_all(ON_A_PHONE)
    assert {name for name, _ in sizes} == set(PICTURES)
    assert [(name, size) for name, size in sizes if size < 11] == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    for box in page.locator(".parity-drawing").all():       # what has to be moved sideways can be moved by keyboard
        wider, reached = box.evaluate("box => [box.scrollWidth > box.clientWidth, box.tabIndex === 0]")
        assert wider == reached
    page.close()
