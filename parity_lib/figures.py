"""Every figure of the book, in one style that reads on white, on black and without colour.

A figure is drawn with Matplotlib and shown as SVG inside the page, so that its
ink follows the page's theme. Each function returns a :class:`Picture`, which
cannot be made without a text for those who do not see it.
"""

from __future__ import annotations

import csv
import functools
import html
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any
from urllib.parse import quote

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch, Rectangle
from matplotlib.ticker import MaxNLocator

from parity_lib.errors import require
from parity_lib.experiments.statistics import wilson_interval
from parity_lib.training import History

EVEN, ODD, THIRD = "#0072b2", "#d55e00", "#009e73"  # Okabe & Ito, Color Universal Design, 2008
INK, MUTED, LINE, PAPER = "#1f2430", "#5a6270", "#c9ced6", "#fefefe"
THEMED = {
    INK: "var(--parity-ink, var(--jp-content-font-color1, #1f2430))",
    MUTED: "var(--parity-muted, var(--jp-content-font-color2, #5a6270))",
    LINE: "var(--parity-line, var(--jp-border-color1, #c9ced6))",
    PAPER: "var(--parity-paper, var(--jp-layout-color0, #fefefe))",
    EVEN: f"var(--parity-even, {EVEN})", ODD: f"var(--parity-odd, {ODD})", THIRD: f"var(--parity-third, {THIRD})",
}
STYLE = {
    "font.size": 10, "font.family": "DejaVu Sans", "axes.titlesize": 11, "axes.titleweight": "bold",
    "axes.titlelocation": "left", "axes.spines.top": False, "axes.spines.right": False,
    "text.color": INK, "axes.labelcolor": INK, "axes.titlecolor": INK, "xtick.color": MUTED, "ytick.color": MUTED,
    "axes.edgecolor": MUTED, "axes.facecolor": "none", "figure.facecolor": "none", "savefig.facecolor": "none",
    "legend.frameon": False, "lines.linewidth": 1.8, "axes.grid": True, "axes.axisbelow": True, "grid.color": LINE,
    "grid.linewidth": 0.6, "svg.fonttype": "path", "svg.hashsalt": "one bit of memory",
}
MOST_ROWS = 60  # of a chart's numbers in the page; the file has all
SHOWN_AT = 1.15  # a figure is drawn small enough for a phone and may grow by this on a desktop


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
        for colour, themed in THEMED.items():
            text = text.replace(colour, themed)
        width = float(re.search(r'width="([\d.]+)pt"', text).group(1)) * SHOWN_AT
        text = re.sub(r' width="[\d.]+pt"| height="[\d.]+pt"', "", text, count=2)
        label = html.escape(self.alt, quote=True)
        opening = f'<svg role="img" aria-label="{label}" style="max-width: {width:.0f}pt; width: 100%"'
        return text.replace("<svg", opening, 1)

    def _repr_html_(self) -> str:
        caption = f"<figcaption>{html.escape(self.caption)}</figcaption>" if self.caption else ""
        numbers = self.numbers.html() if self.numbers else ""
        return f'<figure class="parity-figure">{self.svg()}{caption}{numbers}</figure>'


def in_style(draw: Callable[..., Picture]) -> Callable[..., Picture]:
    """Draw in the book's style and leave Matplotlib's settings as they were."""
    @functools.wraps(draw)
    def styled(*args, **kwargs):
        with matplotlib.rc_context(STYLE):
            return draw(*args, **kwargs)
    return styled


def canvas(width: float = 5.0, height: float = 2.6, columns: int = 1, **options) -> tuple[Figure, Axes | np.ndarray]:
    """An empty figure of ``width`` by ``height`` inches, and its axes."""
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots(1, columns, **options)


def _blank(axes: Axes, width: float, height: float, left: float = 0.0, bottom: float = 0.0) -> None:
    axes.set(xlim=(left, width), ylim=(bottom, height), aspect="equal")
    axes.axis("off")


def _arrow(axes: Axes, start, end, label: str = "", shift=(0.0, 0.0), curve: float = 0.0) -> None:
    arrow = FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=11, color=MUTED, linewidth=1.3,
                            shrinkA=0, shrinkB=0, connectionstyle=f"arc3,rad={curve}")
    axes.add_patch(arrow)
    middle = (np.add(start, end) / 2) + shift
    axes.text(*middle, label, ha="center", va="center", color=INK)


def _node(axes: Axes, x: float, y: float, label: str, colour: str, radius: float = 0.32) -> None:
    axes.add_patch(Circle((x, y), radius, facecolor=PAPER, edgecolor=colour, linewidth=2))
    axes.text(x, y, label, ha="center", va="center")


def _column(axes: Axes, x: float, step: str) -> None:
    """One time step: input below, hidden state in the middle, output above."""
    _node(axes, x, 0.4, f"$x_{{{step}}}$" if step else "$x$", THIRD)
    _node(axes, x, 1.7, f"$h_{{{step}}}$" if step else "$h$", EVEN)
    _node(axes, x, 3.0, f"$o_{{{step}}}$" if step else "$o$", ODD)
    _arrow(axes, (x, 0.72), (x, 1.38), "$U$", (0.2, 0))
    _arrow(axes, (x, 2.02), (x, 2.68), "$W$", (0.22, 0))


@in_style
def unrolled() -> Picture:
    """The network with its loop, and the same network with one copy a time step."""
    figure, axes = canvas(5.4, 2.4)
    _blank(axes, 8.6, 3.5, -0.2, -0.1)
    _column(axes, 0.9, "")
    loop = FancyArrowPatch((0.62, 1.88), (0.62, 1.52), arrowstyle="-|>", mutation_scale=11, color=MUTED,
                           linewidth=1.3, connectionstyle="arc3,rad=2.6", shrinkA=0, shrinkB=0)
    axes.add_patch(loop)
    axes.text(-0.02, 1.7, "$V$", ha="center", va="center")
    axes.text(2.05, 1.7, "unroll\n" + r"$\longrightarrow$", ha="center", va="center", color=MUTED)
    _node(axes, 3.2, 1.7, "$h_0$", MUTED)
    for index, x in enumerate((4.6, 6.0, 7.4)):
        _column(axes, x, "123"[index])
        _arrow(axes, (x - 1.08, 1.7), (x - 0.32, 1.7), "$V$", (0, 0.2))
    _arrow(axes, (7.72, 1.7), (8.3, 1.7))
    axes.text(8.45, 1.7, "…", ha="center", va="center", color=MUTED)
    return Picture(figure, "Left: input x, hidden state h and output o, with an arrow V from h back to itself. "
                   "Right: the same network drawn once for each time step. x at step t feeds h at step t through U, "
                   "h feeds the next h through V, and h feeds o through W. The same U, V and W stand at every step, "
                   "and h 0 comes before the first.",
                   "Folded and unrolled: one network, three time steps, the same three matrices.")


def _cells(axes: Axes, rows: np.ndarray, top: float, colours=(PAPER, INK), mask: np.ndarray | None = None) -> None:
    """A row of squares a string: 0 is empty, 1 is filled, padding is a small dot."""
    for i, row in enumerate(rows):
        for t, bit in enumerate(row):
            x, y = t, top - i
            if mask is not None and not mask[i, t]:
                axes.add_patch(Circle((x + 0.5, y + 0.5), 0.06, color=MUTED))
                continue
            axes.add_patch(Rectangle((x + 0.06, y + 0.06), 0.88, 0.88, facecolor=colours[int(bit)],
                                     edgecolor=MUTED, linewidth=0.8))
            axes.text(x + 0.5, y + 0.48, str(int(bit)), ha="center", va="center", fontsize=8, fontweight="bold",
                      color=PAPER if bit else MUTED)


