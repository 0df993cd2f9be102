"""Charts of success rates and of the number of updates that training runs need."""

from collections.abc import Sequence
from itertools import count
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from parity_figures.picture import (
    INK,
    LINE_STYLES,
    MUTED,
    PAPER,
    WIDTH,
    Numbers,
    Picture,
    canvas,
    in_style,
    log_steps,
    name_lines,
    name_rows,
    panels,
)
from parity_lib.statistics import updates_to_solve, wilson_interval

CELL_NAMES = {"tanh": "tanh", "relu": "relu", "lstm": "LSTM", "gru": "GRU"}
LABEL_WORDS = {"every_step": "A label at every step", "end": "A label at the end"}
RATE_COLUMNS = ("solved", "seeds", "rate at least", "rate at most", "a quarter solved by update",
                "half solved by update", "three quarters solved by update")
THIN_AND_THICK = ({"color": MUTED, "linewidth": 1.6, "alpha": 0.75}, {"color": INK, "linewidth": 2.8})

Condition = dict[str, Any]      # how many seeds solved a condition of an experiment, and after how many updates


def _quartiles(row: Condition) -> list[int | None]:
    """Return how many updates it took 25 %, 50 % and 75 % of seeds to succeed, with None for a share not reached."""
    return [updates_to_solve(row["steps"], share) for share in (0.25, 0.5, 0.75)]


def _rate_numbers(row: Condition) -> tuple:
    """Return one condition's values for the columns in ``RATE_COLUMNS``."""
    return (row["solved"], row["seeds"], *(round(end, 4) for end in wilson_interval(row["solved"], row["seeds"])),
            *_quartiles(row))


def _draw_rates(axes: Axes, conditions: dict[str, Condition]) -> None:
    """Draw the success rate of each condition as a horizontal bar with its 95 % interval and the counts."""
    for y, row in enumerate(conditions.values()):
        low, high = wilson_interval(row["solved"], row["seeds"])
        axes.barh(y, 1, height=0.62, facecolor="none", edgecolor=MUTED, linewidth=0.8)
        axes.barh(y, row["solved"] / row["seeds"], height=0.62, color=MUTED)
        axes.plot([low, high], [y, y], color=PAPER, linewidth=4, solid_capstyle="butt")
        axes.plot([low, high], [y, y], "|-", color=INK, linewidth=1.6, markersize=7)
        axes.text(1.04, y, f"{row['solved']}/{row['seeds']}", va="center")
    axes.set(xlim=(-0.01, 1.01), xticks=[0, 0.5, 1], xticklabels=["0", "half", "all"],
             xlabel="share of successful runs")
    name_rows(axes, list(conditions), 0.55)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False)
    axes.spines[["left", "bottom"]].set_visible(False)


@in_style
def rates(conditions: dict[str, Condition], name: str = "run") -> Picture:
    """Plot how many seeds succeeded under each condition, with the median number of updates of all seeds on the right.

    ``name`` says what distinguishes the conditions; it heads their column in the table of numbers.
    """
    figure = Figure(figsize=(WIDTH - 0.1, 0.85 + 0.3 * len(conditions)), layout="constrained")
    axes = figure.subplots()
    _draw_rates(axes, conditions)
    medians = [_quartiles(row)[1] for row in conditions.values()]
    for y, text in enumerate(["median updates", *(f"{median:,}" if median else "–" for median in medians)], start=-1):
        axes.annotate(text, (1, y), (94, 0), textcoords="offset points", ha="right", va="center",
                      annotation_clip=False)
    words = "; ".join(f"{label}: {row['solved']} of {row['seeds']}"
                      + (f", half of all by update {median:,}" if median else "")
                      for (label, row), median in zip(conditions.items(), medians, strict=True))
    return Picture(figure, "A row for each condition: a bar that is filled by the share of successful runs, with "
                   f"the 95 % interval, and the median number of updates. {words}.",
                   "Lines: 95 % interval of the success rate. The median is over all seeds (–: fewer than half "
                   "succeeded).",
                   Numbers((name, *RATE_COLUMNS),
                           [(label, *_rate_numbers(row)) for label, row in conditions.items()]))


