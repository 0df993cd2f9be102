"""Charts of how long it takes: updates until a net is right, guesses until one fits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from parity_figures.picture import INK, MUTED, PAPER, SERIES, Numbers, Picture, canvas, in_style, log_steps
from parity_lib.errors import require


@in_style
def steps_to_solve(rows: Sequence[tuple[str, Sequence[int | None], int]]) -> Picture:
    """A dot a seed: the step at which it was solved; a cross at the cap where it was not.

    ``rows`` holds ``(label, steps or None for each seed, cap)``.
    """
    figure, axes = canvas(4.9, 0.9 + 0.55 * len(rows))
    for y, (_, steps, cap) in enumerate(reversed(rows)):
        spread = np.linspace(-0.22, 0.22, max(len(steps), 2))[: len(steps)]
        solved = [(step, y + dy) for step, dy in zip(steps, spread) if step is not None]
        failed = [(cap, y + dy) for step, dy in zip(steps, spread) if step is None]
        axes.plot(*np.array(solved or [(np.nan, y)]).T, "o", color=INK, alpha=0.75)
        axes.plot(*np.array(failed or [(np.nan, y)]).T, "x", color=INK)
    labels = [f"{label}\n{sum(s is not None for s in steps)} of {len(steps)}" for label, steps, _ in reversed(rows)]
    axes.set(yticks=range(len(rows)), yticklabels=labels, ylim=(-0.6, len(rows) - 0.4),
             xlabel="step at which all was right (log scale)")
    log_steps(axes, [step or cap for _, steps, cap in rows for step in steps])
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
    figure, axes = canvas(4.9, 1.0 + 0.62 * len(rows))
    words = []
    for y, (label, trials, published) in enumerate(reversed(rows)):
        spread = np.linspace(-0.24, 0.24, max(len(trials), 2))[: len(trials)]
        axes.plot(trials, y + spread, "o", color=MUTED, alpha=0.6, markersize=3.5,
                  label="one repetition" if y == 0 else None)
        mean = float(np.mean(trials))
        axes.plot([mean, mean], [y - 0.36, y + 0.36], color=INK, linewidth=2.2, label="our mean" if y == 0 else None)
        words.append(f"{label}: from {min(trials):,} to {max(trials):,}, mean {mean:,.0f}"
                     + (f", published mean {published:,.0f}" if published else ""))
    known = [(published, len(rows) - 1 - y) for y, (_, _, published) in enumerate(rows) if published]
    if known:
        axes.plot(*np.array(known).T, "D", color=INK, markersize=8, markerfacecolor=PAPER, markeredgewidth=2,
                  label="published mean")
    axes.set(yticks=range(len(rows)), yticklabels=[label for label, _, _ in reversed(rows)],
             ylim=(-0.6, len(rows) - 0.4), xscale="log", xlabel="guesses until one was right (log scale)")
    axes.tick_params(axis="y", colors=INK)
    axes.legend(loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=3, columnspacing=1.2)
    return Picture(figure, "A dot for each repetition at the number of guesses that it took, on a log scale, a bar at "
                   f"the mean, a diamond at the published mean. {'; '.join(reversed(words))}.",
                   numbers=Numbers(("net", "repetition", "guesses"), [
                       (label, number, count) for label, trials, _ in rows for number, count in enumerate(trials)]))


def _within_the_cap(name: str, updates: Sequence[float | None], cap: int) -> None:
    require(len(updates) > 0, name, updates, "at least one seed")
    require(all(value is None or 0 < value <= cap for value in updates), name, updates,
            f"numbers of updates from above 0 to the cap, {cap}, or None")


@in_style
def survival(series: dict[str, Sequence[int | None]], cap: int) -> Picture:
    """The share of seeds that have not yet solved it against the updates (Kaplan-Meier), a curve for each name.

    ``series`` holds for each name (6 at most) the update at which each seed solved it, or None where
    it did not within ``cap`` updates; those count as censored there and are marked with a cross.
    Raises ValueError for an update outside 1..cap, a name without seeds, and more than 6 names.
    E. L. Kaplan & P. Meier, Nonparametric estimation from incomplete observations, 1958.
    """
    from scipy.stats import CensoredData, ecdf  # takes longer to import than all the rest of this package

    require(0 < len(series) <= len(SERIES), "series", list(series), f"1 to {len(SERIES)} names")
    figure, axes = canvas(4.9, 3.1)
    words, rows = [], []
    for (name, updates), (dashes, colour, _) in zip(series.items(), SERIES):
        _within_the_cap(f"series[{name!r}]", updates, cap)
        unsolved = [value is None for value in updates]
        curve = ecdf(CensoredData.right_censored([cap if value is None else value for value in updates], unsolved)).sf
        at, share = curve.quantiles, curve.probabilities
        axes.plot([1, *at, cap], [1.0, *share, share[-1]], drawstyle="steps-post", linestyle=dashes, color=colour,
                  label=f"{name}: {len(updates) - sum(unsolved)} of {len(updates)}")
        if any(unsolved):
            axes.plot([cap], [share[-1]], "x", color=colour, markersize=8, markeredgewidth=2, clip_on=False)
        half = at[share <= 0.5]
        words.append(f"{name}: {len(updates) - sum(unsolved)} of {len(updates)} solved it within {cap:,} updates, "
                     + (f"half of them by update {half[0]:,.0f}" if len(half) else "fewer than half of them"))
        rows += [(name, float(update), float(part)) for update, part in zip(at, share, strict=True)]
    earliest = min(value for updates in series.values() for value in (*updates, cap) if value is not None)
    log_steps(axes, [earliest, cap])
    axes.set(ylim=(-0.03, 1.05), yticks=[0, 0.5, 1],
             xlabel="updates (log scale)", ylabel="share not yet solved")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return Picture(figure, "Stairs that fall from 1 as seeds solve it: the share of seeds that have not yet solved it, "
                   "against the updates on a log scale, with a cross at the cap where some never did. "
                   f"{'; '.join(words)}.",
                   f"Kaplan–Meier curves. A cross: stopped unsolved after {cap:,} updates.",
                   Numbers(("net", "update", "share not yet solved"), rows))


@in_style
def predicted_and_observed(points: Sequence[tuple[str, float, float | None]], cap: int,
                           xlabel: str = "updates predicted", ylabel: str = "updates observed") -> Picture:
    """What was predicted against what was observed, on log scales, with the line on which the two agree.

    ``points`` holds ``(group, predicted, observed or None)``, of 6 groups at most; None was not solved
    within ``cap`` updates and is drawn hollow on a line at the cap. Raises ValueError for numbers that
    are not above 0, for an observation above the cap, and for more than 6 groups.
    """
    groups = list(dict.fromkeys(group for group, _, _ in points))
    require(0 < len(groups) <= len(SERIES), "points", groups, f"points of 1 to {len(SERIES)} groups")
    require(all(predicted > 0 for _, predicted, _ in points), "points", points, "predictions above 0")
    _within_the_cap("points", [observed for _, _, observed in points], cap)
    figure, axes = canvas(4.6, 4.0)
    words = []
    for group, (_, colour, marker) in zip(groups, SERIES):
        mine = [(x, y) for name, x, y in points if name == group]
        solved = [(x, y) for x, y in mine if y is not None]
        censored = [(x, cap) for x, y in mine if y is None]
        axes.plot(*np.array(solved or [(np.nan, cap)]).T, marker, color=colour, alpha=0.75, label=group)
        axes.plot(*np.array(censored or [(np.nan, cap)]).T, marker, color=colour, markerfacecolor="none",
                  markeredgewidth=1.4)
        near = sum(0.5 <= x / y <= 2 for x, y in solved)
        words.append(f"{group}: {len(solved)} of {len(mine)} solved, {near} of these within a factor of 2 of the "
                     "prediction")
    values = [cap, *(value for point in points for value in point[1:] if value is not None)]
    ends = [0.8 * min(values), 1.25 * max(values)]
    axes.plot(ends, ends, color=INK, linestyle="--", linewidth=1.2, label="as predicted")
    axes.axhline(cap, color=MUTED, linestyle=":", linewidth=1.2)
    axes.set(xscale="log", yscale="log", xlim=ends, ylim=ends, xlabel=f"{xlabel} (log scale)",
             ylabel=f"{ylabel} (log scale)", aspect="equal")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return Picture(figure, f"Points: {xlabel} against {ylabel}, both on log scales, with a dashed line where the two "
                   f"agree and hollow points at the cap of {cap:,}. {'; '.join(words)}.",
                   f"Dashed: as predicted. Hollow, on the dotted line: not solved within {cap:,} updates.",
                   Numbers(("group", xlabel, ylabel), points))