@in_style
def strings_and_labels(bits: np.ndarray, parity: np.ndarray, mask: np.ndarray | None = None) -> Picture:
    """Bits and their labels, ``[batch, steps]`` each, a row of squares a string."""
    count, steps = bits.shape
    height = 2 * count + 2.4
    figure, axes = canvas(5.0, 5.0 * height / steps)
    _blank(axes, steps, height)
    _cells(axes, bits, 2 * count + 0.2, mask=mask)
    _cells(axes, parity, count - 1, (PAPER, ODD), mask=mask)
    axes.text(0, 2 * count + 1.4, "inputs: the bits", va="bottom", fontweight="bold")
    axes.text(0, count + 0.2, "targets: odd so far?", va="bottom", fontweight="bold")
    words = "; ".join("".join(map(str, row)) for row in bits[:3, :12])
    padding = " Padding is drawn as dots." if mask is not None else ""
    return Picture(figure, f"{count} strings of {steps} steps as rows of squares (the first begin {words}). Below them "
                   "the labels: a label square is filled where the count of ones up to that step is odd, so it "
                   f"changes exactly under each 1.{padding}")


@in_style
def packing(lengths: Sequence[int]) -> Picture:
    """Strings of these lengths padded to a rectangle, and sorted and packed column by column."""
    lengths = np.asarray(lengths)
    steps, count = int(lengths.max()), len(lengths)
    figure, (left, right) = canvas(5.4, 2.2, columns=2)
    palette = [EVEN, ODD, THIRD, MUTED, INK]
    for axes, order in ((left, np.arange(count)), (right, np.argsort(-lengths, kind="stable"))):
        _blank(axes, steps + 1.2, count + 1.4, -1.2, -1.1)
        for place, row in enumerate(order):
            y = count - 1 - place
            axes.text(-0.25, y + 0.5, "ABCDE"[row], ha="right", va="center")
            for t in range(lengths[row]):
                axes.add_patch(Rectangle((t + 0.06, y + 0.06), 0.88, 0.88, facecolor=palette[row], linewidth=0))
            for t in range(lengths[row], steps if axes is left else 0):
                axes.add_patch(Circle((t + 0.5, y + 0.5), 0.07, color=MUTED))
    left.text(0, count + 0.3, f"padded: {count} × {steps} squares", fontweight="bold")
    right.text(0, count + 0.3, f"packed: {lengths.sum()} squares", fontweight="bold")
    sizes = [(lengths > t).sum() for t in range(steps)]
    for t, size in enumerate(sizes):
        right.text(t + 0.5, -0.35, str(size), ha="center", va="center", fontsize=8)
    right.text(0, -0.95, "batch_sizes: strings still running", fontsize=8, color=MUTED)
    left.text(0, -0.95, "dots: padding", fontsize=8, color=MUTED)
    return Picture(figure, f"Left: strings A to {'ABCDE'[count - 1]} of lengths {', '.join(map(str, lengths))} as rows "
                   f"filled up with padding to {steps}. Right: the same strings sorted from long to short without the "
                   f"padding; under each column the number of strings that still run: {', '.join(map(str, sizes))}.")


@in_style
def one_unit() -> Picture:
    """Why one monotone unit cannot: x = 0 must keep two values in order, x = 1 must swap them."""
    figure, pair = canvas(5.2, 2.3, columns=2, sharey=True)
    h = np.linspace(-1.2, 1.2, 100)
    for axes, title, start, end in ((pair[0], "x = 0 must keep the sides", (-0.8, 0.8), (-0.8, 0.8)),
                                    (pair[1], "x = 1 must swap them", (-0.8, 0.8), (0.8, -0.8))):
        rising = end[1] > end[0]
        axes.plot(h, 0.95 * np.tanh((1.4 if rising else -1.4) * h), color=MUTED)
        axes.axhline(0, color=LINE)
        axes.axvline(0, color=LINE)
        for x, y, colour, name in zip(start, end, (EVEN, ODD), ("even", "odd"), strict=True):
            axes.plot([x], [y], "o" if colour == EVEN else "s", color=colour, markersize=8)
            axes.annotate(name, (x, y), (x, y + (0.22 if y < 0 else -0.32)), ha="center", color=INK)
        axes.set(title=title, xlabel="h before", xticks=[], yticks=[], ylim=(-1.15, 1.15))
        axes.text(0.98, 0.05 if rising else 0.9, "must rise: w > 0" if rising else "must fall: w < 0",
                  transform=axes.transAxes, ha="right")
    pair[0].set_ylabel("h after")
    return Picture(figure, "Two plots of the hidden value after a step against the value before. Left, for x = 0: even "
                   "must stay below and odd above, which only a rising curve can do. Right, for x = 1: even must go "
                   "above and odd below, which only a falling curve can do. One weight w sets the slope of both.",
                   "One weight w decides whether both curves rise or both fall.")


@in_style
def curves(history: History | dict, title: str = "") -> Picture:
    """Loss and accuracy of one run, step by step, with the validation points."""
    record = history if isinstance(history, dict) else history.to_dict()
    steps = np.arange(1, len(record["loss"]) + 1)
    figure, (left, right) = canvas(5.4, 2.4, columns=2)
    left.plot(steps, record["loss"], color=EVEN)
    left.axhline(np.log(2), color=MUTED, linestyle=":", linewidth=1.2)
    left.text(steps[-1], np.log(2), "a coin's loss, ln 2", ha="right", va="bottom", fontsize=8, color=MUTED)
    left.set(title="loss", xlabel="step", ylim=(0, None))
    right.plot(steps, record["accuracy"], color=EVEN, label="training, per bit")
    at = [point["step"] for point in record["validation"]]
    for key, marker, colour, label in (("bit_accuracy", "s", ODD, "validation, per bit"),
                                       ("sequence_accuracy", "^", THIRD, "validation, whole strings")):
        right.plot(at, [point[key] for point in record["validation"]], marker, color=colour, label=label)
    right.set(title="accuracy", xlabel="step", ylim=(-0.03, 1.05))
    right.legend(fontsize=7.5, loc="center left", bbox_to_anchor=(0, 0.26))
    last = record["accuracy"][-1]
    return Picture(figure, f"Left: the loss over {len(steps)} steps, from {record['loss'][0]:.2f} to "
                   f"{record['loss'][-1]:.4f}. Right: training accuracy per bit, ending at {last:.3f}, "
                   "with validation points.", title,
                   Numbers(("step", "loss", "accuracy per bit"),
                           list(zip(steps.tolist(), record["loss"], record["accuracy"], strict=True))))


