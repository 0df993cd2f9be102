"""The two pictures of a class report that an instructor shows in class: what each task gave, and the points of all.

Chapter: *For instructors*.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.ticker import MaxNLocator

from parity_lib.figures.picture import INK, MUTED, RIGHT, Numbers, Picture, canvas, in_style
from parity_lib.teaching.report import Task

HATCH = "////"


@in_style
def by_task(tasks: Sequence[Task]) -> Picture:
    """A bar a task: how many have all of its points, a part of them, none."""
    shown = [one for one in tasks if one.points]
    names = [f"{one.name} ({one.most:g})" for one in shown]
    every = np.array([one.all for one in shown])
    none = np.array([one.none for one in shown])
    part = np.array([len(one.points) for one in shown]) - every - none
    figure, axes = canvas(4.8, 0.9 + 0.42 * len(shown))
    places = np.arange(len(shown))
    axes.barh(places, every, height=0.62, color=RIGHT, label="all points")
    axes.barh(places, part, left=every, height=0.62, facecolor="none", edgecolor=RIGHT, hatch=HATCH, linewidth=0.8,
              label="a part")
    axes.barh(places, none, left=every + part, height=0.62, facecolor="none", edgecolor=MUTED, linewidth=0.8,
              label="none")
    for place, (right, one) in enumerate(zip(every, shown, strict=True)):
        axes.text(len(one.points) + 0.4, place, f"{right}/{len(one.points)}", va="center", color=INK)
    most = max(len(one.points) for one in shown)
    axes.set(yticks=places, yticklabels=names, xlabel="students", xlim=(0, 1.2 * most),
             ylim=(len(shown) - 0.45, -0.55))
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.tick_params(axis="y", colors=INK, length=0)
    axes.grid(visible=False, axis="y")
    figure.legend(loc="outside upper left", ncols=3, columnspacing=1.2, handlelength=1.6)
    rows = [(one.name, f"{one.most:g}", len(one.points), int(right), int(some), int(nothing))
            for one, right, some, nothing in zip(shown, every, part, none, strict=True)]
    words = "; ".join(f"{name}: {right} of {count} have all {points} points, {some} a part, {nothing} none"
                      for name, points, count, right, some, nothing in rows)
    return Picture(figure, f"How many have the points of each task. {words}.",
                   "Each task, with its points in brackets: how many students have all of them, a part, none.",
                   Numbers(("task", "points", "students", "all", "a part", "none"), rows))


@in_style
def histogram(points: Sequence[float], most: float) -> Picture:
    """How many students have how many points of ``most``: a column a point, and in each all from it to the next."""
    whole = np.floor(np.asarray(points)).astype(int)
    values = np.arange(int(np.ceil(most)) + 1)
    counts = np.array([(whole == value).sum() for value in values])
    figure, axes = canvas(4.9, 2.4)
    axes.bar(values, counts, width=0.82, color=MUTED)
    middle = float(np.median(points))
    axes.axvline(middle, color=INK, linestyle="--", linewidth=1.4)
    axes.text(middle, 1.02, f"median {middle:g}", ha="center", va="bottom", color=INK,
              transform=axes.get_xaxis_transform())
    axes.set(xlabel=f"points of {most:g}", ylabel="students", xlim=(-0.7, values[-1] + 0.7))
    axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.grid(visible=False, axis="x")
    rows = list(zip(values.tolist(), counts.tolist(), strict=True))
    words = ", ".join(f"{value}: {count}" for value, count in rows if count)
    return Picture(figure, f"Points of {len(whole)} students, of {most:g}; the median is {middle:g}. Students by "
                   f"points, rounded down: {words}.", f"Points of all {len(whole)} students whose answers are read.",
                   Numbers(("points, rounded down", "students"), rows))
