"""Charts of what a net gets right: by length, by bit, by step, for every length."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.ticker import MaxNLocator

from parity_figures.picture import INK, LINE, MUTED, PAPER, RIGHT, SERIES, WRONG, Numbers, Picture, canvas, in_style


@in_style
def accuracy_by_length(rows: Sequence[dict], title: str = "") -> Picture:
    """``by_length`` of :func:`parity_lib.evaluate` as bars."""
    figure, axes = canvas(4.9, 2.3)
    names = [f"{row['from']}–{row['to']}" if row["to"] > row["from"] else str(row["from"]) for row in rows]
    accuracy = [row["bit_accuracy"] for row in rows]
    axes.bar(names, accuracy, color=RIGHT, width=0.7)
    axes.axhline(0.5, color=MUTED, linestyle=":", linewidth=1.2)
    axes.set(title=title, xlabel="length of the string", ylabel="accuracy per bit", ylim=(0, 1.05))
    words = "; ".join(f"{name}: {value:.2f}" for name, value in zip(names, accuracy, strict=True))
    return Picture(figure, f"Accuracy per bit by length of the string. {words}.",
                   numbers=Numbers(("length", "accuracy per bit"), list(zip(names, accuracy, strict=True))))


@in_style
def loss_by_bit(losses: Sequence[float], first: int = 2, every: int = 3) -> Picture:
    """The loss of predicting each bit of a stream from those before it; each ``every``-th is marked.

    ``losses[0]`` is that of bit number ``first``.
    """
    bits = np.arange(first, first + len(losses))
    losses = np.asarray(losses)
    third = bits % every == 0
    figure, axes = canvas(4.9, 2.5)
    axes.axhline(np.log(2), color=MUTED, linestyle=":", linewidth=1.2)
    axes.text(bits[-1] + 0.4, np.log(2) * 1.07, "a coin, ln 2", ha="right", va="bottom", color=MUTED)
    axes.plot(bits, losses, color=LINE, linewidth=1.2)
    axes.plot(bits[~third], losses[~third], "o", color=MUTED, label="drawn at random")
    axes.plot(bits[third], losses[third], "s", color=INK, label="XOR of the two before")
    axes.set(xlabel="bit that is predicted", ylabel="loss", ylim=(-0.04, np.log(2) * 1.35), xticks=bits[third])
    axes.legend(loc="center right", bbox_to_anchor=(1.0, 0.45), facecolor=PAPER, frameon=True,
                edgecolor=LINE)
    return Picture(figure, f"The loss of predicting bits {bits[0]} to {bits[-1]} of a stream. At the random bits it "
                   f"lies between {losses[~third].min():.2f} and {losses[~third].max():.2f}, about that of a coin; at "
                   f"each third bit, the XOR of the two before it, between {losses[third].min():.3f} and "
                   f"{losses[third].max():.3f}.",
                   numbers=Numbers(("bit", "loss"), list(zip(bits.tolist(), losses.tolist(), strict=True))))


@in_style
def accuracy_by_step(series: dict[str, Sequence[float]]) -> Picture:
    """The share of right answers at each time step, a line a net."""
    figure, axes = canvas(4.9, 2.6)
    for (label, values), (style, colour, marker) in zip(series.items(), SERIES):
        axes.plot(range(1, len(values) + 1), values, style, color=colour, marker=marker, markersize=4.5,
                  markevery=max(1, len(values) // 8), label=label)
    axes.set(xlabel="time step", ylabel="share right", ylim=(0.4, 1.05))
    axes.legend(loc="lower center", bbox_to_anchor=(0.45, 1.0), ncols=2)
    words = "; ".join(f"{label}: {values[0]:.2f} at step 1, {values[1]:.2f} at step 2, {values[-1]:.2f} at step "
                      f"{len(values)}" for label, values in series.items())
    return Picture(figure, f"The share of strings answered rightly at each time step. {words}.",
                   numbers=Numbers(("step", *series),
                                   [(t + 1, *row) for t, row in enumerate(zip(*series.values(), strict=True))]))


@in_style
def verdicts(rows: Sequence[tuple[str, int, int, int]]) -> Picture:
    """Bars of ``(label, certified, refuted, undecided)``, each part with its number."""
    figure, axes = canvas(4.9, 0.8 + 0.33 * len(rows))
    kinds = (("certified", RIGHT, None), ("refuted", WRONG, "///"), ("undecided", MUTED, "..."))
    left = np.zeros(len(rows))
    labels = [row[0] for row in rows][::-1]
    for part, (name, colour, hatch) in enumerate(kinds, 1):
        width = np.array([row[part] for row in rows][::-1], dtype=float)
        axes.barh(labels, width, left=left, facecolor=colour, alpha=0.55, hatch=hatch, edgecolor=colour, height=0.7,
                  label=name)
        for y, (start, count) in enumerate(zip(left, width)):
            if count:
                axes.text(start + count / 2, y, f"{count:.0f}", ha="center", va="center")
        left += width
    axes.set(xlabel="nets")
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.grid(axis="y", visible=False)
    axes.tick_params(axis="y", colors=INK)
    axes.legend(loc="lower center", bbox_to_anchor=(0.45, 1.0), ncols=3)
    words = "; ".join(f"{label}: {good} certified, {bad} refuted, {neither} undecided"
                      for label, good, bad, neither in rows)
    return Picture(figure, f"For each kind of net how many are certified, refuted and undecided. {words}.",
                   numbers=Numbers(("net", "certified", "refuted", "undecided"), rows))