@in_style
def many_curves(runs: Sequence[dict], labels: Sequence[str]) -> Picture:
    """Loss against step for many seeds, a panel a recipe; ``runs`` holds lists of ``{"step", "loss"}``."""
    figure, panels = canvas(5.4, 2.4, columns=len(runs), sharey=True, squeeze=False)
    for axes, group, label, colour in zip(panels[0], runs, labels, (EVEN, ODD, THIRD)):
        for run in group:
            axes.plot(run["step"], run["loss"], color=colour, alpha=0.55, linewidth=1.2)
        axes.axhline(np.log(2), color=MUTED, linestyle=":", linewidth=1.2)
        axes.set(title=f"{label} ({len(group)} seeds)", xlabel="step", ylim=(0, None))
    panels[0][0].set_ylabel("loss")
    words = "; ".join(f"{label}: from about {np.median([run['loss'][0] for run in group]):.2f} to about "
                      f"{np.median([run['loss'][-1] for run in group]):.3f}, after between "
                      f"{min(run['step'][-1] for run in group)} and {max(run['step'][-1] for run in group)} steps"
                      for group, label in zip(runs, labels))
    rows = [(label, seed, step, loss) for group, label in zip(runs, labels) for seed, run in enumerate(group)
            for step, loss in zip(run["step"], run["loss"], strict=True)]
    return Picture(figure, f"The loss of every seed against the step, a panel a recipe. {words}.",
                   numbers=Numbers(("recipe", "seed", "step", "loss"), rows))


@in_style
def steps_to_solve(rows: Sequence[tuple[str, Sequence[int | None], int]]) -> Picture:
    """A dot a seed: the step at which it was solved; a cross at the cap where it was not.

    ``rows`` holds ``(label, steps or None for each seed, cap)``.
    """
    figure, axes = canvas(5.0, 0.9 + 0.55 * len(rows))
    for y, (_, steps, cap) in enumerate(reversed(rows)):
        spread = np.linspace(-0.22, 0.22, max(len(steps), 2))[: len(steps)]
        solved = [(step, y + dy) for step, dy in zip(steps, spread) if step is not None]
        failed = [(cap, y + dy) for step, dy in zip(steps, spread) if step is None]
        axes.plot(*np.array(solved or [(np.nan, y)]).T, "o", color=EVEN, alpha=0.75)
        axes.plot(*np.array(failed or [(np.nan, y)]).T, "x", color=ODD)
    labels = [f"{label}\n{sum(s is not None for s in steps)} of {len(steps)}" for label, steps, _ in reversed(rows)]
    axes.set(yticks=range(len(rows)), yticklabels=labels, ylim=(-0.6, len(rows) - 0.4),
             xscale="log", xlabel="step at which all was right (log scale)")
    axes.tick_params(axis="y", colors=INK)
    words = "; ".join(label.replace("\n", ": ") for label in reversed(labels))
    return Picture(figure, "A dot for each seed at the step where it was solved, a cross at the cap where it was not. "
                   f"Solved: {words}.",
                   numbers=Numbers(("run", "seed", "solved at step"), [
                       (label, seed, step) for label, steps, _ in rows for seed, step in enumerate(steps)]))


@in_style
def gradient_norms(series: dict[str, Sequence[float]], xlabel: str = "time step t") -> Picture:
    """How large the gradient at each time step is beside that at the last: a line a network, log scale."""
    figure, axes = canvas(5.2, 3.0)
    styles = ["-", "--", "-.", ":", (0, (5, 1)), (0, (1, 1))]
    colours = [EVEN, ODD, THIRD, INK, MUTED, EVEN]
    for (label, values), style, colour in zip(series.items(), styles, colours):
        shown = np.maximum(np.asarray(values, dtype=float), 1e-30)
        axes.plot(range(1, len(shown) + 1), shown, linestyle=style, color=colour, label=label)
    axes.set(yscale="log", xlabel=xlabel, ylabel="gradient beside the last step's")
    axes.legend(fontsize=8)
    ends = "; ".join(f"{label}: {values[0]:.0e} at the first step" for label, values in series.items())
    return Picture(figure, "The norm of the gradient at each time step divided by that at the last, on a log scale. "
                   f"{ends}.",
                   numbers=Numbers(("step", *series),
                                   [(t + 1, *row) for t, row in enumerate(zip(*series.values(), strict=True))]))


@in_style
def accuracy_by_length(rows: Sequence[dict], title: str = "") -> Picture:
    """``by_length`` of :func:`parity_lib.evaluate` as bars."""
    figure, axes = canvas(5.0, 2.3)
    names = [f"{row['from']}–{row['to']}" if row["to"] > row["from"] else str(row["from"]) for row in rows]
    accuracy = [row["bit_accuracy"] for row in rows]
    axes.bar(names, accuracy, color=EVEN, width=0.7)
    axes.axhline(0.5, color=MUTED, linestyle=":", linewidth=1.2)
    axes.set(title=title, xlabel="length of the string", ylabel="accuracy per bit", ylim=(0, 1.05))
    words = "; ".join(f"{name}: {value:.2f}" for name, value in zip(names, accuracy, strict=True))
    return Picture(figure, f"Accuracy per bit by length of the string. {words}.",
                   numbers=Numbers(("length", "accuracy per bit"), list(zip(names, accuracy, strict=True))))


@in_style
def trials_to_guess(rows: Sequence[tuple[str, Sequence[int], float | None]]) -> Picture:
    """A dot a repetition: how many guesses it took; a bar at their mean, a diamond at a published mean.

    ``rows`` holds ``(label, trials, published mean or None)``.
    """
    figure, axes = canvas(5.2, 1.0 + 0.62 * len(rows))
    words = []
    for y, (label, trials, published) in enumerate(reversed(rows)):
        spread = np.linspace(-0.24, 0.24, max(len(trials), 2))[: len(trials)]
        axes.plot(trials, y + spread, "o", color=EVEN, alpha=0.6, markersize=3.5,
                  label="one repetition" if y == 0 else None)
        mean = float(np.mean(trials))
        axes.plot([mean, mean], [y - 0.36, y + 0.36], color=INK, linewidth=2.2, label="our mean" if y == 0 else None)
        words.append(f"{label}: from {min(trials):,} to {max(trials):,}, mean {mean:,.0f}"
                     + (f", published mean {published:,.0f}" if published else ""))
    known = [(published, len(rows) - 1 - y) for y, (_, _, published) in enumerate(rows) if published]
    if known:
        axes.plot(*np.array(known).T, "D", color=ODD, markersize=8, markerfacecolor=PAPER, markeredgewidth=2,
                  label="published mean")
    axes.set(yticks=range(len(rows)), yticklabels=[label for label, _, _ in reversed(rows)],
             ylim=(-0.6, len(rows) - 0.4), xscale="log", xlabel="guesses until one was right (log scale)")
    axes.tick_params(axis="y", colors=INK)
    axes.legend(fontsize=8, loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=3, columnspacing=1.2)
    return Picture(figure, "A dot for each repetition at the number of guesses that it took, on a log scale, a bar at "
                   f"the mean, a diamond at the published mean. {'; '.join(reversed(words))}.",
                   numbers=Numbers(("net", "repetition", "guesses"), [
                       (label, number, count) for label, trials, _ in rows for number, count in enumerate(trials)]))


