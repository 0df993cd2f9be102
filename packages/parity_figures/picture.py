"""Matplotlib figures in the style of the book, each with a text alternative.

A page shows a picture as SVG whose colours follow the page's theme, so that it can be read on white, on black and
without colour.
"""

import csv
import functools
import html
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from math import ceil
from typing import Any
from urllib.parse import quote

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from parity_lib.errors import require

SHEET = (files(__package__) / "colours.css").read_text(encoding="utf-8")
# The colours of the light theme, from the first block of the sheet. Pages define --pst-* variables; a drawing uses the
# fallback values, which the page then replaces.
COLOURS = {name: re.sub(r"var\(--pst-[\w-]+, (.*)\)", r"\1", value)
           for name, value in re.findall(r"--parity-(\w+): (.*);", SHEET.partition("}")[0])}
EVEN, ODD, THIRD, FOURTH, INK, MUTED, LINE, PAPER = (
    re.findall(r"#\w{6}", COLOURS[name])[0]
    for name in ("even", "odd", "third", "fourth", "ink", "muted", "line", "paper"))
# EVEN and ODD stand for a label or an answer, RIGHT and WRONG for correct and incorrect answers. Everything else is
# drawn in ink, and series are told apart by their lines and markers: (line style, colour, marker).
RIGHT, WRONG = THIRD, FOURTH
LINE_STYLES = (("-", INK, "o"), ("--", INK, "s"), ("-.", MUTED, "^"), (":", INK, "D"), ((0, (5, 1)), MUTED, "v"),
          ((0, (1, 1)), MUTED, "P"))
# The typeface of the page; elsewhere that of Matplotlib or Verdana, which is as wide.
TYPEFACE = "var(--pst-font-family-base, 'DejaVu Sans', Verdana, sans-serif)"
THEMED = {re.findall(r"#\w{6}", value)[0]: f"var(--parity-{name}, {value})" for name, value in COLOURS.items()}
STYLE: Any = {
    "font.size": 11, "font.family": "DejaVu Sans", "axes.titlesize": 11, "axes.titleweight": "bold",
    "axes.titlelocation": "left", "axes.spines.top": False, "axes.spines.right": False,
    "text.color": INK, "axes.labelcolor": INK, "axes.titlecolor": INK, "xtick.color": MUTED, "ytick.color": MUTED,
    "axes.edgecolor": MUTED, "axes.facecolor": "none", "figure.facecolor": "none", "savefig.facecolor": "none",
    "legend.frameon": False, "lines.linewidth": 1.8, "axes.grid": True, "axes.axisbelow": True, "grid.color": LINE,
    "grid.linewidth": 0.6, "svg.fonttype": "none", "svg.hashsalt": "one bit of memory",
}
WIDTH = 4.9         # inches of a figure that fills the column of a phone
PANEL = 3.72        # inches of a figure that shares the column of a page with another one
MOST_ROWS = 60      # rows of a chart's numbers in the page; the CSV file has all of them
SHOWN_AT = 1.2      # px per unit: figures are drawn for a phone and grow by this factor on a wide screen
LEAST_TEXT = 11     # px that text keeps on a phone; a figure that is too wide for that scrolls sideways
MOST_NAMES = 4      # names of lines for which a chart has room
PHONE = 358         # px, the width of the text column on a phone


