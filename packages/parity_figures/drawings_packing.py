"""A drawing of how strings of different lengths are packed: padded, sorted, and laid in one row."""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_uppercase

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle

from parity_figures.drawings import blank
from parity_figures.picture import INK, MUTED, PAPER, Picture, in_style
from parity_lib.errors import require

MOST = 24    # squares in the one row
INCH = 0.31  # a square, wide enough for its two letters


@in_style
def packing(lengths: Sequence[int]) -> Picture:
    """Strings of these lengths: padded to a rectangle, sorted, and packed column by column into one row.

    Each square has the letter of its string and the number of its step. Raises
    ValueError where there are more squares than the row can hold.

    Source: the layout of ``torch.nn.utils.rnn.PackedSequence``, its ``data`` and its ``batch_sizes``.
    """
    lengths = np.asarray(lengths)
    steps, count, total = int(lengths.max()), len(lengths), int(lengths.sum())
    require(1 <= lengths.min() and total <= MOST, "lengths", lengths.tolist(), f"from 1 on, {MOST} in all")
    order = np.argsort(-lengths, kind="stable")
    sizes = [int((lengths > t).sum()) for t in range(steps)]
    flat = [(int(row), t) for t, size in enumerate(sizes) for row in order[:size]]

    heights = (count + 1.1, count + 2.2, 3.0)
    width = total + 0.1
    across = max(4.9, INCH * width)
    figure = Figure(figsize=(across, across * sum(heights) / width + 0.2), layout="constrained")
    places = figure.subplots(3, 1, height_ratios=heights)
    for axes, rows, title in ((places[0], range(count), f"1. padded: {count} × {steps} squares"),
                              (places[1], order, "2. sorted from long to short")):
        bottom = -1.1 if axes is places[1] else 0
        blank(axes, total, count + 1.1, -0.1, bottom)
        axes.text(-0.1, count + 0.35, title, fontweight="bold")
        for place, row in enumerate(rows):
            y = count - 1 - place
            axes.text(steps + 0.35, y + 0.5, f"length {lengths[row]}", ha="left", va="center", color=MUTED)
            for t in range(steps):
                if t < lengths[row]:
                    _square(axes, t, y, row, t)
                elif axes is places[0]:
                    axes.add_patch(Circle((t + 0.5, y + 0.5), 0.08, color=MUTED))
    for t, size in enumerate(sizes):
        places[1].text(t + 0.5, -0.5, str(size), ha="center", va="center", fontweight="bold")
    places[1].text(steps + 0.35, -0.5, "batch_sizes: strings still running", ha="left", va="center",
                   color=MUTED)
    row_of_all = places[2]
    blank(row_of_all, total, 2.1, -0.1, -0.9)
    row_of_all.text(-0.1, 1.45, f"3. packed: {total} squares in one row, column after column", fontweight="bold")
    for number, (row, t) in enumerate(flat):
        _square(row_of_all, number, 0, row, t)
        row_of_all.text(number + 0.5, -0.4, str(number), ha="center", va="center", color=MUTED)
    for start in np.cumsum([0, *sizes]):
        row_of_all.plot([start, start], [-0.08, 1.08], color=INK, linewidth=1.6)
    names = ", ".join(f"{_name(row)} {lengths[row]}" for row in range(count))
    columns = "; ".join(" ".join(f"{_name(row)}{t + 1}" for row in order[:size]) for t, size in enumerate(sizes))
    return Picture(figure, f"First: strings with lengths {names} as rows, filled up with padding to {steps}, drawn as "
                   f"dots. Second: the same rows sorted from long to short, {', '.join(_name(row) for row in order)}, "
                   f"without padding; under each column the batch size, the number of strings that still run: "
                   f"{', '.join(map(str, sizes))}. Third: the columns one after the other in one row, numbered from 0 "
                   f"to {total - 1}: {columns}.",
                   "A1 is step 1 of string A. Thick lines separate the time steps.")


def _name(row: int) -> str:
    return ascii_uppercase[row]


def _square(axes: Axes, x: float, y: float, row: int, t: int) -> None:
    """One bit of a string, with the string's letter and the number of its step."""
    axes.add_patch(Rectangle((x + 0.04, y + 0.04), 0.92, 0.92, facecolor=PAPER, edgecolor=MUTED, linewidth=0.8))
    axes.text(x + 0.5, y + 0.48, f"{_name(row)}{t + 1}", ha="center", va="center")
