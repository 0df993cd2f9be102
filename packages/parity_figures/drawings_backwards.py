"""A drawing of the way back: how a gradient travels from the last state of a one-unit net to the first."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.patches import Rectangle

from parity_figures.drawings import arrow, blank, node
from parity_figures.picture import INK, MUTED, PAPER, Picture, canvas, in_style

APART = 2.2  # of two steps


@in_style
def backwards(inputs: Sequence[float], states: Sequence[float], factors: Sequence[float], gradients: Sequence[float],
              contributions: Sequence[float]) -> Picture:
    """The states of a one-unit net from left to right, and under them the gradient from right to left.

    For ``n`` steps: ``inputs [n]``, ``states [n + 1]`` with h_0 first, ``factors [n]`` that take the
    gradient from h_t to h_(t-1), ``gradients [n + 1]`` at the states, ``contributions [n]`` to dL/dw.
    """
    count = len(inputs)
    figure, axes = canvas(4.9, 3.3)
    blank(axes, APART * count + 0.9, 4.0, -0.8, -1.75)
    for t in range(count + 1):
        x = APART * t
        node(axes, x, 1.9, f"$h_{t}$\n{states[t]:.3f}".replace("-", "−"), INK, 0.56)
        _box(axes, x, 0.2, gradients[t], INK)
        if t:
            node(axes, x, 3.5, f"$x_{t}={inputs[t - 1]:g}$", MUTED, 0.48)
            arrow(axes, (x, 3.02), (x, 2.46), "$u$", (0.22, 0))
            arrow(axes, (x - APART + 0.56, 1.9), (x - 0.56, 1.9), "$w$", (0, 0.22))
            arrow(axes, (x - 0.5, 0.2), (x - APART + 0.5, 0.2), f"× {factors[t - 1]:.3f}", (0, 0.48))
            arrow(axes, (x, -0.08), (x, -0.82))
            _box(axes, x, -1.1, contributions[t - 1], MUTED)
    axes.text(0, 0.72, r"$\partial L/\partial h_t$", ha="center", va="center")
    axes.text(0, -1.1, "each step's\nshare of dL/dw", ha="center", va="center")
    steps = "; ".join(f"from h {t} to h {t - 1} it is multiplied by {factors[t - 1]:.3f} and becomes "
                      f"{gradients[t - 1]:.4f}" for t in range(count, 0, -1))
    shares = ", ".join(f"step {t}: {share:.4f}" for t, share in enumerate(contributions, 1))
    return Picture(figure, f"Upper row: states of a net of one unit, h 0 to h {count}, from left to right: "
                   f"{', '.join(f'{state:.3f}' for state in states)}. Each comes from the one before through the same "
                   "weight w, and from its input through u. Lower row: the gradient, with arrows from right to left. "
                   f"It begins as {gradients[-1]:g} at h {count}; {steps}. Bottom: what each step contributes to the "
                   f"gradient at w. {shares}.",
                   "Forward above, from left to right; the gradient below, from right to left.")


def _box(axes, x: float, y: float, value: float, colour: str) -> None:
    axes.add_patch(Rectangle((x - 0.5, y - 0.27), 1.0, 0.54, facecolor=PAPER, edgecolor=colour, linewidth=1.6))
    axes.text(x, y, f"{value:.3f}".replace("-", "−"), ha="center", va="center")