@dataclass(frozen=True)
class Numbers:
    """A table of the data that a chart shows.

    The values in ``rows`` are numbers, strings or None.

    >>> Numbers(("step", "loss"), [(1, 0.7), (2, None)]).csv()
    'step,loss\\r\\n1,0.7\\r\\n2,\\r\\n'
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]

    def csv(self) -> str:
        """Return the table as comma-separated values."""
        file = io.StringIO()
        csv.writer(file).writerows([self.columns, *self.rows])
        return file.getvalue()

    def html(self) -> str:
        """Return a collapsible HTML table of at most 60 evenly spaced rows, with a link to download all rows."""
        count = len(self.rows)
        places = np.unique(np.linspace(0, max(count - 1, 0), min(count, MOST_ROWS)).round().astype(int))
        head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in self.columns)
        body = "".join("<tr>" + "".join(f"<td>{html.escape(_in_words(value))}</td>" for value in self.rows[place])
                       + "</tr>" for place in places)
        part = "" if len(places) == count else f" ({len(places)} of {count} rows)"
        link = f'href="data:text/csv;charset=utf-8,{quote(self.csv())}"'
        return (f'<details class="parity-numbers"><summary>The numbers{part}</summary>'
                f'<div class="parity-table" tabindex="0" role="region" aria-label="The numbers of the figure">'
                f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
                f'<a download="numbers.csv" {link}>Download all as CSV</a></details>')


def _in_words(value: Any) -> str:
    return "–" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)


@dataclass(frozen=True)
class Picture:
    """A Matplotlib figure with a text alternative and an optional caption.

    ``alt`` describes what the figure shows, and ``numbers`` holds the data of a chart. ``more`` has further panels,
    which stand next to the figure, or below it on a phone. Notebooks display all of them as SVG. Raises ValueError if
    ``alt`` is empty.
    """

    figure: Figure
    alt: str
    caption: str = ""
    numbers: Numbers | None = None
    more: Sequence[Figure] = ()

    def __post_init__(self) -> None:
        require(bool(self.alt.strip()), "alt", self.alt, "a sentence that says what the figure shows")

    def __repr__(self) -> str:
        return f"[Figure] {self.alt}"

    def svg(self) -> str:
        """Return each panel as an SVG element whose colours follow the page's theme. The first describes all panels."""
        labels = [self.alt, *(f"Panel {2 + place}, described with the first" for place in range(len(self.more)))]
        return "".join(_svg(figure, f'role="img" aria-label="{html.escape(label, quote=True)}"')
                       for figure, label in zip((self.figure, *self.more), labels))

    def _repr_html_(self) -> str:
        caption = f"<figcaption>{html.escape(self.caption)}</figcaption>" if self.caption else ""
        numbers = self.numbers.html() if self.numbers else ""
        drawing = self.svg()
        focusable = ' tabindex="0"' if max(map(int, re.findall(r"min-width: (\d+)px", drawing))) > PHONE else ""
        return (f'<figure class="parity-figure"><div class="parity-drawing"{focusable}>{drawing}</div>{caption}'
                f"{numbers}</figure>")


def _svg(figure: Figure, label: str) -> str:
    """Return a figure as an SVG element with the attributes in ``label``."""
    file = io.StringIO()
    with matplotlib.rc_context(STYLE):
        figure.savefig(file, format="svg", bbox_inches="tight", pad_inches=0.05, metadata={"Date": None})
    figure.set_layout_engine("none")    # a second layout would move the axes once more
    text = file.getvalue()
    text = re.sub(r"<metadata>.*?</metadata>", "", text[text.index("<svg"):], flags=re.DOTALL)
    # Matplotlib's style sheet would apply to the whole page, and the page would be laid out again for each figure.
    text = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", text, count=1, flags=re.DOTALL)
    for colour, themed in THEMED.items():
        text = text.replace(colour, themed)
    text = text.replace("'DejaVu Sans'", TYPEFACE)
    width = float(re.findall(r'width="([\d.]+)pt"', text)[0]) * SHOWN_AT
    text = re.sub(r' width="[\d.]+pt"| height="[\d.]+pt"', "", text, count=2)
    style = (f"width: {width:.0f}px; max-width: 100%; min-width: {least_width(text)}px; stroke-linejoin: round")
    return text.replace("<svg", f'<svg {label} style="{style}"', 1)


def least_width(svg: str) -> int:
    """Compute the smallest width in pixels at which all text in an SVG drawing is readable.

    Every text, except for its subscripts, is then at least ``LEAST_TEXT`` pixels high.
    """
    texts = re.findall(r"<text.*?</text>", svg, re.DOTALL)
    sizes = [max(map(float, re.findall(r"font(?:-size)?:[^;\"]*?([\d.]+)px", text))) for text in texts]
    return 1 + ceil(LEAST_TEXT * float(re.findall(r'viewBox="0 0 ([\d.]+)', svg)[0]) / min(sizes, default=LEAST_TEXT))


