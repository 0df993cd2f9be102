"""Drawings of gated cells: one time step of an LSTM and of a GRU, and the memory of an LSTM unit that reads a string.

Wide grey lines are the way of the memory. A gate is a gap between two bars on such a line: the smaller the gap, the
more the gate is shut.
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from parity_figures.drawings import SHAPES, arrow, blank, box, node, write
from parity_figures.picture import EVEN, INK, LINE, MUTED, ODD, Picture, canvas, in_style

BOTH = "$x_t,\\ h_{t-1}$"       # what every gate reads
POST, HALF = 0.6, 0.36          # half the length of a shut gate, and half the width of the line that it crosses
WAY, BAR = 24, 4.5              # points: the width of the line in the drawing of a cell, and of the bars of a gate
STRIDE, HELD = 4.2, 0.5         # the length of a time step on the memory line, and half the size of a state on it


def _gate(axes: Axes, x: float, y: float, opened: float = 0.5, upright: bool = True) -> None:
    """Draw a gate across a line as two bars, whose distance shows how far the gate is open."""
    for side in (-1, 1):
        across, along = side * np.array([HALF * opened, POST]), np.zeros(2)
        dx, dy = (along, across) if upright else (across, along)
        axes.plot(x + dx, y + dy, color=INK, linewidth=BAR, solid_capstyle="butt", zorder=3)


def _cell(ways: Sequence[tuple], circles: Sequence[tuple], gates: Sequence[tuple], reads: Sequence[tuple],
          names: Sequence[tuple], words: Sequence[tuple]) -> Figure:
    """Draw a cell diagram from paths through points, circles, gates, inputs with arrows, and plain and bold labels."""
    figure, axes = canvas(height=3.5)
    blank(axes, 9.3, 5.4, -0.55, -1.25)
    for points in ways:
        axes.plot(*zip(*points), color=LINE, linewidth=WAY, solid_capstyle="butt", solid_joinstyle="miter", zorder=0)
        axes.plot(*zip(*points[:-1]), color=MUTED, linewidth=1.3, solid_capstyle="butt", zorder=0.5)
        arrow(axes, points[-2], points[-1])
    for x, y, text, radius in circles:
        node(axes, x, y, text, INK, radius)
    for x, y, upright in gates:
        _gate(axes, x, y, upright=upright)
    for x, y, text, start, end in reads:
        write(axes, x, y, text, MUTED)
        arrow(axes, start, end)
    for x, y, text, align in names:
        write(axes, x, y, text, ha=align)
    for x, y, text, align in words:
        write(axes, x, y, text, ha=align, fontweight="bold")
    return figure


@in_style
def lstm_cell() -> Picture:
    """Draw one time step of an LSTM."""
    figure = _cell(
        [((0.3, 3.3), (8.25, 3.3)), ((4.4, 0.7), (4.4, 3.0)), ((6.5, 3.3), (6.5, 0.0))],
        [(0.0, 3.3, "$c_{t-1}$", 0.52), (8.75, 3.3, "$c_t$", 0.5), (4.4, 3.3, "+", 0.3), (4.4, 0.5, "$g$", 0.46),
         (6.5, 2.3, "tanh", 0.5), (6.5, -0.5, "$h_t$", 0.5)],
        [(2.2, 3.3, True), (4.4, 1.75, False), (6.5, 1.0, False)],
        [(2.2, 5.15, BOTH, (2.2, 4.85), (2.2, 3.95)), (2.2, 1.75, BOTH, (2.95, 1.75), (3.75, 1.75)),
         (4.4, -1.0, BOTH, (4.4, -0.7), (4.4, 0.0)), (8.6, 1.0, BOTH, (7.9, 1.0), (7.15, 1.0))],
        [(2.4, 4.5, "forget gate $f$", "left"), (3.75, 2.15, "input gate $i$", "right"),
         (3.75, 0.5, "candidate $g$", "right"), (7.1, 1.45, "output gate $o$", "left")],
        [(3.3, 3.9, "keep", "center"), (4.85, 2.4, "write", "left"), (6.95, 0.3, "show", "left")])
    return Picture(figure, "A wide line, the memory, leads from the old cell state c at t minus 1 to the new cell "
                   "state c at t. First the forget gate f crosses it; then something is added to it. What is added "
                   "is the candidate g, which comes from below through the input gate i. From the new cell state, a "
                   "branch leads through tanh and the output gate o to the new hidden state h at t. Arrows show that "
                   "each of f, i, o and g reads the input x at t and the old hidden state h at t minus 1.",
                   "A gate is a gap between two bars, drawn half open.")


@in_style
def gru_cell() -> Picture:
    """Draw one time step of a GRU."""
    figure = _cell(
        [((0.3, 3.3), (8.25, 3.3)), ((0.0, 3.0), (0.0, 0.7), (4.2, 0.7)), ((5.1, 0.7), (6.6, 0.7), (6.6, 3.0))],
        [(0.0, 3.3, "$h_{t-1}$", 0.52), (8.75, 3.3, "$h_t$", 0.5), (6.6, 3.3, "+", 0.3), (4.7, 0.7, "$n$", 0.5)],
        [(3.8, 3.3, True), (2.6, 0.7, True), (6.6, 1.95, False)],
        [(3.8, 5.15, BOTH, (3.8, 4.85), (3.8, 3.95)), (2.6, -1.0, BOTH, (2.6, -0.7), (2.6, 0.05)),
         (4.7, -1.0, "$x_t$", (4.7, -0.7), (4.7, 0.15))],
        [(4.0, 4.5, "update gate $z$", "left"), (2.4, -0.35, "reset gate $r$", "right"),
         (4.95, -0.1, "candidate $n$", "left"), (7.35, 1.95, "$1-z$", "left"),
         (0.5, 1.95, "$V_n h_{t-1} + b_n$′", "left")],
        [(5.2, 3.9, "keep", "center"), (7.05, 2.6, "write", "left")])
    return Picture(figure, "A wide line, the memory, leads from the old state h at t minus 1 to the new state h at t. "
                   "First the update gate z crosses it; then something is added to it. What is added is the candidate "
                   "n, which comes from below through a gate that is 1 minus z. A branch of the old state leads to "
                   "the candidate: the reset gate r multiplies V n times h at t minus 1, plus b' n. The candidate "
                   "also reads the input x at t. Both gates, z and r, read the input and the old state.",
                   "A gate is a gap between two bars. The gate 1 − z opens as z shuts.")


@in_style
def memory_line(bits: Sequence[int], gates_and_states: Sequence[Sequence[float]] | np.ndarray) -> Picture:
    """Draw the memory line of an LSTM unit that reads a few bits.

    ``gates_and_states`` has five rows with a number for each bit: the forget gate, the input gate, the candidate, the
    new cell state, and the answer (1 is odd).
    """
    figure, axes = canvas(height=2.8)
    blank(axes, STRIDE * len(bits) + 1.3, 2.95, -0.6, -4.1)
    node(axes, 0, 0, "0", EVEN, HELD)
    told = []
    for t, (bit, step) in enumerate(zip(bits, np.transpose(gates_and_states).astype(float).tolist(), strict=True)):
        x, (forget, write_in, candidate, cell, odd) = STRIDE * t, step
        axes.plot([x + HELD, x + STRIDE - HELD], [0, 0], color=LINE, linewidth=WAY, solid_capstyle="butt", zorder=0)
        axes.plot([x + 2.5, x + 2.5], [0, -3.4], color=LINE, linewidth=WAY, solid_capstyle="butt", zorder=0)
        _gate(axes, x + 1.3, 0, forget)
        _gate(axes, x + 2.5, -2.0, write_in, upright=False)
        node(axes, x + 2.5, 0, "+", INK, 0.36)
        node(axes, x + 2.5, -3.5, _rounded(candidate), INK, HELD)
        if odd:
            box(axes, x + STRIDE, 0, _rounded(cell), ODD, (HELD, HELD), SHAPES[1])
        else:
            node(axes, x + STRIDE, 0, _rounded(cell), EVEN, HELD)
        write(axes, x + 2.1, 2.6, f"bit {bit}", fontweight="bold")
        write(axes, x + 1.3, 1.3, f"forget gate\n{_state(forget)}")
        write(axes, x + 3.25, -2.1, f"input gate\n{_state(write_in)}", ha="left")
        write(axes, x + 3.25, -3.5, "candidate", ha="left")
        write(axes, x + STRIDE, -0.95, "odd" if odd else "even")
        told.append(f"bit {bit}, forget gate {_state(forget)}, input gate {_state(write_in)}, candidate "
                    f"{_rounded(candidate)}, cell state {_rounded(cell)}, {'odd' if odd else 'even'}")
    return Picture(figure, "The memory is a wide line from left to right, which begins with the cell state 0. Two bars "
                   "cut it where the forget gate is shut, and leave a gap where it is open. From below, the candidate "
                   f"joins it through the input gate. {'; '.join(told)}.")


def _state(gate: float) -> str:
    return "open" if gate > 0.5 else "shut"


def _rounded(value: float) -> str:
    return str(round(value)).replace("-", "−")
