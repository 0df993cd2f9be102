"""Drawings: how a network, a cell, a batch or a state machine is made. They show no measurement."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle, FancyArrowPatch, Rectangle

from parity_figures.picture import EVEN, INK, MUTED, ODD, PAPER, Picture, canvas, in_style


def blank(axes: Axes, width: float, height: float, left: float = 0.0, bottom: float = 0.0) -> None:
    axes.set(xlim=(left, width), ylim=(bottom, height), aspect="equal")
    axes.axis("off")


def arrow(axes: Axes, start, end, label: str = "", shift=(0.0, 0.0), curve: float = 0.0) -> None:
    arrow = FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=11, color=MUTED, linewidth=1.3,
                            shrinkA=0, shrinkB=0, connectionstyle=f"arc3,rad={curve}")
    axes.add_patch(arrow)
    middle = (np.add(start, end) / 2) + shift
    axes.text(*middle, label, ha="center", va="center", color=INK)


def node(axes: Axes, x: float, y: float, label: str, colour: str, radius: float = 0.32) -> None:
    axes.add_patch(Circle((x, y), radius, facecolor=PAPER, edgecolor=colour, linewidth=2))
    axes.text(x, y, label, ha="center", va="center")


def _column(axes: Axes, x: float, step: str) -> None:
    """One time step: input below, hidden state in the middle, output above."""
    node(axes, x, 0.4, f"$x_{{{step}}}$" if step else "$x$", MUTED)
    node(axes, x, 1.7, f"$h_{{{step}}}$" if step else "$h$", INK)
    node(axes, x, 3.0, f"$o_{{{step}}}$" if step else "$o$", MUTED)
    arrow(axes, (x, 0.72), (x, 1.38), "$U$", (0.2, 0))
    arrow(axes, (x, 2.02), (x, 2.68), "$W$", (0.22, 0))


@in_style
def unrolled() -> Picture:
    """The network with its loop, and the same network with one copy a time step."""
    figure, axes = canvas(4.9, 2.4)
    blank(axes, 8.6, 3.5, -0.2, -0.1)
    _column(axes, 0.9, "")
    loop = FancyArrowPatch((0.62, 1.88), (0.62, 1.52), arrowstyle="-|>", mutation_scale=11, color=MUTED,
                           linewidth=1.3, connectionstyle="arc3,rad=2.6", shrinkA=0, shrinkB=0)
    axes.add_patch(loop)
    axes.text(-0.02, 1.7, "$V$", ha="center", va="center")
    axes.text(2.05, 1.7, "unroll\n" + r"$\longrightarrow$", ha="center", va="center", color=MUTED)
    node(axes, 3.2, 1.7, "$h_0$", MUTED)
    for index, x in enumerate((4.6, 6.0, 7.4)):
        _column(axes, x, "123"[index])
        arrow(axes, (x - 1.08, 1.7), (x - 0.32, 1.7), "$V$", (0, 0.2))
    arrow(axes, (7.72, 1.7), (8.3, 1.7))
    axes.text(8.45, 1.7, "…", ha="center", va="center", color=MUTED)
    return Picture(figure, "Left: input x, hidden state h and output o, with an arrow V from h back to itself. "
                   "Right: the same network drawn once for each time step. x at step t feeds h at step t through U, "
                   "h feeds the next h through V, and h feeds o through W. The same U, V and W stand at every step, "
                   "and h 0 comes before the first.",
                   "Folded and unrolled: one network, three time steps, the same three matrices.")


def cells(axes: Axes, rows: np.ndarray, top: float, colours=(PAPER, INK), mask: np.ndarray | None = None) -> None:
    """A row of squares a string: 0 is empty, 1 is filled, padding is a small dot."""
    for i, row in enumerate(rows):
        for t, bit in enumerate(row):
            x, y = t, top - i
            if mask is not None and not mask[i, t]:
                axes.add_patch(Circle((x + 0.5, y + 0.5), 0.06, color=MUTED))
                continue
            axes.add_patch(Rectangle((x + 0.06, y + 0.06), 0.88, 0.88, facecolor=colours[int(bit)],
                                     edgecolor=MUTED, linewidth=0.8))
            axes.text(x + 0.5, y + 0.48, str(int(bit)), ha="center", va="center", fontweight="bold",
                      color=PAPER if bit else MUTED)


@in_style
def strings_and_labels(bits: np.ndarray, parity: np.ndarray, mask: np.ndarray | None = None) -> Picture:
    """Bits and their labels, ``[batch, steps]`` each, a row of squares a string."""
    count, steps = bits.shape
    height = 2 * count + 2.4
    figure, axes = canvas(4.9, 5.0 * height / steps)
    blank(axes, steps, height)
    cells(axes, bits, 2 * count + 0.2, mask=mask)
    cells(axes, parity, count - 1, (PAPER, ODD), mask=mask)
    axes.text(0, 2 * count + 1.4, "inputs: the bits", va="bottom", fontweight="bold")
    axes.text(0, count + 0.2, "targets: odd so far?", va="bottom", fontweight="bold")
    words = "; ".join("".join(map(str, row)) for row in bits[:3, :12])
    padding = " Padding is drawn as dots." if mask is not None else ""
    return Picture(figure, f"{count} strings of {steps} steps as rows of squares (the first begin {words}). Below them "
                   "the labels: a label square is filled where the count of ones up to that step is odd, so it "
                   f"changes exactly under each 1.{padding}")


@in_style
def one_unit() -> Picture:
    """What one unit would have to do: x = 0 keeps even and odd on their sides, x = 1 swaps them."""
    figure, pair = canvas(4.9, 2.5, columns=2, sharey=True)
    for axes, title, after in ((pair[0], "x = 0", (-0.6, 0.6)), (pair[1], "x = 1", (0.6, -0.6))):
        axes.axhline(0, color=INK, linestyle="--", linewidth=1)
        axes.axvline(0, color=INK, linestyle="--", linewidth=1)
        for x, y, colour, marker, name in zip((-0.6, 0.6), after, (EVEN, ODD), "os", ("even", "odd"), strict=True):
            axes.plot([x], [y], marker, color=colour, markersize=8)
            target = name if after[0] < 0 else {"even": "odd", "odd": "even"}[name]
            axes.annotate(f"{name} → {target}", (x, y), (x, y - 0.32), ha="center", color=INK)
        axes.set(title=title, xlabel="h before", xticks=[], yticks=[], xlim=(-1.2, 1.2), ylim=(-1.2, 1.2))
    pair[0].set_ylabel("h after")
    return Picture(figure, "Two plots of the hidden value after a step against the value before, with the threshold as "
                   "dashed lines. For x = 0 the even value, below the threshold, stays below, and the odd value, above "
                   "it, stays above. For x = 1 the even value goes above, and the odd value goes below.",
                   "Where one step has to take the two values. Dashed: the threshold between even and odd.")


def _valve(axes: Axes, x: float, y: float, gate: str, below: bool = False) -> None:
    """A gate on a line: a circle with a multiplication sign, and the gate's letter in a square beside it."""
    side = -1 if below else 1
    node(axes, x, y, "×", INK, 0.26)
    half = 0.5 if len(gate) > 3 else 0.38
    axes.add_patch(Rectangle((x - half, y + side * 1.05 - 0.24), 2 * half, 0.48, facecolor=PAPER, edgecolor=INK,
                             linewidth=2))
    axes.text(x, y + side * 1.05, gate, ha="center", va="center")
    arrow(axes, (x, y + side * 0.8), (x, y + side * 0.27))


