"""Charts of how long it takes: updates until a net is right, guesses until one fits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from parity_lib.figures.picture import EVEN, INK, ODD, PAPER, Numbers, Picture, canvas, in_style


@in_style
def steps_to_solve(rows: Sequence[tuple[str, Sequence[int | None], int]]) -> Picture:
    """A dot a seed: the step at which it was solved; a cross at the cap where it was not.

    ``rows`` holds ``(label, steps or None for each seed, cap)``.
    """
    figure, axes = canvas(5.0, 0.9 + 0.55 * len(rows))
    for y, (_, steps, cap) in enumerate(reversed(rows)):
        spread = np.linspace(-0.22, 0.22, max(len(steps), 2))[: len(steps)]
        solved = [(step, y + dy) for step, dy in zip(steps, spread) if step is not None]
        failed = [(cap, y + dy) for step, dy in zip(steps, spread) if step is None]
        axes.plot(*np.array(solved or [(np.nan, y)]).T, "o", color=EVEN, alpha=0.75)
        axes.plot(*np.array(failed or [(np.nan, y)]).T, "x", color=ODD)
    labels = [f"{label}\n{sum(s is not None for s in steps)} of {len(steps)}" for label, steps, _ in reversed(rows)]
    axes.set(yticks=range(len(rows)), yticklabels=labels, ylim=(-0.6, len(rows) - 0.4),
             xscale="log", xlabel="step at which all was right (log scale)")
    axes.tick_params(axis="y", colors=INK)
    words = "; ".join(label.replace("\n", ": ") for label in reversed(labels))
    return Picture(figure, "A dot for each seed at the step where it was solved, a cross at the cap where it was not. "
                   f"Solved: {words}.",
                   numbers=Numbers(("run", "seed", "solved at step"), [
                       (label, seed, step) for label, steps, _ in rows for seed, step in enumerate(steps)]))


@in_style
def trials_to_guess(rows: Sequence[tuple[str, Sequence[int], float | None]]) -> Picture:
    """A dot a repetition: how many guesses it took; a bar at their mean, a diamond at a published mean.

    ``rows`` holds ``(label, trials, published mean or None)``.
    """
    figure, axes = canvas(5.2, 1.0 + 0.62 * len(rows))
    words = []
    for y, (label, trials, published) in enumerate(reversed(rows)):
        spread = np.linspace(-0.24, 0.24, max(len(trials), 2))[: len(trials)]
        axes.plot(trials, y + spread, "o", color=EVEN, alpha=0.6, markersize=3.5,
                  label="one repetition" if y == 0 else None)
        mean = float(np.mean(trials))
        axes.plot([mean, mean], [y - 0.36, y + 0.36], color=INK, linewidth=2.2, label="our mean" if y == 0 else None)
        words.append(f"{label}: from {min(trials):,} to {max(trials):,}, mean {mean:,.0f}"
                     + (f", published mean {published:,.0f}" if published else ""))
    known = [(published, len(rows) - 1 - y) for y, (_, _, published) in enumerate(rows) if published]
    if known:
        axes.plot(*np.array(known).T, "D", color=ODD, markersize=8, markerfacecolor=PAPER, markeredgewidth=2,
                  label="published mean")
    axes.set(yticks=range(len(rows)), yticklabels=[label for label, _, _ in reversed(rows)],
             ylim=(-0.6, len(rows) - 0.4), xscale="log", xlabel="guesses until one was right (log scale)")
    axes.tick_params(axis="y", colors=INK)
    axes.legend(fontsize=8, loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=3, columnspacing=1.2)
    return Picture(figure, "A dot for each repetition at the number of guesses that it took, on a log scale, a bar at "
                   f"the mean, a diamond at the published mean. {'; '.join(reversed(words))}.",
                   numbers=Numbers(("net", "repetition", "guesses"), [
                       (label, number, count) for label, trials, _ in rows for number, count in enumerate(trials)]))
