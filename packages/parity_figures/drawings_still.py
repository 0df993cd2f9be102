"""What an interactive figure shows at first, as a still drawing: for paper, and where no script runs.

The words for those who do not see one are the figure's own sentence, ``alt``.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from parity_figures.drawings import arrow, blank, node
from parity_figures.picture import EVEN, INK, MUTED, ODD, PAPER, Picture, canvas, in_style

MOST_NUMBERS = 2    # of a state in a box; a larger state ends in dots
GAP = 1.7           # between two time steps
INCH = 0.5          # a unit of these two drawings, so that a box holds its numbers however many there are


def _box(axes: Axes, x: float, y: float, text: str, colour: str, half: tuple[float, float] = (0.56, 0.4)) -> None:
    """A box with round corners around a point, and a text of one or more lines in it."""
    width, height = half
    axes.add_patch(FancyBboxPatch((x - width, y - height), 2 * width, 2 * height, facecolor=PAPER, edgecolor=colour,
                                  linewidth=2, boxstyle="round,pad=0,rounding_size=0.16"))
    axes.text(x, y, text, ha="center", va="center", linespacing=1.3)


def _answer(axes: Axes, x: float, y: float, odd: bool) -> None:
    _box(axes, x, y, "odd" if odd else "even", ODD if odd else EVEN, (0.52, 0.3))


def _numbers(state: Sequence[float]) -> str:
    lines = [f"{value + 0.0:.2f}".replace("-", "−") for value in np.round(state[:MOST_NUMBERS], 2)]
    return "\n".join([*lines, "⋮"] if len(state) > MOST_NUMBERS else lines)


@in_style
def bits_read(bits: str, states: np.ndarray, odd: Sequence[bool], alt: str) -> Picture:
    """A net unrolled over ``bits``: what it reads, its ``states [steps + 1, hidden]``, and whether it says odd."""
    half = (0.56, 0.62 if states.shape[1] > MOST_NUMBERS else 0.4)
    width = GAP * len(bits) + 1.7
    figure, axes = canvas(INCH * width, INCH * 4.6)
    blank(axes, width - 0.75, 4.35, -0.95, -0.25)
    _box(axes, 0, 2.05, _numbers(states[0]), MUTED, half)
    for step, (bit, state, answer) in enumerate(zip(bits, states[1:], odd, strict=True), 1):
        x = GAP * step
        node(axes, x, 0.35, bit, INK, 0.36)
        _box(axes, x, 2.05, _numbers(state), INK, half)
        _answer(axes, x, 3.75, answer)
        arrow(axes, (x, 0.72), (x, 2.05 - half[1]))
        arrow(axes, (x, 2.05 + half[1]), (x, 3.44))
        arrow(axes, (x - GAP + half[0], 2.05), (x - half[0], 2.05))
    for y, word in ((0.35, "reads"), (1.15, "$h_0$"), (3.75, "says")):
        axes.text(0, y, word, ha="center", va="center", color=MUTED)
    return Picture(figure, alt)


@in_style
def bits_answered(bits: str, alt: str) -> Picture:
    """A reader in the network's place: to each bit an answer, which is carried on to the next; the last is open."""
    width = GAP * len(bits) + 0.6
    figure, axes = canvas(INCH * width, INCH * 3.2)
    blank(axes, width - 0.3, 2.95, -0.95, -0.25)
    axes.text(-0.15, 0.35, "bit", ha="center", va="center", color=MUTED)
    axes.text(-0.15, 1.9, "odd so\nfar?", ha="center", va="center", color=MUTED)
    ones = 0
    for step, bit in enumerate(bits, 1):
        x, ones = GAP * step - 0.4, ones + int(bit)
        last = step == len(bits)
        node(axes, x, 0.35, bit, INK, 0.36)
        arrow(axes, (x, 0.72), (x, 1.58))
        if last:
            _box(axes, x, 1.9, "you?", MUTED, (0.52, 0.3))
        else:
            _answer(axes, x, 1.9, ones % 2 == 1)
            arrow(axes, (x + 0.53, 1.9), (x + GAP - 0.53, 1.9))
    return Picture(figure, alt)


@in_style
def training_loop(strings: str, network: str, loss: str, update: str, alt: str) -> Picture:
    """What happens in training again and again: strings go through a network to a loss, which changes its weights."""
    figure, axes = canvas(6.3, 2.15)
    blank(axes, 12.2, 3.95, -0.1, 0)
    parts = ((1.85, strings, MUTED), (6.05, network, INK), (10.25, loss, MUTED))
    for x, text, colour in parts:
        _box(axes, x, 3.0, text, colour, (1.85, 0.85))
    for (left, _, _), (right, _, _) in pairwise(parts):
        arrow(axes, (left + 1.87, 3.0), (right - 1.87, 3.0))
    _box(axes, 6.05, 0.7, update, MUTED, (1.7, 0.6))
    axes.plot([10.25, 10.25], [2.13, 0.7], color=MUTED, linewidth=1.3)
    arrow(axes, (10.25, 0.7), (7.77, 0.7))
    arrow(axes, (6.05, 1.32), (6.05, 2.13))
    axes.text(9.05, 0.95, "gradient", ha="center", color=MUTED)
    axes.text(1.85, 0.7, "again and again", ha="center", va="center", color=MUTED)
    return Picture(figure, alt)


@in_style
def return_map(p: np.ndarray, after: tuple[np.ndarray, np.ndarray], path: Sequence[float],
               intervals: tuple[tuple[float, float], tuple[float, float]] | None, alt: str) -> Picture:
    """The next p against ``p [n]`` ``after`` a 0 and after a 1 (``[n]`` each), with the ``path`` of p as a cobweb.

    ``intervals`` of p, after even and after odd counts, are bars along the axis.
    """
    figure, axes = canvas(4.4, 3.9)
    axes.plot(p, p, ":", color=MUTED, linewidth=1.2)
    for curve, style, bit in zip(after, ("-", "--"), (0, 1)):
        axes.plot(p, curve, style, color=INK)
        axes.annotate(f"after a {bit}", (p[-1], curve[-1]), xytext=(-3, -14 if bit == 0 else 22), ha="right",
                      textcoords="offset points", color=MUTED)
    places = [(path[0], path[0])]
    for before, next_one in pairwise(path):
        places += [(before, next_one), (next_one, next_one)]
    axes.plot(*zip(*places), color=MUTED, linewidth=2.4)
    axes.plot(*places[-1], "o", color=MUTED)
    for (low, high), colour, name in zip(intervals or (), (EVEN, ODD), ("even", "odd")):
        axes.plot([low, high], [-0.06, -0.06], color=colour, linewidth=7, solid_capstyle="butt")
        axes.text(high + 0.02, -0.06, name, va="center", color=INK)
    for half in (axes.axhline, axes.axvline):
        half(0.5, color=MUTED, linestyle="--", linewidth=1)
    axes.set(xlabel="p", ylabel="next p", xlim=(p[0], p[-1]), ylim=(p[0], p[-1]), xticks=[0, 0.5, 1],
             yticks=[0, 0.5, 1], aspect="equal")
    axes.grid(False)
    return Picture(figure, alt)