@in_style
def loss_by_bit(losses: Sequence[float], first: int = 2, every: int = 3) -> Picture:
    """The loss of predicting each bit of a stream from those before it; each ``every``-th is marked.

    ``losses[0]`` is that of bit number ``first``.
    """
    bits = np.arange(first, first + len(losses))
    losses = np.asarray(losses)
    third = bits % every == 0
    figure, axes = canvas(5.2, 2.5)
    axes.axhline(np.log(2), color=MUTED, linestyle=":", linewidth=1.2)
    axes.text(bits[-1] + 0.4, np.log(2) * 1.07, "a coin, ln 2", ha="right", va="bottom", fontsize=8, color=MUTED)
    axes.plot(bits, losses, color=LINE, linewidth=1.2)
    axes.plot(bits[~third], losses[~third], "o", color=EVEN, label="drawn at random")
    axes.plot(bits[third], losses[third], "s", color=ODD, label="XOR of the two before")
    axes.set(xlabel="bit that is predicted", ylabel="loss", ylim=(-0.04, np.log(2) * 1.35), xticks=bits[third])
    axes.legend(fontsize=8, loc="center right", bbox_to_anchor=(1.0, 0.45), facecolor=PAPER, frameon=True,
                edgecolor=LINE)
    return Picture(figure, f"The loss of predicting bits {bits[0]} to {bits[-1]} of a stream. At the random bits it "
                   f"lies between {losses[~third].min():.2f} and {losses[~third].max():.2f}, about that of a coin; at "
                   f"each third bit, the XOR of the two before it, between {losses[third].min():.3f} and "
                   f"{losses[third].max():.3f}.",
                   numbers=Numbers(("bit", "loss"), list(zip(bits.tolist(), losses.tolist(), strict=True))))


@in_style
def states_on_ones(factors: Sequence[float], steps: int = 12) -> Picture:
    """What h becomes when it is multiplied by the same factor at each 1: a panel for each factor."""
    figure, panels = canvas(5.4, 2.3, columns=len(factors), sharey=True, squeeze=False)
    count = np.arange(steps + 1)
    words = []
    for axes, factor in zip(panels[0], factors):
        states = float(factor) ** count
        odd = count % 2 == 1
        axes.axhline(0, color=MUTED, linewidth=1)
        axes.plot(count, states, color=LINE, linewidth=1.2)
        axes.plot(count[~odd], states[~odd], "o", color=EVEN, label="even")
        axes.plot(count[odd], states[odd], "s", color=ODD, label="odd")
        axes.set(title=f"factor {factor:g}".replace("-", "−"), xlabel="ones so far", ylim=(-1.25, 1.25))
        words.append(f"factor {factor:g}: h goes " + ", ".join(f"{state:.2f}" for state in states[:4]) + " and so on")
    panels[0][0].set_ylabel("h")
    panels[0][0].legend(fontsize=8, loc="lower left")
    return Picture(figure, f"The state h after 0 to {steps} ones, even counts as dots, odd counts as squares. "
                   f"{'; '.join(words)}. With a positive factor h moves in one direction; with a negative one it "
                   "changes sides at each 1.",
                   numbers=Numbers(("ones so far", *(f"factor {factor:g}" for factor in factors)), [
                       (int(n), *(float(factor) ** int(n) for factor in factors)) for n in count]))


