"""Charts of training: loss, accuracy and gradients of single runs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

import numpy as np

from parity_figures.picture import INK, MUTED, PAPER, SERIES, Numbers, Picture, canvas, in_style
from parity_lib.training import History


@in_style
def curves(history: History | dict, title: str = "") -> Picture:
    """Loss and accuracy of one run, step by step, with the validation points."""
    record = history if isinstance(history, dict) else history.to_dict()
    steps = np.arange(1, len(record["loss"]) + 1)
    figure, (left, right) = canvas(4.9, 2.7, columns=2)
    left.plot(steps, record["loss"], color=INK)
    left.axhline(np.log(2), color=MUTED, linestyle=":", linewidth=1.2)
    left.text(steps[-1], np.log(2), "a coin, ln 2", ha="right", va="bottom", color=MUTED)
    left.set(title="loss", xlabel="step", ylim=(0, max(0.85, 1.05 * max(record["loss"]))))
    right.plot(steps, record["accuracy"], color=INK, label="training, per bit")
    at = [point["step"] for point in record["validation"]]
    for key, marker, inside, label in (("bit_accuracy", "s", MUTED, "validation, per bit"),
                                       ("sequence_accuracy", "^", PAPER, "validation, whole strings")):
        right.plot(at, [point[key] for point in record["validation"]], marker, color=MUTED, markerfacecolor=inside,
                   label=label)
    right.set(title="accuracy", xlabel="step", ylim=(-0.03, 1.05))
    figure.legend(*right.get_legend_handles_labels(), loc="outside lower center", ncols=2)
    last = record["accuracy"][-1]
    return Picture(figure, f"Left: the loss over {len(steps)} steps, from {record['loss'][0]:.2f} to "
                   f"{record['loss'][-1]:.4f}. Right: training accuracy per bit, ending at {last:.3f}, "
                   "with validation points.", title,
                   Numbers(("step", "loss", "accuracy per bit"),
                           list(zip(steps.tolist(), record["loss"], record["accuracy"], strict=True))))


@in_style
def many_curves(runs: Sequence[dict], labels: Sequence[str]) -> Picture:
    """Loss against step for many seeds, a panel a recipe; ``runs`` holds lists of ``{"step", "loss"}``."""
    figure, panels = canvas(4.9, 2.4, columns=len(runs), sharey=True, squeeze=False)
    for axes, group, label in zip(panels[0], runs, labels):
        for run in group:
            axes.plot(run["step"], run["loss"], color=INK, alpha=0.4, linewidth=1.2)
        axes.axhline(np.log(2), color=MUTED, linestyle=":", linewidth=1.2)
        axes.set(title=f"{label}\n({len(group)} seeds)", xlabel="step", ylim=(0, None))
    panels[0][0].set_ylabel("loss")
    words = "; ".join(f"{label}: from about {np.median([run['loss'][0] for run in group]):.2f} to about "
                      f"{np.median([run['loss'][-1] for run in group]):.3f}, after between "
                      f"{min(run['step'][-1] for run in group)} and {max(run['step'][-1] for run in group)} steps"
                      for group, label in zip(runs, labels))
    rows = [(label, seed, step, loss) for group, label in zip(runs, labels) for seed, run in enumerate(group)
            for step, loss in zip(run["step"], run["loss"], strict=True)]
    return Picture(figure, f"The loss of every seed against the step, a panel a recipe. {words}.",
                   numbers=Numbers(("recipe", "seed", "step", "loss"), rows))


@in_style
def gradient_norms(series: dict[str, Sequence[float]], xlabel: str = "time step t") -> Picture:
    """How large the gradient at each time step is beside that at the last: a line a network, log scale.

    A series may end earlier than another, as that of an LSTM's cell state does, which no loss reads at the last step.
    """
    figure, axes = canvas(4.9, 3.0)
    for (label, values), (style, colour, _) in zip(series.items(), SERIES):
        shown = np.maximum(np.asarray(values, dtype=float), 1e-30)
        axes.plot(range(1, len(shown) + 1), shown, linestyle=style, color=colour, label=label)
    axes.set(yscale="log", xlabel=xlabel, ylabel="gradient beside the last step's")
    axes.legend()
    ends = "; ".join(f"{label}: {values[0]:.0e} at the first step" for label, values in series.items())
    return Picture(figure, "The norm of the gradient at each time step divided by that at the last, on a log scale. "
                   f"{ends}.",
                   numbers=Numbers(("step", *series),
                                   [(t + 1, *row) for t, row in enumerate(zip_longest(*series.values()))]))


@in_style
def label_signal(bits: Sequence[int], series: dict[str, Sequence[float]]) -> Picture:
    """How much the labels say about the way to go, beside the noise of a batch, for each length: a line a net."""
    figure, axes = canvas(4.9, 3.3)
    for (label, values), (line, colour, marker) in zip(series.items(), SERIES):
        axes.plot(bits, values, marker, linestyle=line, color=colour, markersize=4, label=label)
    axes.axhline(1, color=MUTED, linewidth=1.2)
    axes.text(bits[-1], 1.5, "as large as the noise", ha="right", va="bottom", color=MUTED)
    axes.set(yscale="log", xlabel="bits in the string", ylabel="signal / noise", xticks=bits)
    lowest, highest = axes.set_ylim(top=10 * max(1e2, *map(max, series.values())))
    axes.set_yticks([10.0**power for power in range(-15, 10, 3) if 0.05 * lowest <= 10.0**power <= highest])
    axes.set_yticks([], minor=True)
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=2)
    ends = "; ".join(f"{label}: {values[0]:.1g} at {bits[0]} bit, {values[-1]:.0e} at {bits[-1]}"
                     for label, values in series.items())
    return Picture(figure, "What the labels say about the gradient's direction, divided by the noise of a batch, on a "
                   f"log scale against the number of bits. {ends}.",
                   numbers=Numbers(("bits", *series),
                                   [(n, *row) for n, row in zip(bits, zip(*series.values(), strict=True))]))
