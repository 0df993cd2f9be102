"""Does the book's recipe always work? The default recipe and the tanh recipe on many seeds.

Returns ``{"relu 32" | "tanh 16": {"seeds", "solved", "steps": [a seed each,
None where not solved], "median_steps", "half_fall_share": [a seed each],
"curves": [a seed each: {"step", "loss", "accuracy": lists of <= 60}]}}``.
``half_fall_share``: see :func:`half_fall_share`.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from parity_lib.experiments.nets import trained
from parity_lib.experiments.summaries import counted, short
from parity_lib.training import History

CURVE_POINTS = 60
SMOOTHED_OVER = 10
QUICK: dict[str, Any] = {"seeds": 2, "cap": 60}


def run(seeds: int = 20, cap: int = 3000) -> dict[str, Any]:
    """Run it; what it returns is described above."""
    results = {}
    for recipe in ("relu 32", "tanh 16"):
        histories = [trained(recipe, seed, cap)[1] for seed in range(seeds)]
        results[recipe] = counted(histories) | {
            "half_fall_share": [half_fall_share(history.loss) for history in histories],
            "curves": [curve(history) for history in histories],
        }
    return results


def curve(history: History) -> dict[str, list[float]]:
    """The training curve as at most 60 points, each the mean of a stretch of steps that ends at ``step``."""
    edges = np.unique(np.linspace(0, history.steps, CURVE_POINTS + 1).astype(int))
    stretches = list(pairwise(edges))
    return {"step": [int(end) for _, end in stretches],
            "loss": [short(np.mean(history.loss[start:end])) for start, end in stretches],
            "accuracy": [short(np.mean(history.accuracy[start:end])) for start, end in stretches]}


def half_fall_share(loss: list[float]) -> float:
    """The share of all steps in which the loss makes half of its total fall, where it falls fastest.

    The loss is averaged over 10 steps first. The total fall is its first value
    minus its last; searched is the shortest stretch of steps over which it
    falls by half of that. A straight line gives one half, a cliff nearly 0.
    """
    smooth = np.convolve(loss, np.ones(SMOOTHED_OVER) / SMOOTHED_OVER, mode="valid")
    half = (smooth[0] - smooth[-1]) / 2
    for width in range(1, len(smooth)):
        if (smooth[:-width] - smooth[width:]).max() >= half:
            return short(width / len(loss))
    return 1.0
