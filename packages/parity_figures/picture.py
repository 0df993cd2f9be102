"""A picture: a figure drawn in the book's one style, with words for those who do not see it.

A figure is drawn with Matplotlib and shown as SVG inside the page, so that its
ink follows the page's theme, on white, on black and without colour.
"""

from __future__ import annotations

import csv
import functools
import html
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any
from urllib.parse import quote

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from parity_lib.errors import require

# The light theme's colours, the first block of the sheet; a page with variables of its theme (--pst) has the sheet.
SHEET = (Path(__file__).parent / "colours.css").read_text(encoding="utf-8")
COLOURS = {name: re.sub(r"var\(--pst-[\w-]+, (.*)\)", r"\1", value)
           for name, value in re.findall(r"--parity-(\w+): (.*);", SHEET.partition("}")[0])}
EVEN, ODD, THIRD, FOURTH, INK, MUTED, LINE, PAPER = (
    re.search(r"#\w{6}", COLOURS[name])[0]
    for name in ("even", "odd", "third", "fourth", "ink", "muted", "line", "paper"))
# What a colour means in every static figure: EVEN and ODD are an answer or a label, RIGHT and WRONG a verdict on one.
# Whatever else is compared is ink, told apart by its line and its mark.
RIGHT, WRONG = THIRD, FOURTH
SERIES = (("-", INK, "o"), ("--", INK, "s"), ("-.", MUTED, "^"), (":", INK, "D"), ((0, (5, 1)), MUTED, "v"),
          ((0, (1, 1)), MUTED, "P"))
THEMED = {re.search(r"#\w{6}", value)[0]: f"var(--parity-{name}, {value})" for name, value in COLOURS.items()}
STYLE = {
    "font.size": 11, "font.family": "DejaVu Sans", "axes.titlesize": 11, "axes.titleweight": "bold",
    "axes.titlelocation": "left", "axes.spines.top": False, "axes.spines.right": False,
    "text.color": INK, "axes.labelcolor": INK, "axes.titlecolor": INK, "xtick.color": MUTED, "ytick.color": MUTED,
    "axes.edgecolor": MUTED, "axes.facecolor": "none", "figure.facecolor": "none", "savefig.facecolor": "none",
    "legend.frameon": False, "lines.linewidth": 1.8, "axes.grid": True, "axes.axisbelow": True, "grid.color": LINE,
    "grid.linewidth": 0.6, "svg.fonttype": "none", "svg.hashsalt": "one bit of memory",
}
MOST_ROWS = 60  # of a chart's numbers in the page; the file has all
SHOWN_AT = 1.15  # a figure is drawn small enough for a phone and may grow by this on a desktop
LEAST_TEXT = 11  # px that letters keep on a phone: a figure too wide for that is moved sideways in its own box
PHONE = 358      # px, the width of the text there


@dataclass(frozen=True)
class Numbers:
    """The numbers of a chart: the names of the columns, and rows of numbers and words.

    >>> Numbers(("step", "loss"), [(1, 0.7), (2, None)]).csv()
    'step,loss\\r\\n1,0.7\\r\\n2,\\r\\n'
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]

    def csv(self) -> str:
        """All rows as comma-separated values."""
        file = io.StringIO()
        writer = csv.writer(file)
        writer.writerows([self.columns, *self.rows])
        return file.getvalue()

    def html(self) -> str:
        """A table that opens on demand, of at most 60 rows, and a link to all of them, which needs no server."""
        shown = [self.rows[i] for i in _evenly(len(self.rows), MOST_ROWS)]
        head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in self.columns)
        body = "".join("<tr>" + "".join(f"<td>{html.escape(_in_words(value))}</td>" for value in row) + "</tr>"
                       for row in shown)
        part = "" if len(shown) == len(self.rows) else f" ({len(shown)} of {len(self.rows)} rows)"
        link = f'href="data:text/csv;charset=utf-8,{quote(self.csv())}"'
        return (f'<details class="parity-numbers"><summary>The numbers{part}</summary>'
                f'<div class="parity-table" tabindex="0" role="region" aria-label="The numbers of the figure">'
                f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
                f'<a download="numbers.csv" {link}>Download all as CSV</a></details>')


def _evenly(count: int, most: int) -> list[int]:
    """At most ``most`` places out of ``count``, the first and the last among them."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(int)).tolist() if count else []