@in_style
def two_by_two(conditions: dict[str, Condition]) -> Picture:
    """Plot how many seeds solved each of the four versions of OpenAI's parity task, with a panel for each.

    The conditions are named "label, lengths, cell". The bold title of a panel in which no seed succeeded calls it the
    empty panel.
    """
    quadrants: dict[str, dict[str, Condition]] = {}
    for name, row in conditions.items():
        label, lengths, cell = name.split(", ")
        panel = f"{LABEL_WORDS[label]}, {lengths.replace('..', ' to ')} bits"
        quadrants.setdefault(panel, {})[CELL_NAMES[cell]] = row
    figure = Figure(figsize=(WIDTH, 4), layout="constrained")
    figure.set_layout_engine("constrained", hspace=0.06, wspace=0.08)
    words, rows = [], []
    for axes, (name, cells) in zip(figure.subplots(2, 2, sharex=True, sharey=True).flatten(), quadrants.items(),
                                   strict=True):
        _draw_rates(axes, cells)
        title, empty = name[0].lower() + name[1:].replace(", ", ",\n"), not any(row["solved"] for row in cells.values())
        axes.set_title(title + ": the empty panel" * empty, fontweight="bold" if empty else "normal")
        axes.tick_params(axis="x", length=0)
        axes.label_outer()
        words.append(f"{name}: " + ", ".join(f"{cell} {row['solved']} of {row['seeds']}"
                                             for cell, row in cells.items()))
        rows += [(name, cell, *_rate_numbers(row)) for cell, row in cells.items()]
    return Picture(figure, "Four panels of bars, filled by the share of successful runs. "
                   f"{'. '.join(words)}. A line across the end of each bar is the 95 % interval of the rate.",
                   "Bars: success rate of each kind of network. Lines: 95 % interval.",
                   Numbers(("task", "network", *RATE_COLUMNS), rows))


@in_style
def steps_to_solve(rows: Sequence[tuple[str, Sequence[int | None], int]]) -> Picture:
    """Plot the update at which each seed solved the task.

    A cross at the cap stands for the seeds that did not solve it. ``rows`` has ``(label, update or None for each seed,
    cap)``.
    """
    figure, axes = canvas(height=0.9 + 0.55 * len(rows))
    for y, (_, steps, cap) in enumerate(rows):
        heights, known = y + np.linspace(0.23, -0.23, len(steps)), np.array([step is not None for step in steps])
        axes.plot([step for step in steps if step is not None], heights[known], "o", color=INK, alpha=0.75)
        if stopped := sum(~known):
            axes.plot([cap], [y], "x", color=INK, markersize=8)
            axes.annotate(f"{stopped} stopped", (cap, y), (-9, 0), textcoords="offset points", ha="right", va="center")
    counts = [f"{sum(step is not None for step in steps)} of {len(steps)}" for _, steps, _ in rows]
    name_rows(axes, [f"{label}\n{count}" for (label, _, _), count in zip(rows, counts)])
    axes.set_xlabel("updates until all were correct (log scale)")
    log_steps(axes, [step or cap for _, steps, cap in rows for step in steps])
    words = "; ".join(f"{label}: {count}" for (label, _, _), count in zip(rows, counts))
    return Picture(figure, "A dot for each run at the update at which it succeeded, and a cross at the cap for "
                   f"those that did not. Successful: {words}.",
                   numbers=Numbers(("run", "seed", "solved at update"), [
                       (label, seed, step) for label, steps, _ in rows for seed, step in enumerate(steps)]))


@in_style
def success_rates(tables: dict[str, dict[str, Sequence[tuple[object, int, int]]]], xlabel: str, *,
                  thick: Sequence[str] = ()) -> Picture:
    """Plot success rates with their 95 % confidence intervals.

    ``tables`` has, for the title of each panel and the name of each series in it, rows of ``(label on the axis,
    successes, runs)``. If ``thick`` names series, their lines are thick and those of the others thin and muted, and
    only the table of numbers has the intervals.
    """
    (figure, *more), grid = panels(list(tables), 2.4)
    labels = list(dict.fromkeys(str(label) for table in tables.values() for rows in table.values()
                                for label, _, _ in rows))
    words, numbers = [], []
    for axes, (title, table) in zip(grid, tables.items()):
        for place, (name, rows), (dashes, colour, _), marker in zip(count(), table.items(), LINE_STYLES, "^vDPX<"):
            x = np.array([labels.index(str(label)) for label, _, _ in rows], dtype=float)
            intervals = [wilson_interval(solved, seeds) for _, solved, seeds in rows]
            look: dict[str, Any] = {"color": colour, "linestyle": dashes, "linewidth": 1.1, "marker": marker}
            if thick:
                look = {"linestyle": dashes} | THIN_AND_THICK[name in thick]
            else:
                x += 0.12 * (place - (len(table) - 1) / 2)
                axes.vlines(x, *zip(*intervals), color=colour, linewidth=1.4)
            axes.plot(x, [solved / seeds for _, solved, seeds in rows], markersize=5, label=name, **look)
            words.append(f"{title}, {name}: ".removeprefix(", ") + ", ".join(f"{label}: {solved} of {seeds}"
                                                           for label, solved, seeds in rows))
            numbers += [(title, name, *row, *interval) for row, interval in zip(rows, intervals, strict=True)]
        axes.set(xticks=range(len(labels)), xticklabels=labels, ylim=(-0.06, 1.22), yticks=[0, 0.5, 1],
                 yticklabels=["none", "half", "all"], xlabel=xlabel, ylabel="successful runs")
        axes.grid(axis="x", visible=bool(thick))
        name_lines(axes)
    return Picture(figure, f"The share of successful runs against {xlabel}"
                   f"{'' if thick else '; a line through each mark spans its 95 % interval'}. {'; '.join(words)}.",
                   numbers=Numbers(("panel", "series", xlabel, "solved", "seeds", "low", "high"), numbers), more=more)
