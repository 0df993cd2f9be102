"""A chart of one number that a net carries on: where one step makes it larger, and where smaller."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from parity_figures.picture import INK, MUTED, Numbers, Picture, canvas, in_style
from parity_lib.errors import require

LOOKS = ((INK, "-"), (INK, "--"), (MUTED, "-."))


@in_style
def drift(before: Sequence[float], series: dict[str, Sequence[float]], symbol: str = "p") -> Picture:
    """The change of a number in one step against the number before it, a line for each of up to three nets.

    ``before [points]`` rises, and each line of ``series`` holds what one step makes
    of its numbers. Where a line crosses 0 the number stays as it is. Raises
    ValueError where a line has another length, or where there are too many lines.

    Source: the fixed points of an iterated map, read off from its graph.
    """
    before = np.asarray(before, dtype=float)
    require(1 <= len(series) <= len(LOOKS), "series", list(series), f"1 to {len(LOOKS)} names")
    figure, axes = canvas(4.6, 2.7)
    axes.axhline(0, color=MUTED, linewidth=1.2)
    words, rows = [], []
    for (name, line), (colour, style) in zip(series.items(), LOOKS, strict=False):
        after = np.asarray(line, dtype=float)
        require(after.shape == before.shape, f"series[{name!r}]", after.shape, f"the shape of before, {before.shape}")
        axes.plot(before, after - before, color=colour, linestyle=style, label=name)
        words.append(f"{name}: {_directions(before, after - before)}")
        rows += [(name, float(x), float(y)) for x, y in zip(before, after, strict=True)]
    axes.set(xlabel=f"{symbol} before the step", ylabel=f"change of {symbol}", xlim=(before[0], before[-1]))
    axes.legend()
    return Picture(figure, f"How much one step changes {symbol}, against {symbol} before the step. {'; '.join(words)}.",
                   f"Above the line in the middle a step makes {symbol} larger, below it smaller.",
                   Numbers(("net", f"{symbol} before", f"{symbol} after"), rows))


def _directions(before: np.ndarray, change: np.ndarray) -> str:
    """From where to where a number grows or shrinks, in words."""
    grows = change > 0
    turns = np.flatnonzero(grows[1:] != grows[:-1])
    ends = [before[0], *((before[turns] + before[turns + 1]) / 2), before[-1]]
    ways = ["grows" if grows[place] else "shrinks" for place in (0, *(turns + 1))]
    return ", ".join(f"{way} from {low:.2f} to {high:.2f}"
                     for way, low, high in zip(ways, ends[:-1], ends[1:], strict=True))
