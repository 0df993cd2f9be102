"""Charts of how many seeds solve it, each rate with its count and its 95 % interval."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from parity_figures.picture import INK, MUTED, PAPER, SERIES, Numbers, Picture, canvas, in_style, log_steps
from parity_lib.errors import require
from parity_lib.statistics import wilson_interval

CELL_NAMES = {"tanh": "tanh", "relu": "relu", "lstm": "LSTM", "gru": "GRU"}
CELL_LOOKS = dict(zip(CELL_NAMES, SERIES))
LABEL_WORDS = {"every_step": "a label at every step", "end": "a label at the end"}
RATE_COLUMNS = ("solved", "seeds", "rate at least", "rate at most", "median steps", "lower quartile", "upper quartile")
FULLEST = 0.45  # of a filled square: the page's ink stays readable on it in both themes


def _rate_numbers(row: dict[str, Any]) -> tuple:
    """What RATE_COLUMNS names, of a condition of the grid; the rates are the ends of the 95 % interval."""
    return (row["solved"], row["seeds"], *(round(end, 4) for end in wilson_interval(row["solved"], row["seeds"])),
            row["median_steps"], *row["quartiles"])


def _rate_bars(axes: Axes, labels: Sequence[str], rows: Sequence[dict[str, Any]]) -> None:
    """A frame for all seeds, filled as far as they solved it, with the 95 % interval; the count beside it."""
    for y, row in enumerate(rows):
        rate = row["solved"] / row["seeds"]
        low, high = wilson_interval(row["solved"], row["seeds"])
        axes.barh(y, 1, height=0.62, facecolor="none", edgecolor=MUTED, linewidth=0.8)
        axes.barh(y, rate, height=0.62, color=MUTED)
        axes.plot([low, high], [y, y], color=PAPER, linewidth=4, solid_capstyle="butt")
        axes.plot([low, high], [y, y], "|-", color=INK, linewidth=1.6, markersize=7)
        axes.text(1.04, y, f"{row['solved']}/{row['seeds']}", va="center")
    axes.set(xlim=(-0.01, 1.01), xticks=[0, 0.5, 1], xticklabels=["0", "half", "all"],
             yticks=range(len(rows)), yticklabels=labels, ylim=(len(rows) - 0.45, -0.55))
    axes.tick_params(axis="y", colors=INK, length=0)
    axes.grid(visible=False)
    axes.spines[["left", "bottom"]].set_visible(False)


@in_style
def success_rates(panels: dict[str, dict[str, Sequence[tuple[object, int, int]]]], xlabel: str,
                  columns: int = 1) -> Picture:
    """Shares of runs that succeed, each with its 95 % interval.

    ``panels`` holds for each title the series to draw, and for each series rows of
    ``(label on the axis, successes, runs)``.
    """
    lines = -(-len(panels) // columns)
    figure = Figure(figsize=(4.9, 0.9 + 1.6 * lines), layout="constrained")
    grid = figure.subplots(lines, columns, sharex=True, sharey=True, squeeze=False)
    labels = list(dict.fromkeys(str(label) for series in panels.values() for rows in series.values()
                                for label, _, _ in rows))
    words = []
    for axes, (title, series) in zip(grid.flat, panels.items()):
        for place, (name, rows) in enumerate(series.items()):
            dashes, colour, marker = SERIES[place]
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
    figure.legend(handles, names, loc="outside lower center", ncols=len(names))
    numbers = [(title, name, str(label), solved, seeds, *wilson_interval(solved, seeds))
               for title, series in panels.items() for name, rows in series.items() for label, solved, seeds in rows]
    return Picture(figure, f"The share of runs that succeed against {xlabel}, a mark for each setting on a line that "
                   f"spans its 95 % interval. {'; '.join(words)}.",
                   numbers=Numbers(("panel", "series", xlabel, "solved", "seeds", "low", "high"), numbers))


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
        axes.set_title(f"{LABEL_WORDS[label]},\n{_lengths_words(lengths)}")
    for axes in panels[0]:
        axes.set_xticklabels([])
        axes.tick_params(axis="x", length=0)
    for axes in panels[1]:
        axes.set_xlabel("seeds that solved it")
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
    left.set_xlabel("seeds that solved it")
    solved = [(y, row) for y, row in enumerate(rows) if row["solved"]]
    for y, row in solved:
        right.plot(row["quartiles"], [y, y], color=INK, linewidth=3, solid_capstyle="round")
        right.plot([row["median_steps"]], [y], "o", color=INK, markeredgecolor=PAPER, markersize=7)
    if solved:
        log_steps(right, [end for _, row in solved for end in row["quartiles"]])
    else:
        right.set_xticks([])
    right.set_xlabel("steps (log scale)")
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


@in_style
def success_grid(rows: Sequence[object], columns: Sequence[object], solved: Sequence[Sequence[int | None]],
                 seeds: int | Sequence[Sequence[int]], row_name: str, column_name: str) -> Picture:
    """How many seeds solved it for each pair of settings: a table whose squares are the fuller, the more did.

    ``solved [rows][columns]`` are counts, None where nothing was run; ``seeds`` is how many were tried, one
    number for all or ``[rows][columns]``. Raises ValueError for other shapes and for counts above ``seeds``.
    """
    shape = (len(rows), len(columns))
    counts = np.array([[np.nan if count is None else count for count in row] for row in solved], dtype=float)
    require(counts.shape == shape, "solved", counts.shape, f"one count for each row and column, {shape}")
    require(np.shape(seeds) in ((), shape), "seeds", np.shape(seeds), f"one number, or {shape}")
    tried = np.broadcast_to(seeds, shape)
    require(bool(np.all(np.isnan(counts) | (counts >= 0) & (counts <= tried))), "solved", solved,
            "counts from 0 to the number of seeds")
    widest = max(len(str(row)) for row in rows)
    figure, axes = canvas(0.9 + 0.08 * widest + 0.55 * len(columns), 0.8 + 0.42 * len(rows))
    cells, words = [], []
    for (y, row), (x, column) in product(enumerate(rows), enumerate(columns)):
        if np.isnan(counts[y, x]):
            axes.text(x, y, "–", ha="center", va="center", color=MUTED)
            continue
        count, of = int(counts[y, x]), int(tried[y, x])
        axes.add_patch(Rectangle((x - 0.47, y - 0.46), 0.94, 0.92, facecolor=MUTED, alpha=FULLEST * count / of,
                                 linewidth=0))
        axes.add_patch(Rectangle((x - 0.47, y - 0.46), 0.94, 0.92, facecolor="none", edgecolor=MUTED, linewidth=0.8))
        axes.text(x, y, str(count) if np.ndim(seeds) == 0 else f"{count}/{of}", ha="center", va="center")
        cells.append((row, column, count, of, *(round(end, 4) for end in wilson_interval(count, of))))
        words.append(f"{row}, {column}: {count} of {of}")
    axes.set(xlim=(-0.55, len(columns) - 0.45), ylim=(len(rows) - 0.45, -0.55), xlabel=column_name, ylabel=row_name,
             xticks=range(len(columns)), xticklabels=columns, yticks=range(len(rows)), yticklabels=rows)
    axes.tick_params(colors=INK, length=0)
    axes.grid(visible=False)
    axes.spines[["left", "bottom"]].set_visible(False)
    each = f", of {seeds} each" if np.ndim(seeds) == 0 else ""
    return Picture(figure, f"A table of squares: how many seeds solved it{each}, by {row_name} and {column_name}; "
                   f"the more, the fuller. {'; '.join(words)}.",
                   f"How many seeds solved it{each}. A dash: not run.",
                   Numbers((row_name, column_name, "solved", "seeds", "rate at least", "rate at most"), cells))


@in_style
def lengths_present(conditions: dict[str, dict]) -> Picture:
    """For each range of lengths, "from..to": where it lies, and how many seeds solved it."""
    rows = list(conditions.values())
    figure = Figure(figsize=(4.9, 0.75 + 0.3 * len(rows)), layout="constrained")
    figure.get_layout_engine().set(wspace=0.1)
    left, right = figure.subplots(1, 2, sharey=True)
    ranges = [tuple(map(int, name.split(".."))) for name in conditions]
    for y, (start, end) in enumerate(ranges):
        left.plot([start, end], [y, y], color=MUTED, linewidth=5, solid_capstyle="butt")
        left.plot([start], [y], "|", color=INK, markersize=10, markeredgewidth=2)
    left.set(xscale="log", xlim=(0.85, 56), xlabel="lengths (log scale)")
    left.set_xticks([1, 3, 10, 50])
    left.set_xticks([], minor=True)
    left.xaxis.set_major_formatter(lambda value, _: f"{value:.0f}")
    _rate_bars(right, [f"{start} to {end}" for start, end in ranges], rows)
    left.tick_params(axis="y", colors=INK, length=0)
    left.spines["left"].set_visible(False)
    right.set_xlabel("seeds that solved it")
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
        axes.set_title(f"{LABEL_WORDS[label]},\n{_lengths_words(lengths)}")
        axes.set(ylim=(-0.04, 1.06), yticks=[0, 0.5, 1], xticks=[1, 11, 21, 31, 41])
    for axes in panels[1]:
        axes.set_xlabel("length from")
    for axes in panels[:, 0]:
        axes.set_ylabel("share right")
    figure.legend(*panels[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
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
