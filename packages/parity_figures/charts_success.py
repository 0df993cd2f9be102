"""Charts of success rates as they depend on one or two settings."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.patches import Rectangle

from parity_figures.picture import (
    INK,
    MUTED,
    SERIES,
    WIDTH,
    Numbers,
    Picture,
    canvas,
    in_style,
    legend_below,
    name_rows,
    panels,
)
from parity_lib.errors import require
from parity_lib.statistics import wilson_interval

FULLEST = 0.45  # opacity of a square that stands for every seed; text on it stays readable in both themes


@in_style
def success_rates(tables: dict[str, dict[str, Sequence[tuple[object, int, int]]]], xlabel: str,
                  columns: int = 1) -> Picture:
    """Plot success rates with their 95 % confidence intervals.

    ``tables`` has, for the title of each panel and the name of each series in it, rows of ``(label on the axis,
    successes, runs)``.
    """
    rows_of_panels = -(-len(tables) // columns)
    figure, grid = panels(list(tables), 1.6 + 0.9 / rows_of_panels, columns, sharex=True, sharey=True)
    figure.set_figwidth(WIDTH)
    labels = list(dict.fromkeys(str(label) for table in tables.values() for rows in table.values()
                                for label, _, _ in rows))
    words, numbers = [], []
    for axes, (title, table) in zip(grid, tables.items()):
        for place, ((name, rows), (dashes, colour, marker)) in enumerate(zip(table.items(), SERIES)):
            x = np.array([labels.index(str(label)) for label, _, _ in rows]) + 0.12 * (place - (len(table) - 1) / 2)
            intervals = [wilson_interval(solved, seeds) for _, solved, seeds in rows]
            axes.vlines(x, *zip(*intervals), color=colour, linewidth=1.4)
            axes.plot(x, [solved / seeds for _, solved, seeds in rows], marker=marker, color=colour, linestyle=dashes,
                      linewidth=1.1, markersize=5, label=name)
            words.append(f"{title}, {name}: " + ", ".join(f"{label}: {solved} of {seeds}"
                                                           for label, solved, seeds in rows))
            numbers += [(title, name, *row, *interval) for row, interval in zip(rows, intervals, strict=True)]
        axes.set(xticks=range(len(labels)), xticklabels=labels, ylim=(-0.06, 1.06), yticks=[0, 0.5, 1], xlabel=xlabel,
                 ylabel="share of successful runs")
        axes.grid(axis="x", visible=False)
        axes.label_outer()
    legend_below(figure, grid[0], len(next(iter(tables.values()))))
    return Picture(figure, f"The share of successful runs against {xlabel}; a line through each mark spans its 95 % "
                   f"interval. {'; '.join(words)}.",
                   numbers=Numbers(("panel", "series", xlabel, "solved", "seeds", "low", "high"), numbers))


@in_style
def success_grid(rows: Sequence[Any], columns: Sequence[Any], solved: Sequence[Sequence[int | None]],
                 seeds: int, row_name: str, column_name: str) -> Picture:
    """Draw a grid of success counts with darker squares for larger counts.

    There is a square for each pair of settings. ``solved [rows][columns]`` has the number of successful seeds out of
    ``seeds``, and None where nothing was run. Raises ValueError if there is not one count for each row and column or if
    a count is larger than ``seeds``.
    """
    require([len(counts) for counts in solved] == [len(columns)] * len(rows), "solved", solved,
            "one count for each row and column")
    longest_row, longest_column = (max(len(str(name)) for name in names) for names in (rows, columns))
    wide = max(0.41, 0.075 * longest_column)
    figure, axes = canvas(0.9 + 0.08 * longest_row + wide * len(columns), 0.8 + 0.42 * len(rows))
    numbers, words = [], []
    for y, (row, counts) in enumerate(zip(rows, solved)):
        for x, (column, count) in enumerate(zip(columns, counts)):
            if count is None:
                axes.text(x, y, "–", ha="center", va="center", color=MUTED)
                continue
            numbers.append((row, column, count, seeds, *(round(end, 4) for end in wilson_interval(count, seeds))))
            words.append(f"{row}, {column}: {count} of {seeds}")
            corner = x - 0.47, y - 0.46
            axes.add_patch(Rectangle(corner, 0.94, 0.92, facecolor=MUTED, alpha=FULLEST * count / seeds, linewidth=0))
            axes.add_patch(Rectangle(corner, 0.94, 0.92, facecolor="none", edgecolor=MUTED, linewidth=0.8))
            axes.text(x, y, str(count), ha="center", va="center")
    axes.set(xlim=(-0.55, len(columns) - 0.45), xlabel=column_name, ylabel=row_name, xticks=range(len(columns)),
             xticklabels=columns)
    name_rows(axes, rows, 0.55)
    axes.tick_params(colors=INK, length=0)
    axes.grid(visible=False)
    axes.spines[["left", "bottom"]].set_visible(False)
    return Picture(figure, f"A table of squares: the number of successful runs out of {seeds}, by {row_name} and "
                   f"{column_name}. A larger number has a darker square. {'; '.join(words)}.",
                   f"The number of successful runs out of {seeds}."
                   + " A dash marks what was not run." * any(None in counts for counts in solved),
                   Numbers((row_name, column_name, "solved", "seeds", "rate at least", "rate at most"), numbers))


@in_style
def success_curve(points: Sequence[tuple[str, float, int, int]], xlabel: str,
                  curve: Callable[[np.ndarray], np.ndarray]) -> Picture:
    """Plot success rates with their 95 % confidence intervals against a number, along with a predicted curve.

    ``points`` has ``(group, number, successes, runs)`` from up to six groups. The axis of the numbers is logarithmic.
    ``curve`` maps numbers to predicted rates and is drawn dashed. Raises ValueError for numbers that are not positive
    and for more than six groups.
    """
    groups = list(dict.fromkeys(group for group, *_ in points))
    require(0 < len(groups) <= len(SERIES), "points", groups, f"points of 1 to {len(SERIES)} groups")
    require(all(number > 0 for _, number, _, _ in points), "points", points, "numbers above 0")
    figure, axes = canvas(height=3.6)
    for group, (_, colour, marker) in zip(groups, SERIES):
        members = [(x, solved / seeds, *wilson_interval(solved, seeds)) for name, x, solved, seeds in points
                   if name == group]
        x, rates, low, high = np.array(members).T
        axes.vlines(x, low, high, color=colour, linewidth=1)
        axes.plot(x, rates, marker, color=colour, markersize=5, label=group)
    numbers = np.array([number for _, number, _, _ in points])
    grid = np.geomspace(numbers.min(), numbers.max(), 200)
    axes.plot(grid, curve(grid), color=INK, linestyle="--", linewidth=1.2, label="fitted curve")
    axes.set(xscale="log", ylim=(-0.04, 1.04), yticks=[0, 0.5, 1], xlabel=f"{xlabel} (log scale)",
             ylabel="share of successful runs")
    legend_below(figure, axes, 2)
    words = "; ".join(f"{group}, {number:.2g}: {solved} of {seeds}" for group, number, solved, seeds in points)
    return Picture(figure, f"Points with 95 % intervals: the share of successful runs against {xlabel}, on a "
                   f"logarithmic scale, and a dashed S-shaped curve that was fitted to half of them. {words}.",
                   numbers=Numbers(("group", xlabel, "solved", "seeds"), points))
