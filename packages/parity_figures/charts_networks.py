"""Charts of learning curves and of the answers, gradients and hidden states of networks.

Charts that count many training runs are in `charts_runs`.
"""

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

import numpy as np
import torch
from matplotlib.axes import Axes

from parity_figures.picture import (
    EVEN,
    INK,
    LINE,
    LINE_STYLES,
    MUTED,
    ODD,
    PAPER,
    RIGHT,
    Numbers,
    Picture,
    canvas,
    in_style,
    legend_above,
    name_lines,
    panels,
)
from parity_lib.models import ParityRNN
from parity_lib.training import History

ANSWERS = (("even", "o", EVEN), ("odd", "s", ODD))
SHADES = 5  # as many as the eye can distinguish; neighbours of one shade are drawn as one rectangle

FLOOR = 1e-16   # of the gradients in a chart
STAYS = 1e-3, 1e2   # below them a gradient vanishes, and above them it explodes

Values = Sequence[float] | np.ndarray
Series = Mapping[str, Values]


def draw_lines(axes: Axes, x: Values, series: Series, **look: Any) -> None:
    """Draw up to six series as lines with different styles and markers.

    A series may be shorter than ``x``. ``look`` overrides properties of the lines.
    """
    for (label, values), (dashes, colour, marker) in zip(series.items(), LINE_STYLES):
        axes.plot(x[:len(values)], values, label=label, linestyle=dashes, color=colour, **{
            "marker": marker, "markersize": 4.5, "markevery": max(1, len(values) // 8), **look})


def _columns(name: str, x: Sequence[float], series: Series) -> Numbers:
    """Return the data of a line chart as a table, with short series padded with None."""
    return Numbers((name, *series), [(at, *row) for at, row in zip(x, zip_longest(*series.values()))])


def _draw_coin(axes: Axes, right: float | None = None) -> None:
    """Draw a dotted line at ln 2, the loss of always predicting 0.5, with a label ending at x = ``right`` if given."""
    axes.axhline(np.log(2), color=MUTED, linestyle=":", linewidth=1.2)
    if right is not None:
        axes.annotate("a coin: ln 2", (right, np.log(2)), (0, 4), textcoords="offset points", ha="right", color=MUTED)


@in_style
def curves(history: History) -> Picture:
    """Plot a training run's loss and accuracy at each update, and its validation accuracy on whole strings."""
    updates = np.arange(1, history.updates + 1)
    (figure, *more), (left, right) = panels(("loss", "accuracy"), 2.5)
    left.plot(updates, history.loss, color=INK)
    _draw_coin(left, updates[-1])
    left.set(xlabel="update", ylim=(0, max(0.85, 1.05 * max(history.loss))))
    drop = next((step for step, loss in enumerate(history.loss) if loss < np.log(2) / 2), None)
    if drop:
        left.text(0.4 * drop, 0.55, "plateau", ha="center", va="top")
        left.text(drop - 0.04 * len(updates), history.loss[drop], "drop", ha="right", va="center")
    right.plot(updates, history.accuracy, color=INK)
    right.plot([point["update"] for point in history.validation],
               [point["sequence_accuracy"] for point in history.validation], "^", color=MUTED)
    right.text(0, 0.62, "each bit")
    right.text(0, 0.09, "whole strings", color=MUTED)
    right.set(xlabel="update", ylim=(-0.03, 1.05))
    alt = (f"First panel: the loss over {len(updates)} updates, from {history.loss[0]:.2f} to {history.loss[-1]:.4f}. "
           f"Second panel: training accuracy per bit, ending at {history.accuracy[-1]:.3f}, and that of "
           "whole validation strings.")
    return Picture(figure, alt, numbers=_columns("update", updates.tolist(), {
        "loss": history.loss, "accuracy per bit": history.accuracy}), more=more)


@in_style
def states_at_moments(moments: Mapping[str, ParityRNN], bits: np.ndarray) -> Picture:
    """Plot the hidden states of a network after each bit of ``bits [strings, steps]``, at some moments of its training.

    There is a panel for each of ``moments``, which maps titles to the network at that moment. The horizontal axis is
    the output. The vertical one is the direction in which the last states differ most, among those at right angles to
    the last readout.
    """
    (figure,), places = panels(list(moments), 2.3, together=True)
    inputs, odd = torch.from_numpy(bits).float()[..., None], (bits.cumsum(axis=1) % 2).flatten()
    with torch.no_grad():
        states = [model.hidden_states(inputs).flatten(0, 1).numpy() for model in moments.values()]
        outputs = [model(inputs).flatten().numpy() for model in moments.values()]
    readout = [*moments.values()][-1].hidden_to_logits.weight[0].detach().numpy()
    apart = states[-1] - states[-1].mean(axis=0)
    up = np.linalg.svd(apart - np.outer(apart @ readout, readout) / (readout @ readout))[2][0]
    words, widest = [], 1.15 * max(np.abs(output).max() for output in outputs)
    for axes, title, state, output in zip(places, moments, states, outputs, strict=True):
        axes.axvline(0, color=INK, linestyle="--", linewidth=1.2)
        for answer, (name, marker, colour) in enumerate(ANSWERS):
            axes.plot(output[odd == answer], state[odd == answer] @ up, marker, color=colour, markersize=6, alpha=0.8,
                      markeredgecolor=PAPER, markeredgewidth=0.6, label=name)
        axes.set(xlabel="output", yticks=[], xlim=(-widest, widest))
        axes.margins(y=0.12)
        axes.grid(visible=False)
        words.append(f"{title}: {((output > 0) == odd).sum()} of {len(odd)} states are on the correct side")
    legend_above(figure, places[0], 2)
    return Picture(figure, "The hidden states after the beginnings of some strings, discs for an even and squares for "
                   f"an odd number of ones, with a dashed line where the output is 0. {'. '.join(words)}.")


@in_style
def many_curves(runs: Sequence[Sequence[dict]], labels: Sequence[str]) -> Picture:
    """Plot the loss curves of many training runs, with one panel for each recipe.

    ``runs`` has a list for each of ``labels``; each run is ``{"step": [...], "loss": [...]}``. Names mark the runs that
    reach half of ln 2 first and last, and the one in the middle. A short line below each curve marks that update.
    """
    (figure, *more), places = panels(labels, 2.5)
    words, rows = [], []
    for axes, label, group in zip(places, labels, runs):
        drops = [next((step for step, loss in zip(run["step"], run["loss"]) if loss < np.log(2) / 2), run["step"][-1])
                 for run in group]
        order = np.argsort(drops, kind="stable")
        named = {order[len(order) // 2]: ("middle", "left"), order[0]: ("first", "right"), order[-1]: ("last", "right")}
        for seed, (run, drop) in enumerate(zip(group, drops)):
            axes.plot(run["step"], run["loss"], color=INK if seed in named else LINE, linewidth=1.4,
                      zorder=2 + (seed in named))
            rows += [(label, seed, step, loss) for step, loss in zip(run["step"], run["loss"], strict=True)]
            if seed in named:
                name, side = named[seed]
                axes.text(drop, 0.33, f" {name} ", ha=side, zorder=4, bbox={"color": PAPER, "pad": -1})
        axes.plot(drops, np.full(len(drops), -0.04), "|", color=INK, markersize=8)
        _draw_coin(axes, axes.get_xlim()[1])
        axes.set(title=f"{label}: drops at {min(drops):,} to {max(drops):,}", xlabel="update", ylabel="loss",
                 ylim=(-0.09, 0.85), yticks=[0, 0.2, 0.4, 0.6])
        first, last = (np.median([run["loss"][place] for run in group]) for place in (0, -1))
        lengths = [run["step"][-1] for run in group]
        words.append(f"{label}: from about {first:.2f} to about {last:.3f}, after between {min(lengths)} and "
                     f"{max(lengths)} updates; half of ln 2 is reached between update {min(drops)} and {max(drops)}")
    return Picture(figure, "The loss of every seed at each update, with a panel for each recipe, and below the curves "
                   f"a short line at the update at which each of them reaches half of ln 2. {'; '.join(words)}.",
                   numbers=Numbers(("recipe", "seed", "update", "loss"), rows), more=more)


@in_style
def lines(x: Sequence[int], series: Series, xlabel: str, ylabel: str, *, zones: bool = False,
          level: tuple[float, str] | None = None) -> Picture:
    """Plot up to six series as lines. If ``level`` (a height and a name) is given, add a labelled horizontal line.

    With ``zones``, the vertical axis is logarithmic and names the three zones of a gradient. A series may be shorter
    than ``x``.
    """
    figure, axes = canvas(height=3.0)
    drawn = {label: np.maximum(values, FLOOR) for label, values in series.items()} if zones else series
    draw_lines(axes, x, drawn, **({"marker": ""} if len(x) >= 40 else {"markevery": 1}))
    if level:
        axes.axhline(level[0], color=MUTED, linewidth=1.2, label=level[1])
    axes.set(xlabel=xlabel, ylabel=ylabel)
    if zones:
        _name_zones(axes, any(min(values) < FLOOR for values in series.values()))
    name_lines(axes)
    words = "; ".join(f"{label}: " + ", ".join(f"{value:.2g} at {at}" for at, value in (*zip(x[:2], values), (
        x[len(values) - 1], values[-1]))) for label, values in series.items())
    return Picture(figure, f"{ylabel.capitalize()}, against: {xlabel}{', on a logarithmic scale' * zones}. {words}.",
                   numbers=_columns(xlabel, x, series))


def gradient_norms(series: Series) -> Picture:
    """Plot the gradient norm at each time step for up to six networks, relative to the norm at the last time step.

    The series of an LSTM's cell state may be a step shorter, because the loss does not depend on the last cell state.
    Values below 1e-16 lie on the lower edge, which then says "below".
    """
    return lines(range(1, 1 + max(map(len, series.values()))), series, "time step t",
                 "relative gradient", zones=True)


def _name_zones(axes: Axes, below: bool) -> None:
    """Make the vertical axis logarithmic, and name on its right where a gradient vanishes, stays or explodes."""
    axes.set_yscale("log")
    (low, high), (lost, exploded) = axes.get_ylim(), STAYS
    high = 100 * high if high > exploded else 10
    axes.set_ylim(low, high)
    axes.axhspan(lost, min(exploded, high), color=LINE, alpha=0.4, linewidth=0)
    if below:
        ticks = [FLOOR, 1e-12, 1e-8, 1e-4, 1]
        axes.set_yticks(ticks, ["below", *(f"$10^{{{round(np.log10(tick))}}}$" for tick in ticks[1:])])
    right = axes.secondary_yaxis("right")
    ends = {"vanishes": (low, lost), "stays": (lost, min(exploded, high)), "explodes": (exploded, high)}
    shown = {name: np.sqrt(start * end) for name, (start, end) in ends.items() if start < end}
    right.set_yticks(list(shown.values()), list(shown))
    right.set_yticks([], minor=True)
    right.tick_params(length=0)


@in_style
def drift(before: Values, series: Series, state: str = "d") -> Picture:
    """Plot the change in a one-dimensional state during one time step as a function of the state.

    There is a line for each network. ``before [points]`` must increase, and each of ``series`` has the state after the
    step at the same points. The network has a fixed point where its line crosses 0.
    """
    before = np.asarray(before, dtype=float)
    changes = {name: np.asarray(after, dtype=float) - before for name, after in series.items()}
    figure, axes = canvas(4.6, 2.7)
    axes.axhline(0, color=MUTED, linewidth=1.2)
    draw_lines(axes, before, changes, marker="")
    axes.set(xlabel=f"{state} before the time step", ylabel=f"change of {state}", xlim=(before[0], before[-1]))
    name_lines(axes)
    words = "; ".join(f"{name}: {_directions(before, change)}" for name, change in changes.items())
    return Picture(figure, f"How much one time step changes {state}, against {state} before the time step. {words}.",
                   f"Above the line in the middle a step makes {state} larger, below it smaller.",
                   _columns(f"{state} before the time step", before.tolist(), {
                       f"{state} after it, {name}": list(map(float, after)) for name, after in series.items()}))


def _directions(before: np.ndarray, change: np.ndarray) -> str:
    """Describe the intervals in which a value grows and those in which it shrinks."""
    grows = change > 0
    turns = np.flatnonzero(grows[1:] != grows[:-1])
    ends = [before[0], *((before[turns] + before[turns + 1]) / 2), before[-1]]
    verbs = ["grows" if grows[place] else "shrinks" for place in (0, *(turns + 1))]
    return ", ".join(f"{verb} from {low:.2f} to {high:.2f}"
                     for verb, low, high in zip(verbs, ends[:-1], ends[1:], strict=True))


@in_style
def accuracy_by_length(rows: Sequence[dict], title: str = "") -> Picture:
    """Plot the accuracy per bit for each range of string lengths.

    ``rows`` is ``by_length`` from the result of :func:`parity_lib.training.evaluate`.
    """
    figure, axes = canvas(height=2.3)
    names = [f"{row['from']}–{row['to']}" if row["to"] > row["from"] else str(row["from"]) for row in rows]
    numbers = [(name, row["bit_accuracy"]) for name, row in zip(names, rows)]
    axes.bar(names, [accuracy for _, accuracy in numbers], color=RIGHT, width=0.7)
    axes.axhline(0.5, color=MUTED, linestyle=":", linewidth=1.2)
    axes.set(title=title, xlabel="length of the string", ylabel="accuracy per bit", ylim=(0, 1.05))
    words = "; ".join(f"{name}: {accuracy:.2f}" for name, accuracy in numbers)
    return Picture(figure, f"Accuracy per bit by length of the string. {words}.",
                   numbers=Numbers(("length", "accuracy per bit"), numbers))


@in_style
def states_on_ones(factors: Sequence[float], steps: int = 12) -> Picture:
    """Plot how a state changes when each 1 multiplies it by a constant factor, with one panel for each factor."""
    (figure,), places = panels([f"factor {factor:g}".replace("-", "−") for factor in factors], 2.3, together=True)
    count = np.arange(steps + 1)
    states = {f"factor {factor:g}": float(factor) ** count for factor in factors}
    for axes, values in zip(places, states.values()):
        axes.plot(count, values, color=LINE, linewidth=1.2)
        if values[1] < 0:
            axes.axhline(0, color=INK, linestyle="--", linewidth=1.2)
            axes.text(steps, 0.05, "threshold", ha="right", va="bottom", bbox={"color": PAPER, "pad": 1})
        for odd, (name, marker, colour) in enumerate(ANSWERS):
            axes.plot(count[odd::2], values[odd::2], marker, color=colour, label=name)
        axes.set(xlabel="ones so far", ylim=(-1.25, 1.25))
    places[0].set_ylabel("h")
    places[0].legend(loc="lower left")
    words = "; ".join(f"{name}: h goes " + ", ".join(f"{value:.2f}" for value in values[:4]) + " and so on"
                      for name, values in states.items())
    return Picture(figure, f"The state h after 0 to {steps} ones, with a dot for each even count and a square for each "
                   f"odd one. {words}. With a positive factor h moves in one direction; with a negative one it changes "
                   "its sign at each 1, and a dashed line, the threshold 0, separates the dots from the squares.",
                   numbers=Numbers(("ones so far", *states),
                                   [(number, *row) for number, row in enumerate(zip(*map(np.ndarray.tolist,
                                                                                         states.values())))]))
