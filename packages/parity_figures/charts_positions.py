"""A chart of partial credit: which positions of a string a net has right, update by update."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

import numpy as np
from matplotlib.patches import Rectangle

from parity_figures.picture import MUTED, RIGHT, Numbers, Picture, canvas, in_style
from parity_lib.errors import require

SHADES = 5  # so many that the eye tells apart; equal ones side by side are drawn as one


@in_style
def right_by_position(updates: Sequence[int], runs: Mapping[str, np.ndarray]) -> Picture:
    """The share of strings that are right at each position, update by update: a panel a run, the more, the fuller.

    ``runs`` holds arrays ``[updates, positions]`` of shares; one half, a coin, is empty. Raises ValueError for others.
    """
    shapes = {np.shape(shares) for shares in runs.values()}
    require(len(shapes) == 1 and len(shape := next(iter(shapes))) == 2 and shape[0] == len(updates), "runs", shapes,
            f"arrays of one shape, {len(updates)} updates by positions")
    figure, panels = canvas(4.9, 2.7, columns=len(runs), sharey=True, squeeze=False)
    height = updates[1] - updates[0] if len(updates) > 1 else 1
    words, rows = [], []
    for axes, (name, shares) in zip(panels[0], runs.items()):
        for update, row in zip(updates, np.asarray(shares)):
            _draw_row(axes, update, height, row)
            rows += [(name, int(update), position, float(share)) for position, share in enumerate(row, 1)]
        axes.set(title=name, xlabel="position", xscale="log", xlim=(0.5, shape[1] + 0.5),
                 ylim=(updates[0] - height / 2, updates[-1] + height / 2))
        axes.set_xticks(ticks := [tick for tick in (1, 3, 10, 30, 100) if tick <= shape[1]], map(str, ticks))
        axes.set_xticks([], minor=True)
        axes.grid(visible=False)
        places = sorted({1, 2, min(5, shape[1]), shape[1]})
        words.append(f"{name}: " + ", ".join(f"position {place} {_first(updates, np.asarray(shares)[:, place - 1])}"
                                             for place in places))
    panels[0][0].set_ylabel("update")
    return Picture(figure, "The share of right answers by position of the bit and by update: a panel a run, empty "
                   "where the net answers like a coin, full where it is right in nine strings of ten or more. "
                   f"{'; '.join(words)}.",
                   "Positions on a log scale. Empty: right half of the time or less. Full: right in nine strings of "
                   "ten, or more.",
                   Numbers(("run", "update", "position", "share right"), rows))


def _draw_row(axes, update: int, height: float, row: np.ndarray) -> None:
    """Squares of a row, where neighbours of one shade are one rectangle."""
    levels = np.clip(np.floor((row - 0.5) / 0.4 * (SHADES - 1) + 1e-9), 0, SHADES - 1)
    start = 0
    for level, group in groupby(levels):
        width = len(list(group))
        if level:
            axes.add_patch(Rectangle((start + 0.5, update - height / 2), width, height, facecolor=RIGHT,
                                     alpha=level / (SHADES - 1), linewidth=0))
        start += width
    axes.axhline(update - height / 2, color=MUTED, linewidth=0.15)


def _first(updates: Sequence[int], shares: np.ndarray) -> str:
    """From when on at least nine of ten are right, in words."""
    wrong = np.flatnonzero(shares < 0.9)
    first = 0 if len(wrong) == 0 else wrong[-1] + 1
    return f"is learned by update {updates[first]}" if first < len(updates) else "is not learned"