def _line(axes: Axes, *points: tuple[float, float]) -> None:
    """A line through some points, with an arrow at its end."""
    *_, before, last = points
    axes.plot(*zip(*points[:-1]), color=MUTED, linewidth=1.3, solid_capstyle="butt")
    arrow(axes, before, last)


@in_style
def gru_cell() -> Picture:
    """One step of a GRU as a line on which the memory travels, and the gates as valves on it."""
    figure, axes = canvas(4.9, 2.75)
    blank(axes, 9.3, 4.7, -0.75, -0.05)
    _line(axes, (0.15, 3.2), (3.34, 3.2))
    _line(axes, (3.86, 3.2), (6.34, 3.2))
    _line(axes, (6.86, 3.2), (8.2, 3.2))
    node(axes, -0.25, 3.2, "$h_{t-1}$", INK, 0.42)
    node(axes, 8.6, 3.2, "$h_t$", INK, 0.42)
    _valve(axes, 3.6, 3.2, "$z$")
    node(axes, 6.6, 3.2, "+", INK, 0.26)
    _line(axes, (0.9, 3.2), (0.9, 1.4), (1.44, 1.4))
    _valve(axes, 1.7, 1.4, "$r$", below=True)
    _line(axes, (1.96, 1.4), (3.38, 1.4))
    node(axes, 3.75, 1.4, "$n$", MUTED, 0.37)
    _line(axes, (3.75, 0.72), (3.75, 1.03))
    node(axes, 3.75, 0.36, "$x_t$", MUTED, 0.36)
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
    figure, axes = canvas(4.9, 2.75)
    blank(axes, 9.3, 4.7, -0.75, -0.05)
    node(axes, -0.25, 3.2, "$c_{t-1}$", INK, 0.42)
    _line(axes, (0.17, 3.2), (1.64, 3.2))
    _valve(axes, 1.9, 3.2, "$f$")
    _line(axes, (2.16, 3.2), (3.94, 3.2))
    node(axes, 4.2, 3.2, "+", INK, 0.26)
    _line(axes, (4.46, 3.2), (8.18, 3.2))
    node(axes, 8.6, 3.2, "$c_t$", INK, 0.42)
    node(axes, -0.25, 1.4, "$h_{t-1}$", INK, 0.42)
    _line(axes, (0.17, 1.4), (1.53, 1.4))
    node(axes, 1.9, 1.4, "$g$", MUTED, 0.37)
    node(axes, 1.9, 0.36, "$x_t$", MUTED, 0.36)
    _line(axes, (1.9, 0.72), (1.9, 1.03))
    _line(axes, (2.27, 1.4), (2.84, 1.4))
    _valve(axes, 3.1, 1.4, "$i$", below=True)
    _line(axes, (3.36, 1.4), (4.2, 1.4), (4.2, 2.94))
    _line(axes, (5.6, 3.2), (5.6, 1.77))
    node(axes, 5.6, 1.4, "tanh", MUTED, 0.45)
    _line(axes, (6.05, 1.4), (6.74, 1.4))
    _valve(axes, 7.0, 1.4, "$o$", below=True)
    _line(axes, (7.26, 1.4), (8.18, 1.4))
    node(axes, 8.6, 1.4, "$h_t$", INK, 0.42)
    for x, y, word in ((1.0, 3.36, "keep"), (4.35, 2.2, "write"), (5.75, 2.5, "show")):
        axes.text(x, y, word, color=MUTED, ha="center" if word == "keep" else "left", va="bottom")
    return Picture(figure, "The old cell state c at t minus 1 travels along a line to the new cell state c at t. On "
                   "the line the gate f scales it. Below, the old hidden state h and the input x go into the "
                   "candidate g, which is scaled by the gate i and added to the line. From the new cell state a "
                   "branch goes through tanh and is scaled by the gate o; that is the new hidden state h at t.",
                   "An LSTM. Squares are gates: each is a sigmoid of the input and the old hidden state.")


