"""Line charts of training runs and of measurements on networks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from parity_figures.picture import (
    INK,
    LINE,
    MUTED,
    PAPER,
    SERIES,
    Numbers,
    Picture,
    canvas,
    in_style,
    legend_below,
    panels,
)
from parity_lib.training import History

Series = dict[str, Sequence[float]]


def draw_lines(axes: Axes, x: Sequence[float], series: Series, **look: Any) -> None:
    """Draw up to six series as lines with different styles and markers.

    A series may be shorter than ``x``. ``look`` overrides properties of the lines.
    """
    for (label, values), (dashes, colour, marker) in zip(series.items(), SERIES):
        axes.plot(x[:len(values)], values, label=label, linestyle=dashes, color=colour, **{
            "marker": marker, "markersize": 4.5, "markevery": max(1, len(values) // 8), **look})


def _columns(name: str, x: Sequence[float], series: Series) -> Numbers:
    """Return the data of a line chart as a table with one column for each series.

    The first column is ``x``. A series that is shorter than ``x`` is filled up with None.
    """
    return Numbers((name, *series), [(at, *row) for at, row in zip(x, zip_longest(*series.values()))])


def _draw_coin(axes: Axes, right: float | None = None) -> None:
    """Draw a dotted line at ln 2, the loss of a coin toss.

    If ``right`` is given, a label ends at that position.
    """
    axes.axhline(np.log(2), color=MUTED, linestyle=":", linewidth=1.2)
    if right is not None:
        axes.text(right, np.log(2), "a coin, ln 2", ha="right", va="bottom", color=MUTED)


@in_style
def curves(history: History) -> Picture:
    """Plot the loss and the accuracy of a training run at each update.

    Points show the accuracy on the validation strings.
    """
    record, updates = history.to_dict(), np.arange(1, len(history.loss) + 1)
    figure, (left, right) = panels(("loss", "accuracy"), 2.7)
    left.plot(updates, record["loss"], color=INK)
    _draw_coin(left, updates[-1])
    left.set(xlabel="update", ylim=(0, max(0.85, 1.05 * max(record["loss"]))))
    right.plot(updates, record["accuracy"], color=INK, label="training, per bit")
    at = [point["step"] for point in record["validation"]]
    for key, marker, face, label in (("bit_accuracy", "s", MUTED, "validation, per bit"),
                                     ("sequence_accuracy", "^", PAPER, "validation, whole strings")):
        right.plot(at, [point[key] for point in record["validation"]], marker, color=MUTED, markerfacecolor=face,
                   label=label)
    right.set(xlabel="update", ylim=(-0.03, 1.05))
    legend_below(figure, right, 2)
    alt = (f"Left: the loss over {len(updates)} updates, from {record['loss'][0]:.2f} to {record['loss'][-1]:.4f}. "
           f"Right: training accuracy per bit, ending at {record['accuracy'][-1]:.3f}, with validation points.")
    return Picture(figure, alt, numbers=_columns("update", updates.tolist(), {
        "loss": record["loss"], "accuracy per bit": record["accuracy"]}))


@in_style
def many_curves(runs: Sequence[Sequence[dict]], labels: Sequence[str]) -> Picture:
    """Plot the loss curves of many training runs, with one panel for each recipe.

    ``runs`` has a list for each of ``labels``; each run is ``{"step": [...], "loss": [...]}``.
    """
    figure, places = panels([f"{label}\n({len(group)} seeds)" for label, group in zip(labels, runs)], 2.4,
                            sharey=True)
    words, rows = [], []
    for axes, label, group in zip(places, labels, runs):
        for seed, run in enumerate(group):
            axes.plot(run["step"], run["loss"], color=INK, alpha=0.4, linewidth=1.2)
            rows += [(label, seed, step, loss) for step, loss in zip(run["step"], run["loss"], strict=True)]
        _draw_coin(axes)
        axes.set(xlabel="update", ylim=(0, None))
        first, last = (np.median([run["loss"][place] for run in group]) for place in (0, -1))
        lengths = [run["step"][-1] for run in group]
        words.append(f"{label}: from about {first:.2f} to about {last:.3f}, after between {min(lengths)} and "
                     f"{max(lengths)} updates")
    places[0].set_ylabel("loss")
    return Picture(figure, f"The loss of every seed at each update, with a panel for each recipe. {'; '.join(words)}.",
                   numbers=Numbers(("recipe", "seed", "update", "loss"), rows))


@in_style
def loss_by_bit(losses: Sequence[float]) -> Picture:
    """Plot the loss at each bit of a stream in which every third bit is the XOR of the previous two.

    The first of ``losses`` is that of predicting bit 2.
    """
    bits, losses = np.arange(2, 2 + len(losses)), np.asarray(losses)
    third = bits % 3 == 0
    figure, axes = canvas(height=2.5)
    _draw_coin(axes, bits[-1] + 0.4)
    axes.plot(bits, losses, color=LINE, linewidth=1.2)
    axes.plot(bits[~third], losses[~third], "o", color=MUTED, label="drawn at random")
    axes.plot(bits[third], losses[third], "s", color=INK, label="XOR of the two before")
    axes.set(xlabel="bit that is predicted", ylabel="loss", ylim=(-0.04, np.log(2) * 1.35), xticks=bits[third])
    axes.legend(loc="center right", bbox_to_anchor=(1.0, 0.45), facecolor=PAPER, frameon=True, edgecolor=LINE)
    alt = (f"The loss of predicting bits {bits[0]} to {bits[-1]} of a stream. For the random bits it lies between "
           f"{losses[~third].min():.2f} and {losses[~third].max():.2f}, close to that of a coin; for every third bit, "
           f"the XOR of the two bits before it, it lies between {losses[third].min():.3f} and "
           f"{losses[third].max():.3f}.")
    return Picture(figure, alt, numbers=_columns("bit", bits.tolist(), {"loss": losses.tolist()}))


@in_style
def accuracy_by_step(series: Series) -> Picture:
    """Plot the fraction of correct answers at each time step for up to six networks."""
    steps = range(1, 1 + max(map(len, series.values())))
    figure, axes = canvas()
    draw_lines(axes, steps, series)
    axes.set(xlabel="time step", ylabel="share correct", ylim=(0.4, 1.05))
    axes.legend(loc="lower center", bbox_to_anchor=(0.45, 1.0), ncols=2)
    words = "; ".join(f"{label}: {values[0]:.2f} at step 1, {values[1]:.2f} at step 2, {values[-1]:.2f} at step "
                      f"{len(values)}" for label, values in series.items())
    return Picture(figure, f"The share of strings that are answered correctly at each time step. {words}.",
                   numbers=_columns("step", steps, series))


@in_style
def gradient_norms(series: Series) -> Picture:
    """Plot the norm of the gradient at each time step for up to six networks.

    Each norm is divided by the norm at the last time step, and the scale is logarithmic. The series of an LSTM's cell
    state may be a step shorter, because the loss does not depend on the last cell state.
    """
    steps = range(1, 1 + max(map(len, series.values())))
    figure, axes = canvas(height=3.0)
    draw_lines(axes, steps, {label: np.maximum(values, 1e-30) for label, values in series.items()}, marker="")
    axes.set(yscale="log", xlabel="time step t", ylabel="relative to the last step")
    axes.legend()
    words = "; ".join(f"{label}: {values[0]:.0e} at the first step" for label, values in series.items())
    return Picture(figure, "The norm of the gradient at each time step, divided by that at the last step, on a "
                   f"logarithmic scale. {words}.", numbers=_columns("step", steps, series))


@in_style
def label_signal(bits: Sequence[int], series: Series) -> Picture:
    """Plot the signal-to-noise ratio of the gradient against the number of bits in a string.

    The signal is the part of a batch's gradient that depends on the labels. There is a line for each network.
    """
    figure, axes = canvas(height=3.3)
    draw_lines(axes, bits, series)
    axes.axhline(1, color=MUTED, linewidth=1.2)
    axes.text(bits[-1], 1.5, "as large as the noise", ha="right", va="bottom", color=MUTED)
    axes.set(yscale="log", xlabel="bits in the string", ylabel="signal / noise", xticks=bits)
    lowest, highest = axes.set_ylim(top=10 * max(1e2, *map(max, series.values())))
    axes.set_yticks([10.0**power for power in range(-15, 10, 3) if 0.05 * lowest <= 10.0**power <= highest])
    axes.set_yticks([], minor=True)
    legend_below(figure, axes, 2)
    words = "; ".join(f"{label}: {values[0]:.1g} at {bits[0]} bit, {values[-1]:.0e} at {bits[-1]}"
                      for label, values in series.items())
    return Picture(figure, "What the labels contribute to the direction of the gradient, divided by the noise of a "
                   f"batch, against the number of bits, on a logarithmic scale. {words}.",
                   numbers=_columns("bits", bits, series))


@in_style
def drift(before: Sequence[float], series: Series) -> Picture:
    """Plot the change in the state p during one time step as a function of p.

    There is a line for each network. ``before [points]`` must increase, and each of ``series`` has p after the step at
    the same points. The network has a fixed point where its line crosses 0.
    """
    before = np.asarray(before, dtype=float)
    changes = {name: np.asarray(after, dtype=float) - before for name, after in series.items()}
    figure, axes = canvas(4.6, 2.7)
    axes.axhline(0, color=MUTED, linewidth=1.2)
    draw_lines(axes, before, changes, marker="")
    axes.set(xlabel="p before the step", ylabel="change of p", xlim=(before[0], before[-1]))
    axes.legend()
    words = "; ".join(f"{name}: {_directions(before, change)}" for name, change in changes.items())
    return Picture(figure, f"How much one step changes p, against p before the step. {words}.",
                   "Above the line in the middle a step makes p larger, below it smaller.",
                   _columns("p before the step", before.tolist(), {
                       f"p after it, {name}": list(map(float, after)) for name, after in series.items()}))


def _directions(before: np.ndarray, change: np.ndarray) -> str:
    """Describe the intervals in which a value grows and those in which it shrinks."""
    grows = change > 0
    turns = np.flatnonzero(grows[1:] != grows[:-1])
    ends = [before[0], *((before[turns] + before[turns + 1]) / 2), before[-1]]
    verbs = ["grows" if grows[place] else "shrinks" for place in (0, *(turns + 1))]
    return ", ".join(f"{verb} from {low:.2f} to {high:.2f}"
                     for verb, low, high in zip(verbs, ends[:-1], ends[1:], strict=True))
