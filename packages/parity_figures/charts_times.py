"""Charts of the number of updates, or of guesses, that many runs need."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from parity_figures.picture import (
    INK,
    MUTED,
    PAPER,
    SERIES,
    Numbers,
    Picture,
    canvas,
    in_style,
    legend_below,
    log_steps,
    name_rows,
)
from parity_lib.errors import require


def _draw_dots(axes: Axes, row: int, values: Sequence[int | None], cap: int | None = None, **look) -> None:
    """Draw one row of a dot plot.

    There is a dot for each value and a cross at ``cap`` for each None. They are spread over the height of the row.
    """
    heights = row + np.linspace(0.23, -0.23, max(len(values), 2))[:len(values)]
    known = np.array([value is not None for value in values], dtype=bool)
    axes.plot([value for value in values if value is not None], heights[known], "o", **look)
    axes.plot([cap] * sum(~known), heights[~known], "x", color=INK)


@in_style
def steps_to_solve(rows: Sequence[tuple[str, Sequence[int | None], int]]) -> Picture:
    """Plot the update at which each seed solved the task.

    A cross at the cap marks a seed that did not solve it. ``rows`` has ``(label, update or None for each seed, cap)``.
    """
    figure, axes = canvas(height=0.9 + 0.55 * len(rows))
    for y, (_, steps, cap) in enumerate(rows):
        _draw_dots(axes, y, steps, cap, color=INK, alpha=0.75)
    counts = [f"{sum(step is not None for step in steps)} of {len(steps)}" for _, steps, _ in rows]
    name_rows(axes, [f"{label}\n{count}" for (label, _, _), count in zip(rows, counts)])
    axes.set_xlabel("updates until all answers were correct (log scale)")
    log_steps(axes, [step or cap for _, steps, cap in rows for step in steps])
    words = "; ".join(f"{label}: {count}" for (label, _, _), count in zip(rows, counts))
    return Picture(figure, "A dot for each seed at the update that solved the task, and a cross at the cap if none "
                   f"did. Solved: {words}.",
                   numbers=Numbers(("run", "seed", "solved at update"), [
                       (label, seed, step) for label, steps, _ in rows for seed, step in enumerate(steps)]))


@in_style
def trials_to_guess(rows: Sequence[tuple[str, Sequence[int], float | None]]) -> Picture:
    """Plot the number of guesses in each repetition, with the observed and the published mean.

    A bar marks our mean, and a diamond marks the published mean. ``rows`` has
    ``(label, trials, published mean or None)``.
    """
    figure, axes = canvas(height=1.0 + 0.62 * len(rows))
    words = []
    for y, (label, trials, published) in enumerate(rows):
        named = y == 0      # the legend needs each mark only once
        _draw_dots(axes, y, trials, color=MUTED, alpha=0.6, markersize=3.5, label="one repetition" if named else None)
        mean = float(np.mean(trials))
        axes.plot([mean, mean], [y - 0.36, y + 0.36], color=INK, linewidth=2.2, label="our mean" if named else None)
        words.append(f"{label}: from {min(trials):,} to {max(trials):,}, mean {mean:,.0f}"
                     + (f", published mean {published:,.0f}" if published else ""))
    known = [(published, y) for y, (_, _, published) in enumerate(rows) if published]
    if known:
        axes.plot(*np.array(known).T, "D", color=INK, markersize=8, markerfacecolor=PAPER, markeredgewidth=2,
                  label="published mean")
    name_rows(axes, [label for label, _, _ in rows])
    axes.set(xscale="log", xlabel="guesses until one was correct (log scale)")
    axes.legend(loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=3, columnspacing=1.2)
    return Picture(figure, "A dot for each repetition at the number of guesses that it took, on a logarithmic scale, a "
                   f"bar at the mean and a diamond at the published mean. {'; '.join(words)}.",
                   numbers=Numbers(("network", "repetition", "guesses"), [
                       (label, number, count) for label, trials, _ in rows for number, count in enumerate(trials)]))


def _require_within_cap(name: str, updates: Sequence[float | None], cap: int) -> None:
    require(len(updates) > 0, name, updates, "at least one seed")
    require(all(value is None or 0 < value <= cap for value in updates), name, updates,
            f"numbers of updates from above 0 to the cap, {cap}, or None")


@in_style
def survival(series: dict[str, Sequence[int | None]], cap: int) -> Picture:
    """Plot Kaplan–Meier curves of the fraction of seeds that have not yet solved the task.

    The estimate is that of Kaplan and Meier (1958). ``series`` has up to six names and, for each seed, the update that
    solved the task, or None if none within ``cap`` did; these seeds are censored at ``cap`` and marked with a cross.
    Raises ValueError if an update is not between 1 and ``cap``, if a name has no seeds, or if there are more than six
    names.
    """
    from scipy.stats import CensoredData, ecdf  # importing it takes longer than importing the rest of this package

    require(0 < len(series) <= len(SERIES), "series", list(series), f"1 to {len(SERIES)} names")
    figure, axes = canvas(height=3.1)
    words, rows = [], []
    for (name, updates), (dashes, colour, _) in zip(series.items(), SERIES):
        _require_within_cap(f"series[{name!r}]", updates, cap)
        unsolved = [value is None for value in updates]
        count = f"{len(updates) - sum(unsolved)} of {len(updates)}"
        curve = ecdf(CensoredData.right_censored([cap if value is None else value for value in updates], unsolved)).sf
        at, share = curve.quantiles, curve.probabilities
        axes.plot([1, *at, cap], [1.0, *share, share[-1]], drawstyle="steps-post", linestyle=dashes, color=colour,
                  label=f"{name}: {count}")
        if any(unsolved):
            axes.plot([cap], [share[-1]], "x", color=colour, markersize=8, markeredgewidth=2, clip_on=False)
        half = at[share <= 0.5]
        words.append(f"{name}: {count} solved it within {cap:,} updates, "
                     + (f"half of them by update {half[0]:,.0f}" if len(half) else "fewer than half of them"))
        rows += [(name, float(update), float(part)) for update, part in zip(at, share, strict=True)]
    log_steps(axes, [*(value for updates in series.values() for value in updates if value is not None), cap])
    axes.set(ylim=(-0.03, 1.05), yticks=[0, 0.5, 1], xlabel="updates (log scale)", ylabel="share not yet solved")
    legend_below(figure, axes, 2)
    return Picture(figure, "The share of seeds that have not yet solved the task, against the updates on a logarithmic "
                   "scale: a curve that falls from 1 with each seed that does, with a cross at the cap if some never "
                   f"did. {'; '.join(words)}.",
                   f"Kaplan–Meier curves. A cross: stopped unsolved after {cap:,} updates.",
                   Numbers(("network", "update", "share not yet solved"), rows))


@in_style
def predicted_and_observed(points: Sequence[tuple[str, float, float | None]], cap: int,
                           xlabel: str = "updates predicted", ylabel: str = "updates observed") -> Picture:
    """Plot observed against predicted values on logarithmic axes.

    The two agree on a dashed line. ``points`` has ``(group, prediction, observation or None)`` from up to six groups.
    None means that the task was not solved within ``cap`` updates; such a point is drawn hollow at the cap. Raises
    ValueError for numbers that are not positive, for an observation above the cap, and for more than six groups.
    """
    groups = list(dict.fromkeys(group for group, _, _ in points))
    require(0 < len(groups) <= len(SERIES), "points", groups, f"points of 1 to {len(SERIES)} groups")
    require(all(predicted > 0 for _, predicted, _ in points), "points", points, "predictions above 0")
    _require_within_cap("points", [observed for _, _, observed in points], cap)
    figure, axes = canvas(4.6, 4.0)
    words = []
    for group, (_, colour, marker) in zip(groups, SERIES):
        members = [(x, y) for name, x, y in points if name == group]
        solved = [(x, y) for x, y in members if y is not None]
        censored = [x for x, y in members if y is None]
        axes.plot([x for x, _ in solved], [y for _, y in solved], marker, color=colour, alpha=0.75, label=group)
        axes.plot(censored, [cap] * len(censored), marker, color=colour, markerfacecolor="none", markeredgewidth=1.4)
        near = sum(0.5 <= x / y <= 2 for x, y in solved)
        words.append(f"{group}: {len(solved)} of {len(members)} solved, {near} of these within a factor of 2 of the "
                     "prediction")
    values = [cap, *(value for point in points for value in point[1:] if value is not None)]
    ends = [0.8 * min(values), 1.25 * max(values)]
    axes.plot(ends, ends, color=INK, linestyle="--", linewidth=1.2, label="as predicted")
    axes.axhline(cap, color=MUTED, linestyle=":", linewidth=1.2)
    axes.set(xscale="log", yscale="log", xlim=ends, ylim=ends, xlabel=f"{xlabel} (log scale)",
             ylabel=f"{ylabel} (log scale)", aspect="equal")
    legend_below(figure, axes, 3)
    return Picture(figure, f"Points: {xlabel} against {ylabel}, both on logarithmic scales, with a dashed line where "
                   f"the two agree and hollow points at the cap of {cap:,}. {'; '.join(words)}.",
                   f"Dashed: as predicted. Hollow, on the dotted line: not solved within {cap:,} updates.",
                   Numbers(("group", xlabel, ylabel), points))