def _in_words(value: Any) -> str:
    return "–" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)


@dataclass(frozen=True)
class Picture:
    """A drawn figure with its text alternative and a caption; a notebook shows it as SVG.

    ``alt`` says in words what the picture shows. Raises ValueError where it is empty.
    A chart has ``numbers``, which open in a table below it and can be downloaded.
    """

    figure: Figure
    alt: str
    caption: str = ""
    numbers: Numbers | None = None

    def __post_init__(self) -> None:
        require(bool(self.alt.strip()), "alt", self.alt, "a sentence that says what the figure shows")

    def svg(self) -> str:
        """The figure as one ``<svg>`` element whose ink follows the page's theme."""
        file = io.StringIO()
        with matplotlib.rc_context(STYLE):
            self.figure.savefig(file, format="svg", bbox_inches="tight", pad_inches=0.05, metadata={"Date": None})
        text = file.getvalue()
        text = re.sub(r"<metadata>.*?</metadata>", "", text[text.index("<svg"):], flags=re.DOTALL)
        # Matplotlib's style sheet for every element would rule the whole page, which styles itself anew at each figure.
        text = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", text, count=1, flags=re.DOTALL)
        for colour, themed in THEMED.items():
            text = text.replace(colour, themed)
        width = float(re.search(r'width="([\d.]+)pt"', text).group(1)) * SHOWN_AT
        text = re.sub(r' width="[\d.]+pt"| height="[\d.]+pt"', "", text, count=2)
        label = html.escape(self.alt, quote=True)
        style = (f"max-width: {width:.0f}pt; min-width: {least_width(text)}px; width: 100%; "
                 "stroke-linejoin: round")
        return text.replace("<svg", f'<svg role="img" aria-label="{label}" style="{style}"', 1)

    def _repr_html_(self) -> str:
        caption = f"<figcaption>{html.escape(self.caption)}</figcaption>" if self.caption else ""
        numbers = self.numbers.html() if self.numbers else ""
        drawing = self.svg()
        reached = ' tabindex="0"' if int(re.search(r"min-width: (\d+)px", drawing)[1]) > PHONE else ""
        return (f'<figure class="parity-figure"><div class="parity-drawing"{reached}>{drawing}</div>{caption}{numbers}'
                "</figure>")


def least_width(svg: str) -> int:
    """How wide, in px, a drawing must be for each of its texts to have letters of LEAST_TEXT; indices are smaller."""
    texts = re.findall(r"<text.*?</text>", svg, re.DOTALL)
    sizes = [max(map(float, re.findall(r"font(?:-size)?:[^;\"]*?([\d.]+)px", text))) for text in texts]
    return 1 + ceil(LEAST_TEXT * float(re.search(r'viewBox="0 0 ([\d.]+)', svg)[1]) / min(sizes, default=LEAST_TEXT))


def in_style(draw: Callable[..., Picture]) -> Callable[..., Picture]:
    """Draw in the book's style and leave Matplotlib's settings as they were."""
    @functools.wraps(draw)
    def styled(*args, **kwargs):
        with matplotlib.rc_context(STYLE):
            return draw(*args, **kwargs)
    return styled


def canvas(width: float = 4.9, height: float = 2.6, columns: int = 1, **options) -> tuple[Figure, Axes | np.ndarray]:
    """An empty figure of ``width`` inches, ``height`` a row, and its axes: two in a row, as many as a phone takes."""
    rows = -(-columns // 2)
    figure = Figure(figsize=(width, height * rows), layout="constrained")
    places = figure.subplots(rows, min(columns, 2), **options)
    if rows == 1:
        return figure, places
    for spare in places.flat[columns:]:
        spare.remove()
    return figure, places.reshape(1, -1)[:, :columns]


def log_steps(axes: Axes, values: Sequence[float]) -> None:
    """A log scale of steps with a few round numbers on it."""
    low, high = 0.8 * min(values), 1.25 * max(values)
    ticks: list[int] = []
    for tick in (50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000):
        if low <= tick <= high and (not ticks or tick / ticks[-1] > (high / low) ** 0.4):
            ticks.append(tick)
    axes.set(xscale="log", xlim=(low, high))
    axes.set_xticks(ticks)
    axes.set_xticks([], minor=True)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
