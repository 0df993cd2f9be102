"""Charts that show the accuracy and the hidden states of networks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from parity_figures.picture import (
    EVEN,
    INK,
    LINE,
    MUTED,
    ODD,
    RIGHT,
    WRONG,
    Numbers,
    Picture,
    canvas,
    in_style,
    log_ticks,
    panels,
)
from parity_lib.errors import require

ANSWERS = (("even", "o", EVEN), ("odd", "s", ODD))
SHADES = 5  # as many as the eye can distinguish; neighbours of one shade are drawn as one rectangle


@in_style
def accuracy_by_length(rows: Sequence[dict], title: str = "") -> Picture:
    """Plot the accuracy per bit for each range of string lengths.

    ``rows`` is ``by_length`` from the result of :func:`parity_lib.evaluate`.
    """
    figure, axes = canvas(height=2.3)
    names = [f"{row['from']}–{row['to']}" if row["to"] > row["from"] else str(row["from"]) for row in rows]
    numbers = [(name, row["bit_accuracy"]) for name, row in zip(names, rows)]
    axes.bar(*zip(*numbers), color=RIGHT, width=0.7)
    axes.axhline(0.5, color=MUTED, linestyle=":", linewidth=1.2)
    axes.set(title=title, xlabel="length of the string", ylabel="accuracy per bit", ylim=(0, 1.05))
    words = "; ".join(f"{name}: {accuracy:.2f}" for name, accuracy in numbers)
    return Picture(figure, f"Accuracy per bit by length of the string. {words}.",
                   numbers=Numbers(("length", "accuracy per bit"), numbers))


@in_style
def accuracy_by_position(updates: Sequence[int], runs: Mapping[str, np.ndarray]) -> Picture:
    """Plot the fraction of correct answers by position and update, with one panel for each run.

    ``runs`` has arrays ``[updates, positions]``. A square is empty at a fraction of one half and full from nine tenths
    on. Raises ValueError if the arrays have other shapes.
    """
    shapes = {np.shape(shares) for shares in runs.values()}
    require(len(shapes) == 1 and len(shape := next(iter(shapes))) == 2 and shape[0] == len(updates), "runs", shapes,
            f"arrays of one shape, {len(updates)} updates by positions")
    figure, places = panels(list(runs), 2.7, sharey=True)
    height, last = updates[1] - updates[0], shape[1]
    words, rows = [], []
    for axes, (name, shares) in zip(places, runs.items()):
        for update, row in zip(updates, shares):
            _draw_shares(axes, update, height, row)
            rows += [(name, int(update), position, float(share)) for position, share in enumerate(row, 1)]
        log_ticks(axes, [tick for tick in (1, 3, 10, 30, 100) if tick <= last])
        axes.set(xlabel="position", xlim=(0.5, last + 0.5), ylim=(updates[0] - height / 2, updates[-1] + height / 2))
        axes.grid(visible=False)
        words.append(f"{name}: " + ", ".join(f"position {position} {_learned(updates, shares[:, position - 1])}"
                                             for position in sorted({1, 2, min(5, last), last})))
    places[0].set_ylabel("update")
    return Picture(figure, "The share of correct answers by position of the bit and by update, with a panel for each "
                   "run: empty where the network answers as a coin would, full where it answers at least nine strings "
                   f"in ten correctly. {'; '.join(words)}.",
                   "Positions on a log scale. Empty: correct half the time or less. Full: correct for at least nine "
                   "strings in ten.",
                   Numbers(("run", "update", "position", "share correct"), rows))


def _draw_shares(axes: Axes, update: int, height: float, shares: np.ndarray) -> None:
    """Draw the accuracies of one update as a row of shaded squares.

    Neighbouring squares of the same shade are merged into one rectangle.
    """
    levels = np.clip(np.floor((shares - 0.5) / 0.4 * (SHADES - 1) + 1e-9), 0, SHADES - 1)
    start = 0
    for level, group in groupby(levels):
        width = len(list(group))
        if level:
            axes.add_patch(Rectangle((start + 0.5, update - height / 2), width, height, facecolor=RIGHT,
                                     alpha=level / (SHADES - 1), linewidth=0))
        start += width
    axes.axhline(update - height / 2, color=MUTED, linewidth=0.15)


def _learned(updates: Sequence[int], shares: np.ndarray) -> str:
    """Describe when at least 90 % of the answers become correct.

    This is the first update from which on the fraction stays that large.
    """
    wrong = np.flatnonzero(shares < 0.9)
    first = 0 if len(wrong) == 0 else wrong[-1] + 1
    return f"is learned by update {updates[first]}" if first < len(updates) else "is not learned"


@in_style
def verdicts(rows: Sequence[tuple[str, int, int, int]]) -> Picture:
    """Plot the numbers of certified, refuted and undecided networks as stacked bars.

    ``rows`` has ``(label, certified, refuted, undecided)``. Each number is written in its part of the bar.
    """
    figure, axes = canvas(height=0.8 + 0.33 * len(rows))
    labels, *counts = zip(*reversed(rows))
    left = np.zeros(len(rows))
    looks = (("certified", RIGHT, None), ("refuted", WRONG, "///"), ("undecided", MUTED, "..."))
    for (name, colour, hatch), widths in zip(looks, np.array(counts, dtype=float)):
        axes.barh(labels, widths, left=left, facecolor=colour, alpha=0.55, hatch=hatch, edgecolor=colour, height=0.7,
                  label=name)
        for y, (start, width) in enumerate(zip(left, widths)):
            if width:
                axes.text(start + width / 2, y, f"{width:.0f}", ha="center", va="center")
        left += widths
    axes.set(xlabel="networks")
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.grid(axis="y", visible=False)
    axes.tick_params(axis="y", colors=INK)
    axes.legend(loc="lower center", bbox_to_anchor=(0.45, 1.0), ncols=3)
    words = "; ".join(f"{label}: {certified} certified, {refuted} refuted, {undecided} undecided"
                      for label, certified, refuted, undecided in rows)
    return Picture(figure, f"For each kind of network, how many are certified, refuted and undecided. {words}.",
                   numbers=Numbers(("network", "certified", "refuted", "undecided"), rows))


@in_style
def states_on_ones(factors: Sequence[float], steps: int = 12) -> Picture:
    """Plot a state that is multiplied by a constant factor at each 1.

    There is a panel for each factor.
    """
    figure, places = panels([f"factor {factor:g}".replace("-", "−") for factor in factors], 2.3, sharey=True)
    count = np.arange(steps + 1)
    states = {f"factor {factor:g}": float(factor) ** count for factor in factors}
    for axes, values in zip(places, states.values()):
        axes.axhline(0, color=MUTED, linewidth=1)
        axes.plot(count, values, color=LINE, linewidth=1.2)
        for odd, (name, marker, colour) in enumerate(ANSWERS):
            axes.plot(count[odd::2], values[odd::2], marker, color=colour, label=name)
        axes.set(xlabel="ones so far", ylim=(-1.25, 1.25))
    places[0].set_ylabel("h")
    places[0].legend(loc="lower left")
    words = "; ".join(f"{name}: h goes " + ", ".join(f"{value:.2f}" for value in values[:4]) + " and so on"
                      for name, values in states.items())
    return Picture(figure, f"The state h after 0 to {steps} ones, with a dot for each even count and a square for each "
                   f"odd one. {words}. With a positive factor h moves in one direction; with a negative one it changes "
                   "its sign at each 1.",
                   numbers=Numbers(("ones so far", *states),
                                   [(number, *row) for number, row in enumerate(zip(*map(np.ndarray.tolist,
                                                                                         states.values())))]))


@in_style
def states_in_plane(rows: Sequence[tuple]) -> Picture:
    """Plot hidden states as points in a plane, with different markers for even and odd parity.

    There is a panel for each of ``rows``, which has
    ``(title, points [count, 2], odd [count], readout, names of the two axes)``. ``readout`` is None or
    ``(weights [2], bias)``, for which a line is drawn where the output is 0.
    """
    figure, places = panels([row[0] for row in rows], 2.6)
    words, numbers = [], []
    for axes, (title, points, odd, readout, axis_names) in zip(places, rows, strict=True):
        means = []
        for answer, (name, marker, colour) in enumerate(ANSWERS):
            chosen = points[odd == answer]
            axes.plot(*chosen.T, marker, color=colour, alpha=0.4, markersize=5, markeredgewidth=0, label=name)
            if len(chosen):
                means.append("{} on average at ({:.1f}, {:.1f})".format(name, *chosen.mean(axis=0)))
        low, high = points.min(axis=0), points.max(axis=0)
        margin = 0.12 * (high - low)
        axes.set(xlabel=axis_names[0], ylabel=axis_names[1], xlim=(low[0] - margin[0], high[0] + margin[0]),
                 ylim=(low[1] - margin[1], high[1] + margin[1]))
        if readout is not None:
            (a, b), bias = readout
            ends = np.array(axes.get_xlim())
            axes.plot(ends, -(a * ends + bias) / b, color=INK, linestyle="--", linewidth=1.3, label="output 0")
        words.append(f"{title}: {len(points)} states, {'; '.join(means)}"
                     + ("; a dashed line separates even from odd" if readout is not None else ""))
        numbers += [(title, float(x), float(y), ANSWERS[int(answer)][0]) for (x, y), answer in zip(points, odd)]
    places[0].legend(loc="best")
    return Picture(figure, "Hidden states as points in a plane, even ones as discs and odd ones as squares. "
                   + ". ".join(words) + ".",
                   numbers=Numbers(("panel", "coordinate 1", "coordinate 2", "answer"), numbers))


@in_style
def interval_rounds(series: Sequence[tuple[str, Sequence[tuple]]]) -> Picture:
    """Plot how the intervals of the even and the odd state grow from round to round.

    There is a panel for each of ``series``, which has ``(title, rounds)``. Each round is
    ``((low, high) of even, (low, high) of odd)``.
    """
    figure, places = panels([title for title, _ in series], 2.5, sharey=True)
    words, numbers = [], []
    for axes, (title, rounds) in zip(places, series, strict=True):
        for answer, (name, _, colour) in enumerate(ANSWERS):
            axes.fill_between(range(len(rounds)), *zip(*(pair[answer] for pair in rounds)), step="mid",
                              facecolor=colour, alpha=0.35, edgecolor=colour)
            axes.text(len(rounds) - 1, (0.04, 0.92)[answer], name, ha="right", va="center")
        axes.axhline(0.5, color=INK, linestyle="--", linewidth=1.2)
        axes.set(xlabel="round", ylim=(-0.05, 1.05))
        (even_low, even_high), (odd_low, odd_high) = rounds[-1]
        words.append(f"{title}: after {len(rounds) - 1} rounds even is {even_low:.2f} to {even_high:.2f}, "
                     f"odd {odd_low:.2f} to {odd_high:.2f}")
        numbers += [(title, number, *map(float, (*even, *odd))) for number, (even, odd) in enumerate(rounds)]
    places[0].set_ylabel("p")
    return Picture(figure, "The intervals of p after an even and after an odd count, growing round by round, with a "
                   "dashed line at one half. " + ". ".join(words) + ".",
                   numbers=Numbers(("panel", "round", "even low", "even high", "odd low", "odd high"), numbers))