@in_style
def machines(panels: Sequence[tuple]) -> Picture:
    """State machines, a panel each ``(title, successors [states, 2], odd [states])``: an arrow a bit.

    State 0 is the start. A few states only: all orders of them are tried.
    """
    figure, places = canvas(min(4.9, 2.7 * len(panels)), 2.6, columns=len(panels), squeeze=False)
    words = []
    for axes, (title, successors, odd) in zip(places[0], panels, strict=True):
        count = len(odd)
        at = around_a_circle(successors)
        blank(axes, 2.6, 2.9, -2.9, -2.9)
        axes.set_title(title)
        for state in range(count):
            for target in sorted(set(successors[state].tolist())):
                label = " and ".join(str(bit) for bit in (0, 1) if successors[state][bit] == target)
                _edge(axes, at[state], at[target], label.replace(" and ", ", "))
            node(axes, *at[state], str(state), ODD if odd[state] else EVEN, 0.36)
            if odd[state]:
                axes.add_patch(Circle(at[state], 0.28, fill=False, edgecolor=ODD, linewidth=1.2))
        arrow(axes, at[0] + (-0.85, 0), at[0] + (-0.36, 0))
        edges = ", ".join(f"{state} on 0 to {zero} and on 1 to {one}" for state, (zero, one) in enumerate(successors))
        words.append(f"{title}: {edges}; odd: {', '.join(map(str, np.flatnonzero(odd)))}")
    return Picture(figure, "State machines, each starting in state 0; odd states have a double ring. "
                   + ". ".join(words) + ".", "A double ring: odd. An arrow is followed on the bit beside it.")


def around_a_circle(successors: np.ndarray) -> np.ndarray:
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
    arrow(axes, begin, stop, label, shift=0.3 * side, curve=0.16)