@in_style
def accuracy_by_step(series: dict[str, Sequence[float]]) -> Picture:
    """The share of right answers at each time step, a line a net."""
    figure, axes = canvas(5.2, 2.6)
    looks = (("-", EVEN, "o"), ("--", ODD, "s"), ("-.", THIRD, "^"), (":", INK, "D"))
    for (label, values), (style, colour, marker) in zip(series.items(), looks):
        axes.plot(range(1, len(values) + 1), values, style, color=colour, marker=marker, markersize=4.5,
                  markevery=max(1, len(values) // 8), label=label)
    axes.set(xlabel="time step", ylabel="share right", ylim=(0.4, 1.05))
    axes.legend(fontsize=8, loc="lower center", bbox_to_anchor=(0.45, 1.0), ncols=2)
    words = "; ".join(f"{label}: {values[0]:.2f} at step 1, {values[1]:.2f} at step 2, {values[-1]:.2f} at step "
                      f"{len(values)}" for label, values in series.items())
    return Picture(figure, f"The share of strings answered rightly at each time step. {words}.",
                   numbers=Numbers(("step", *series),
                                   [(t + 1, *row) for t, row in enumerate(zip(*series.values(), strict=True))]))


# ---------------------------------------------------------------- gates


def _valve(axes: Axes, x: float, y: float, gate: str, below: bool = False) -> None:
    """A gate on a line: a circle with a multiplication sign, and the gate's letter in a square beside it."""
    side = -1 if below else 1
    _node(axes, x, y, "×", INK, 0.26)
    half = 0.5 if len(gate) > 3 else 0.38
    axes.add_patch(Rectangle((x - half, y + side * 1.05 - 0.24), 2 * half, 0.48, facecolor=PAPER, edgecolor=ODD,
                             linewidth=2))
    axes.text(x, y + side * 1.05, gate, ha="center", va="center")
    _arrow(axes, (x, y + side * 0.8), (x, y + side * 0.27))


def _line(axes: Axes, *points: tuple[float, float]) -> None:
    """A line through some points, with an arrow at its end."""
    *_, before, last = points
    axes.plot(*zip(*points[:-1]), color=MUTED, linewidth=1.3, solid_capstyle="butt")
    _arrow(axes, before, last)


@in_style
def gru_cell() -> Picture:
    """One step of a GRU as a line on which the memory travels, and the gates as valves on it."""
    figure, axes = canvas(5.4, 2.75)
    _blank(axes, 9.3, 4.7, -0.75, -0.05)
    _line(axes, (0.15, 3.2), (3.34, 3.2))
    _line(axes, (3.86, 3.2), (6.34, 3.2))
    _line(axes, (6.86, 3.2), (8.2, 3.2))
    _node(axes, -0.25, 3.2, "$h_{t-1}$", EVEN, 0.42)
    _node(axes, 8.6, 3.2, "$h_t$", EVEN, 0.42)
    _valve(axes, 3.6, 3.2, "$z$")
    _node(axes, 6.6, 3.2, "+", INK, 0.26)
    _line(axes, (0.9, 3.2), (0.9, 1.4), (1.44, 1.4))
    _valve(axes, 1.7, 1.4, "$r$", below=True)
    _line(axes, (1.96, 1.4), (3.38, 1.4))
    _node(axes, 3.75, 1.4, "$n$", THIRD, 0.37)
    _line(axes, (3.75, 0.72), (3.75, 1.03))
    _node(axes, 3.75, 0.36, "$x_t$", THIRD, 0.36)
    _line(axes, (4.12, 1.4), (5.04, 1.4))
    _valve(axes, 5.3, 1.4, "$1-z$", below=True)
    _line(axes, (5.56, 1.4), (6.6, 1.4), (6.6, 2.94))
    axes.text(1.95, 3.36, "keep", color=MUTED, ha="center", va="bottom")
    axes.text(6.75, 2.1, "write", color=MUTED, ha="left", va="center")
    return Picture(figure, "The old state h at t minus 1 travels along a line to the new state h at t. On the line the "
                   "gate z scales it. A branch of the old state is scaled by the gate r and goes, together with the "
                   "input x, into the candidate n. The candidate is scaled by 1 minus z and added to the line. So z "
                   "near 1 keeps the old state, and z near 0 puts the candidate in its place.",
                   "A GRU. Squares are gates: each is a sigmoid of the input and the old state.")


@in_style
def lstm_cell() -> Picture:
    """One step of an LSTM as a line on which the cell state travels, and the gates as valves on it."""
    figure, axes = canvas(5.4, 2.75)
    _blank(axes, 9.3, 4.7, -0.75, -0.05)
    _node(axes, -0.25, 3.2, "$c_{t-1}$", EVEN, 0.42)
    _line(axes, (0.17, 3.2), (1.64, 3.2))
    _valve(axes, 1.9, 3.2, "$f$")
    _line(axes, (2.16, 3.2), (3.94, 3.2))
    _node(axes, 4.2, 3.2, "+", INK, 0.26)
    _line(axes, (4.46, 3.2), (8.18, 3.2))
    _node(axes, 8.6, 3.2, "$c_t$", EVEN, 0.42)
    _node(axes, -0.25, 1.4, "$h_{t-1}$", EVEN, 0.42)
    _line(axes, (0.17, 1.4), (1.53, 1.4))
    _node(axes, 1.9, 1.4, "$g$", THIRD, 0.37)
    _node(axes, 1.9, 0.36, "$x_t$", THIRD, 0.36)
    _line(axes, (1.9, 0.72), (1.9, 1.03))
    _line(axes, (2.27, 1.4), (2.84, 1.4))
    _valve(axes, 3.1, 1.4, "$i$", below=True)
    _line(axes, (3.36, 1.4), (4.2, 1.4), (4.2, 2.94))
    _line(axes, (5.6, 3.2), (5.6, 1.77))
    _node(axes, 5.6, 1.4, "tanh", THIRD, 0.45)
    _line(axes, (6.05, 1.4), (6.74, 1.4))
    _valve(axes, 7.0, 1.4, "$o$", below=True)
    _line(axes, (7.26, 1.4), (8.18, 1.4))
    _node(axes, 8.6, 1.4, "$h_t$", EVEN, 0.42)
    for x, y, word in ((1.0, 3.36, "keep"), (4.35, 2.2, "write"), (5.75, 2.5, "show")):
        axes.text(x, y, word, color=MUTED, ha="center" if word == "keep" else "left", va="bottom")
    return Picture(figure, "The old cell state c at t minus 1 travels along a line to the new cell state c at t. On "
                   "the line the gate f scales it. Below, the old hidden state h and the input x go into the "
                   "candidate g, which is scaled by the gate i and added to the line. From the new cell state a "
                   "branch goes through tanh and is scaled by the gate o; that is the new hidden state h at t.",
                   "An LSTM. Squares are gates: each is a sigmoid of the input and the old hidden state.")


@in_style
def gates_over_string(bits: Sequence[int], rows: dict[str, tuple[str, Sequence[float]]]) -> Picture:
    """What goes on inside one gated unit, a column a bit.

    ``rows`` holds a row for each name: ``("gate", numbers from 0 to 1)``, drawn as
    a square that is filled so far, or ``("state", numbers from -1 to 1)``, drawn as
    a bar up or down from the middle.
    """
    bits = np.asarray(bits)
    height = 1.35 * (len(rows) + 1)
    figure, axes = canvas(5.0, 5.0 * height / (len(bits) + 2.2))
    _blank(axes, len(bits), height, -2.2)
    _cells(axes, bits[None], height - 1.1)
    axes.text(-0.25, height - 0.6, "bit $x$", ha="right", va="center")
    for place, (name, (kind, values)) in enumerate(rows.items()):
        y = height - 1.1 - 1.35 * (place + 1)
        axes.text(-0.25, y + 0.5, name, ha="right", va="center")
        for t, value in enumerate(np.asarray(values, dtype=float)):
            axes.add_patch(Rectangle((t + 0.06, y), 0.88, 1, facecolor="none", edgecolor=LINE, linewidth=0.8))
            if kind == "gate":
                axes.add_patch(Rectangle((t + 0.06, y), 0.88, value, facecolor=ODD, linewidth=0))
            else:
                axes.add_patch(Rectangle((t + 0.2, y + 0.5), 0.6, value / 2, facecolor=EVEN, linewidth=0))
                axes.plot([t + 0.06, t + 0.94], [y + 0.5, y + 0.5], color=MUTED, linewidth=1)
    words = "; ".join(f"{name}: {', '.join(f'{value + 0.0:.1f}' for value in np.round(values, 1))}"
                      for name, (_, values) in rows.items())
    return Picture(figure, f"A column for each bit of {''.join(map(str, bits))}. Gates are squares filled from 0 to 1, "
                   f"states are bars from the middle, up for positive and down for negative. {words}.".replace("$", ""),
                   numbers=Numbers(("bit", *(name.replace("$", "") for name in rows)), [
                       (int(bit), *map(float, values))
                       for bit, *values in zip(bits, *(values for _, values in rows.values()), strict=True)]))


@in_style
def keep_or_flip(before: np.ndarray, after: dict[str, tuple[np.ndarray, np.ndarray]]) -> Picture:
    """The state after a step against the state ``before [n]`` it, a panel a unit.

    ``after`` holds for each name two curves ``[n]``: for the bit 0 and for the bit 1.
    """
    figure, panels = canvas(5.4, 2.6, columns=len(after), sharey=True, squeeze=False)
    for axes, (name, (zero, one)) in zip(panels[0], after.items(), strict=True):
        axes.plot(before, zero, color=EVEN, label="bit 0")
        axes.plot(before, one, color=ODD, linestyle="--", label="bit 1")
        axes.plot(before, before, color=INK, linestyle=":", linewidth=1.2, label="no change")
        axes.set(title=name, xlabel="h before", xticks=[-1, 0, 1], yticks=[-1, 0, 1], ylim=(-1.15, 1.15))
    panels[0][0].set_ylabel("h after")
    figure.legend(*panels[0][0].get_legend_handles_labels(), loc="outside lower center", ncols=3, fontsize=8.5)
    words = "; ".join(f"{name}: with the bit 0 from {zero[0]:.1f} to {zero[-1]:.1f}, with the bit 1 from {one[0]:.1f} "
                      f"to {one[-1]:.1f}" for name, (zero, one) in after.items())
    return Picture(figure, "The state after a step against the state before it, a solid curve for the bit 0, a dashed "
                   "one for the bit 1, and a dotted diagonal for no change. From the left end to the right: "
                   f"{words}.",
                   numbers=Numbers(("unit", "h before", "h after a 0", "h after a 1"), [
                       (name, *map(float, row)) for name, curves in after.items() for row in zip(before, *curves)]))


@in_style
def success_rates(panels: dict[str, dict[str, Sequence[tuple[object, int, int]]]], xlabel: str,
                  columns: int = 1) -> Picture:
    """Shares of runs that succeed, each with its 95 % interval.

    ``panels`` holds for each title the series to draw, and for each series rows of
    ``(label on the axis, successes, runs)``.
    """
    lines = -(-len(panels) // columns)
    figure = Figure(figsize=(5.4, 0.9 + 1.6 * lines), layout="constrained")
    grid = figure.subplots(lines, columns, sharex=True, sharey=True, squeeze=False)
    looks = list(zip((EVEN, ODD, THIRD), ("o", "s", "^"), ("-", "--", ":")))
    labels = list(dict.fromkeys(str(label) for series in panels.values() for rows in series.values()
                                for label, _, _ in rows))
    words = []
    for axes, (title, series) in zip(grid.flat, panels.items()):
        for place, (name, rows) in enumerate(series.items()):
            colour, marker, dashes = looks[place]
            x = np.array([labels.index(str(label)) for label, _, _ in rows]) + 0.12 * (place - (len(series) - 1) / 2)
            rate = np.array([solved / seeds for _, solved, seeds in rows])
            low, high = np.array([wilson_interval(solved, seeds) for _, solved, seeds in rows]).T
            axes.vlines(x, low, high, color=colour, linewidth=1.4)
            axes.plot(x, rate, marker=marker, color=colour, linestyle=dashes, linewidth=1.1, markersize=5, label=name)
            words.append(f"{title}, {name}: " + ", ".join(f"{label}: {solved} of {seeds}"
                                                           for label, solved, seeds in rows))
        axes.set(title=title, xticks=range(len(labels)), xticklabels=labels, ylim=(-0.06, 1.06), yticks=[0, 0.5, 1])
        axes.grid(axis="x", visible=False)
    for axes in grid[-1]:
        axes.set_xlabel(xlabel)
    for axes in grid[:, 0]:
        axes.set_ylabel("share solved")
    handles, names = grid.flat[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=len(names), fontsize=8.5)
    numbers = [(title, name, str(label), solved, seeds, *wilson_interval(solved, seeds))
               for title, series in panels.items() for name, rows in series.items() for label, solved, seeds in rows]
    return Picture(figure, f"The share of runs that succeed against {xlabel}, a mark for each setting on a line that "
                   f"spans its 95 % interval. {'; '.join(words)}.",
                   numbers=Numbers(("panel", "series", xlabel, "solved", "seeds", "low", "high"), numbers))


# ---------------------------------------------------------------- the grid of settings

CELL_NAMES = {"tanh": "tanh", "relu": "relu", "lstm": "LSTM", "gru": "GRU"}
CELL_LOOKS = {"tanh": ("-", EVEN, "o"), "relu": ("--", ODD, "s"), "lstm": ("-.", THIRD, "^"), "gru": (":", INK, "D")}
LABEL_WORDS = {"every_step": "a label at every step", "end": "a label at the end"}
RATE_COLUMNS = ("solved", "seeds", "rate at least", "rate at most", "median steps", "lower quartile", "upper quartile")


def _rate_numbers(row: dict[str, Any]) -> tuple:
    """What RATE_COLUMNS names, of a condition of the grid; the rates are the ends of the 95 % interval."""
    return (row["solved"], row["seeds"], *(round(end, 4) for end in wilson_interval(row["solved"], row["seeds"])),
            row["median_steps"], *row["quartiles"])


def _rate_bars(axes: Axes, labels: Sequence[str], rows: Sequence[dict[str, Any]], fontsize: float = 9) -> None:
    """A frame for all seeds, filled as far as they solved it, with the 95 % interval; the count beside it."""
    for y, row in enumerate(rows):
        rate = row["solved"] / row["seeds"]
        low, high = wilson_interval(row["solved"], row["seeds"])
        axes.barh(y, 1, height=0.62, facecolor="none", edgecolor=MUTED, linewidth=0.8)
        axes.barh(y, rate, height=0.62, color=EVEN)
        axes.plot([low, high], [y, y], color=PAPER, linewidth=4, solid_capstyle="butt")
        axes.plot([low, high], [y, y], "|-", color=INK, linewidth=1.6, markersize=7)
        axes.text(1.04, y, f"{row['solved']}/{row['seeds']}", va="center", fontsize=fontsize)
    axes.set(xlim=(-0.01, 1.01), xticks=[0, 0.5, 1], xticklabels=["0", "half", "all"],
             yticks=range(len(rows)), yticklabels=labels, ylim=(len(rows) - 0.45, -0.55))
    axes.tick_params(axis="y", colors=INK, length=0)
    axes.grid(visible=False)
    axes.spines[["left", "bottom"]].set_visible(False)


def _quadrants(conditions: dict[str, dict]) -> dict[tuple[str, str], dict[str, dict]]:
    """Conditions named "label, lengths, cell", as a table of (label, lengths) with the cells in each."""
    table: dict[tuple[str, str], dict[str, dict]] = {}
    for name, row in conditions.items():
        label, lengths, cell = name.split(", ")
        table.setdefault((label, lengths), {})[cell] = row
    return table


def _lengths_words(lengths: str) -> str:
    return f"{lengths.replace('..', ' to ')} bits"


@in_style
def two_by_two(conditions: dict[str, dict]) -> Picture:
    """OpenAI's question in full: how many seeds solve it, a panel for each place of the label and each data set."""
    table = _quadrants(conditions)
    figure = Figure(figsize=(4.6, 4.0), layout="constrained")
    figure.get_layout_engine().set(hspace=0.06, wspace=0.08)
    panels = figure.subplots(2, 2, sharey=True)
    for axes, ((label, lengths), cells) in zip(panels.flat, table.items(), strict=True):
        _rate_bars(axes, [CELL_NAMES[cell] for cell in cells], list(cells.values()))
        axes.set_title(f"{LABEL_WORDS[label]},\n{_lengths_words(lengths)}", fontsize=10)
    for axes in panels[0]:
        axes.set_xticklabels([])
        axes.tick_params(axis="x", length=0)
    for axes in panels[1]:
        axes.set_xlabel("seeds that solved it", fontsize=9)
    words = ". ".join(
        f"{LABEL_WORDS[label].capitalize()}, {_lengths_words(lengths)}: " + ", ".join(
            f"{CELL_NAMES[cell]} {row['solved']} of {row['seeds']}" for cell, row in cells.items())
        for (label, lengths), cells in table.items())
    return Picture(figure, f"Four panels of bars, which fill as far as seeds solved the task. {words}. "
                   "A line across each bar's end is the 95 % interval of the rate.",
                   "Each bar is one kind of net. It is filled as far as its seeds solved the task; the line is the "
                   "95 % interval of the rate.",
                   Numbers(("label", "bits", "net", *RATE_COLUMNS), [
                       (label, lengths, cell, *_rate_numbers(row))
                       for (label, lengths), cells in table.items() for cell, row in cells.items()]))


@in_style
def rates(conditions: dict[str, dict], what: str = "run") -> Picture:
    """A row a condition: how many seeds solved it, and after how many steps (median and quartiles)."""
    rows = list(conditions.values())
    figure = Figure(figsize=(4.9, 0.75 + 0.3 * len(rows)), layout="constrained")
    figure.get_layout_engine().set(wspace=0.1)
    left, right = figure.subplots(1, 2, sharey=True)
    _rate_bars(left, list(conditions), rows)
    left.set_xlabel("seeds that solved it", fontsize=9)
    solved = [(y, row) for y, row in enumerate(rows) if row["solved"]]
    for y, row in solved:
        right.plot(row["quartiles"], [y, y], color=EVEN, linewidth=3, solid_capstyle="round")
        right.plot([row["median_steps"]], [y], "o", color=EVEN, markeredgecolor=PAPER, markersize=7)
    if solved:
        _log_steps(right, [end for _, row in solved for end in row["quartiles"]])
    else:
        right.set_xticks([])
    right.set_xlabel("steps (log scale)", fontsize=9)
    right.tick_params(axis="y", length=0, labelleft=False)
    right.spines["left"].set_visible(False)
    words = "; ".join(f"{label}: {row['solved']} of {row['seeds']}"
                      + (f", median {row['median_steps']:,.0f} steps" if row["solved"] else "")
                      for label, row in conditions.items())
    return Picture(figure, "A row for each condition: a bar that fills as far as seeds solved it, with the 95 % "
                   f"interval, and the median number of steps with quartiles. {words}.",
                   "Left: how many seeds solved it, with the 95 % interval. Right: their steps, median and quartiles.",
                   Numbers((what, *RATE_COLUMNS),
                           [(label, *_rate_numbers(row)) for label, row in conditions.items()]))


def _log_steps(axes: Axes, values: Sequence[float]) -> None:
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


@in_style
def lengths_present(conditions: dict[str, dict]) -> Picture:
    """For each range of lengths, "from..to": where it lies, and how many seeds solved it."""
    rows = list(conditions.values())
    figure = Figure(figsize=(4.9, 0.75 + 0.3 * len(rows)), layout="constrained")
    figure.get_layout_engine().set(wspace=0.1)
    left, right = figure.subplots(1, 2, sharey=True)
    ranges = [tuple(map(int, name.split(".."))) for name in conditions]
    for y, (start, end) in enumerate(ranges):
        left.plot([start, end], [y, y], color=THIRD, linewidth=5, solid_capstyle="butt")
        left.plot([start], [y], "|", color=INK, markersize=10, markeredgewidth=2)
    left.set(xscale="log", xlim=(0.85, 56), xlabel="lengths of the strings (log scale)")
    left.set_xticks([1, 2, 3, 5, 10, 25, 50])
    left.set_xticks([], minor=True)
    left.xaxis.set_major_formatter(lambda value, _: f"{value:.0f}")
    left.xaxis.label.set_size(9)
    _rate_bars(right, [f"{start} to {end}" for start, end in ranges], rows)
    left.tick_params(axis="y", colors=INK, length=0)
    left.spines["left"].set_visible(False)
    right.set_xlabel("seeds that solved it", fontsize=9)
    words = "; ".join(f"{start} to {end}: {row['solved']} of {row['seeds']}"
                      for (start, end), row in zip(ranges, rows, strict=True))
    return Picture(figure, "For each range of lengths a line from its shortest to its longest string, and a bar that "
                   f"fills as far as seeds solved it. {words}.",
                   "Left: which lengths there are. Right: how many seeds solved it, with the 95 % interval.",
                   Numbers(("lengths", *RATE_COLUMNS),
                           [(name, *_rate_numbers(row)) for name, row in conditions.items()]))


@in_style
def two_by_two_by_length(conditions: dict[str, dict]) -> Picture:
    """The mean share of strings right, by their length, in the four panels of :func:`two_by_two`."""
    table = _quadrants(conditions)
    figure = Figure(figsize=(4.9, 4.2), layout="constrained")
    panels = figure.subplots(2, 2, sharex=True, sharey=True)
    for axes, ((label, lengths), cells) in zip(panels.flat, table.items(), strict=True):
        for cell, row in cells.items():
            line, colour, marker = CELL_LOOKS[cell]
            axes.plot(row["by_length"]["from"], row["by_length"]["mean"], marker, linestyle=line, color=colour,
                      markersize=3.5, linewidth=1.4, label=CELL_NAMES[cell])
        axes.set_title(f"{LABEL_WORDS[label]},\n{_lengths_words(lengths)}", fontsize=10)
        axes.set(ylim=(-0.04, 1.06), yticks=[0, 0.5, 1], xticks=[1, 11, 21, 31, 41])
    for axes in panels[1]:
        axes.set_xlabel("length from", fontsize=9)
    for axes in panels[:, 0]:
        axes.set_ylabel("share right", fontsize=9)
    figure.legend(*panels[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=4, fontsize=9)
    words = ". ".join(
        f"{LABEL_WORDS[label].capitalize()}, {_lengths_words(lengths)}: " + ", ".join(
            f"{CELL_NAMES[cell]} {row['by_length']['mean'][0]:.2f} of the shortest and "
            f"{row['by_length']['mean'][-1]:.2f} of the longest" for cell, row in cells.items())
        for (label, lengths), cells in table.items())
    return Picture(figure, f"Four panels of lines: the mean share of strings right against their length. {words}.",
                   "Mean over all seeds, also those that did not solve it.",
                   Numbers(("label", "trained on", "net", "length from", "mean share right", "least share right"), [
                       (label, lengths, cell, *point) for (label, lengths), cells in table.items()
                       for cell, row in cells.items()
                       for point in zip(row["by_length"]["from"], row["by_length"]["mean"], row["by_length"]["least"],
                                        strict=True)]))


@in_style
def label_signal(bits: Sequence[int], series: dict[str, Sequence[float]]) -> Picture:
    """How much the labels say about the way to go, beside the noise of a batch, for each length: a line a net."""
    figure, axes = canvas(4.9, 3.3)
    looks = zip(("-", "--", "-.", ":"), (EVEN, ODD, THIRD, INK), ("o", "s", "^", "D"))
    for (label, values), (line, colour, marker) in zip(series.items(), looks):
        axes.plot(bits, values, marker, linestyle=line, color=colour, markersize=4, label=label)
    axes.axhline(1, color=MUTED, linewidth=1.2)
    axes.text(bits[-1], 1.5, "as large as the noise", ha="right", va="bottom", fontsize=8, color=MUTED)
    axes.set(yscale="log", xlabel="bits in the string", ylabel="signal / noise", xticks=bits)
    axes.set_ylim(top=1e3)
    axes.set_yticks([10.0**power for power in range(-15, 1, 3) if 10.0**power >= 0.05 * axes.get_ylim()[0]])
    axes.set_yticks([], minor=True)
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=2, fontsize=8)
    ends = "; ".join(f"{label}: {values[0]:.1g} at {bits[0]} bit, {values[-1]:.0e} at {bits[-1]}"
                     for label, values in series.items())
    return Picture(figure, "What the labels say about the gradient's direction, divided by the noise of a batch, on a "
                   f"log scale against the number of bits. {ends}.",
                   numbers=Numbers(("bits", *series),
                                   [(n, *row) for n, row in zip(bits, zip(*series.values(), strict=True))]))


@in_style
def states_in_plane(panels: Sequence[tuple], names: tuple[str, str] = ("even", "odd")) -> Picture:
    """States as points, odd ones as squares: a panel each ``(title, points [count, 2], odd [count], line, axes)``.

    ``line`` is ``(weights [2], bias)`` of a readout, drawn where it is 0, or None;
    ``axes`` names the two axes.
    """
    figure, places = canvas(2.75 * len(panels), 2.7, columns=len(panels), squeeze=False)
    words = []
    for axes, (title, points, odd, line, axis_names) in zip(places[0], panels, strict=True):
        for answer, marker, colour in ((0, "o", EVEN), (1, "s", ODD)):
            chosen = points[odd == answer]
            axes.plot(*chosen.T, marker, color=colour, alpha=0.4, markersize=5, markeredgewidth=0, label=names[answer])
        low, high = points.min(axis=0), points.max(axis=0)
        margin = 0.12 * (high - low)
        axes.set(title=title, xlabel=axis_names[0], ylabel=axis_names[1],
                 xlim=(low[0] - margin[0], high[0] + margin[0]), ylim=(low[1] - margin[1], high[1] + margin[1]))
        if line is not None:
            (a, b), bias = line
            first = np.array(axes.get_xlim())
            axes.plot(first, -(a * first + bias) / b, color=INK, linestyle="--", linewidth=1.3, label="output 0")
        means = {k: points[odd == k].mean(axis=0) for k in (0, 1) if (odd == k).any()}
        centres = "; ".join(f"{names[k]} on average at ({x:.1f}, {y:.1f})" for k, (x, y) in means.items())
        words.append(f"{title}: {len(points)} states, {centres}"
                     + ("; a dashed line separates even from odd" if line is not None else ""))
    places[0][0].legend(fontsize=8, loc="best")
    return Picture(figure, "Hidden states as points in a plane, even ones as discs and odd ones as squares. "
                   + ". ".join(words) + ".",
                   numbers=Numbers(("panel", *(f"coordinate {k}" for k in (1, 2)), "answer"), [
                       (title, float(x), float(y), names[int(answer)]) for title, points, odd, _, _ in panels
                       for (x, y), answer in zip(points, odd, strict=True)]))


@in_style
def machines(panels: Sequence[tuple]) -> Picture:
    """State machines, a panel each ``(title, successors [states, 2], odd [states])``: an arrow a bit.

    State 0 is the start. A few states only: all orders of them are tried.
    """
    figure, places = canvas(2.7 * len(panels), 2.8, columns=len(panels), squeeze=False)
    words = []
    for axes, (title, successors, odd) in zip(places[0], panels, strict=True):
        count = len(odd)
        at = _around_a_circle(successors)
        _blank(axes, 2.6, 2.9, -2.9, -2.9)
        axes.set_title(title)
        for state in range(count):
            for target in sorted(set(successors[state].tolist())):
                label = " and ".join(str(bit) for bit in (0, 1) if successors[state][bit] == target)
                _edge(axes, at[state], at[target], label.replace(" and ", ", "))
            _node(axes, *at[state], str(state), ODD if odd[state] else EVEN, 0.36)
            if odd[state]:
                axes.add_patch(Circle(at[state], 0.28, fill=False, edgecolor=ODD, linewidth=1.2))
        _arrow(axes, at[0] + (-0.85, 0), at[0] + (-0.36, 0))
        edges = ", ".join(f"{state} on 0 to {zero} and on 1 to {one}" for state, (zero, one) in enumerate(successors))
        words.append(f"{title}: {edges}; odd: {', '.join(map(str, np.flatnonzero(odd)))}")
    return Picture(figure, "State machines, each starting in state 0; odd states have a double ring. "
                   + ". ".join(words) + ".", "A double ring: odd. An arrow is followed on the bit beside it.")


def _around_a_circle(successors: np.ndarray) -> np.ndarray:
    """Places ``[states, 2]``, state 0 on the left, in an order in which most arrows join neighbours."""
    count = len(successors)

    def far(order: tuple[int, ...]) -> int:
        place = {state: k for k, state in enumerate((0, *order))}
        steps = [abs(place[state] - place[int(after)]) for state in range(count) for after in set(successors[state])]
        return sum(1 < step < count - 1 for step in steps)

    order = (0, *min(permutations(range(1, count)), key=far))
    angles = np.pi - 2 * np.pi * np.argsort(order) / count
    return np.column_stack([1.65 * np.cos(angles), 1.65 * np.sin(angles).round(9)])


def _edge(axes: Axes, start: np.ndarray, end: np.ndarray, label: str) -> None:
    """An arrow between two circles of radius 0.36, curved so that there and back stay apart; loops stand up or hang."""
    if np.array_equal(start, end):
        outward = np.array([0.0, 1.0 if start[1] >= 0 else -1.0])
        across = np.array([-outward[1], outward[0]])
        ends = [start + 0.36 * (0.75 * outward + side * across * 0.66) for side in (1, -1)]
        loop = FancyArrowPatch(*ends, arrowstyle="-|>", mutation_scale=11, color=MUTED, linewidth=1.3, shrinkA=0,
                               shrinkB=0, connectionstyle="arc3,rad=-1.6")
        axes.add_patch(loop)
        axes.text(*(start + 0.98 * outward), label, ha="center", va="center")
        return
    way = (end - start) / np.linalg.norm(end - start)
    side = np.array([way[1], -way[0]])
    begin, stop = start + 0.36 * (0.9 * way + 0.4 * side), end - 0.36 * (0.9 * way - 0.4 * side)
    _arrow(axes, begin, stop, label, shift=0.3 * side, curve=0.16)


@in_style
def interval_rounds(series: Sequence[tuple[str, Sequence[tuple]]]) -> Picture:
    """Two intervals round by round, a panel each ``(title, [((even low, high), (odd low, high)), ..])``."""
    figure, places = canvas(2.75 * len(series), 2.5, columns=len(series), sharey=True, squeeze=False)
    words = []
    for axes, (title, rounds) in zip(places[0], series, strict=True):
        at = np.arange(len(rounds))
        for which, colour, name, y in ((0, EVEN, "even", 0.04), (1, ODD, "odd", 0.92)):
            low, high = np.array([pair[which] for pair in rounds]).T
            axes.fill_between(at, low, high, step="mid", facecolor=colour, alpha=0.35, edgecolor=colour)
            axes.text(at[-1], y, name, ha="right", va="center")
        axes.axhline(0.5, color=INK, linestyle="--", linewidth=1.2)
        axes.set(title=title, xlabel="round", ylim=(-0.05, 1.05))
        (even_low, even_high), (odd_low, odd_high) = rounds[-1]
        words.append(f"{title}: after {len(rounds) - 1} rounds even is {even_low:.2f} to {even_high:.2f}, "
                     f"odd {odd_low:.2f} to {odd_high:.2f}")
    places[0][0].set_ylabel("p")
    return Picture(figure, "The intervals of p after an even and after an odd count, growing round by round, with a "
                   "dashed line at one half. " + ". ".join(words) + ".",
                   numbers=Numbers(("panel", "round", "even low", "even high", "odd low", "odd high"), [
                       (title, n, *map(float, (*even, *odd))) for title, rounds in series
                       for n, (even, odd) in enumerate(rounds)]))


@in_style
def verdicts(rows: Sequence[tuple[str, int, int, int]]) -> Picture:
    """Bars of ``(label, certified, refuted, undecided)``, each part with its number."""
    figure, axes = canvas(5.2, 0.8 + 0.33 * len(rows))
    kinds = (("certified", EVEN, None), ("refuted", ODD, "///"), ("undecided", LINE, None))
    left = np.zeros(len(rows))
    labels = [row[0] for row in rows][::-1]
    for part, (name, colour, hatch) in enumerate(kinds, 1):
        width = np.array([row[part] for row in rows][::-1], dtype=float)
        axes.barh(labels, width, left=left, facecolor=colour, alpha=0.55, hatch=hatch, edgecolor=colour, height=0.7,
                  label=name)
        for y, (start, count) in enumerate(zip(left, width)):
            if count:
                axes.text(start + count / 2, y, f"{count:.0f}", ha="center", va="center", fontsize=8)
        left += width
    axes.set(xlabel="nets")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(axis="y", visible=False)
    axes.tick_params(axis="y", colors=INK)
    axes.legend(fontsize=8, loc="lower center", bbox_to_anchor=(0.45, 1.0), ncols=3)
    words = "; ".join(f"{label}: {good} certified, {bad} refuted, {neither} undecided"
                      for label, good, bad, neither in rows)
    return Picture(figure, f"For each kind of net how many are certified, refuted and undecided. {words}.",
                   numbers=Numbers(("net", "certified", "refuted", "undecided"), rows))