def in_style(draw: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a drawing function so that it uses the book's Matplotlib settings instead of the user's."""
    @functools.wraps(draw)
    def styled(*args, **kwargs):
        with matplotlib.rc_context(STYLE):
            return draw(*args, **kwargs)
    return styled


def canvas(width: float = WIDTH, height: float = 2.6) -> tuple[Figure, Axes]:
    """Create an empty figure of the given size in inches, and return it with its axes."""
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots()


def panels(titles: Sequence[str], height: float, together: bool = False) -> tuple[list[Figure], list[Axes]]:
    """Create a panel of the given height in inches for each title, and return the figures and the axes.

    Two panels have room side by side on a page, and one below the other on a phone. If they are drawn ``together``,
    they share a figure and stand side by side everywhere.
    """
    if together:
        figure = Figure(figsize=(min(WIDTH, 2.75 * len(titles)), height), layout="constrained")
        created = [(figure, axes) for axes in figure.subplots(1, len(titles), squeeze=False)[0]]
    else:
        created = [canvas(PANEL if len(titles) > 1 else WIDTH, height) for _ in titles]
    for (_, axes), title in zip(created, titles, strict=True):
        axes.set_title(title)
    return list(dict.fromkeys(figure for figure, _ in created)), [axes for _, axes in created]


def legend_above(figure: Figure, axes: Axes, columns: int) -> None:
    """Place the legend of ``axes`` above the figure, with its entries in the order of the labelled parts."""
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper left", ncols=columns, borderaxespad=0)


def name_lines(axes: Axes) -> None:
    """Write each line's label next to the line, at a place where it covers no line and is nearest to its own.

    More than four names go into a legend, and so do names for which there is no such place. Call this function last,
    because the places depend on the limits of the axes.
    """
    figure: Any = axes.figure
    lines = [line for line in axes.get_lines() if not str(line.get_label()).startswith("_")]
    if len(lines) > MOST_NAMES:
        legend_above(figure, axes, 2)
        return
    figure.draw_without_rendering()     # the places also depend on the layout
    paths = [_dense(line.get_transform().transform(line.get_xydata())) for line in lines]
    bars = [bar for bar in axes.collections if isinstance(bar, LineCollection)]
    marks = [_dense(axes.transData.transform(ends)) for bar in bars for ends in bar.get_segments()]
    area, named, written = axes.get_window_extent().padded(-3), np.empty((0, 2)), len(axes.texts)
    for line, path in zip(lines, paths):
        text = axes.text(0, 0, str(line.get_label()), color=line.get_color(), transform=axes.transAxes)
        size = np.array(text.get_window_extent().size)
        others = np.vstack([named, *(other for other in paths if other is not path)])
        drawn = np.vstack([path, others, *marks])
        shifts = [size * (x, y) + (0, gap) for x in (0, -0.5, -1) for y, gap in ((0, 5), (-1, -5))]
        spots = path[::-max(1, len(path) // 50)]
        corners = np.array([at + shift for at in spots for shift in shifts])
        inside = np.all((corners >= area.min) & (corners + size <= area.max), axis=1)
        corners = corners[inside] if inside.any() else corners
        best = min(corners, key=lambda at: (_inside(drawn, at - 2, at + size + 2),
                                            _inside(others, at - 12, at + size + 12)))
        if _inside(drawn, best, best + size):      # no place is free
            for name in [*axes.texts[written:]]:
                name.remove()
            legend_above(figure, axes, 2)
            return
        text.set(position=axes.transAxes.inverted().transform(best))
        named = np.vstack([named, best + size * np.random.default_rng(0).random((200, 2))])


def _dense(points: np.ndarray) -> np.ndarray:
    """Return points that are at most two pixels apart on the polyline through ``points [count, 2]``."""
    points = np.asarray(points)
    along = np.r_[0, np.hypot(*np.diff(points, axis=0).T).cumsum()]
    at = np.union1d(along, np.arange(0, along[-1], 2))
    return np.column_stack([np.interp(at, along, column) for column in points.T])


def _inside(points: np.ndarray, low: np.ndarray, high: np.ndarray) -> int:
    """Count the ``points [count, 2]`` in a rectangle."""
    return int(np.all((points > low) & (points < high), axis=1).sum())


def log_steps(axes: Axes, values: Sequence[float]) -> None:
    """Set up a logarithmic horizontal axis that covers all ``values`` and has a few ticks at round numbers."""
    low, high = 0.8 * min(values), 1.25 * max(values)
    ticks: list[int] = []
    for tick in (50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000):
        if low <= tick <= high and (not ticks or tick / ticks[-1] > (high / low) ** 0.4):
            ticks.append(tick)
    log_ticks(axes, ticks)
    axes.set_xlim(low, high)


def log_ticks(axes: Axes, ticks: Sequence[int]) -> None:
    """Set up a logarithmic horizontal axis with only the given ticks."""
    axes.set_xscale("log")
    axes.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    axes.set_xticks([], minor=True)


def name_rows(axes: Axes, labels: Sequence[str], margin: float = 0.6) -> None:
    """Label the rows of a horizontal chart from top to bottom. The rows are at the heights 0, 1, 2 and so on."""
    axes.set(yticks=range(len(labels)), yticklabels=labels, ylim=(len(labels) - 1 + margin, -margin))
    axes.tick_params(axis="y", colors=INK)
