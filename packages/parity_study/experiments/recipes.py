"""Does the book's training recipe always work?

The default recipe and the tanh recipe are each trained from many seeds. Returns ``{"relu 32" | "tanh 16": {"seeds",
"solved", "steps": [of each seed, None if not solved], "half_fall_share": [of each seed], "curves": [of
each seed: {"step", "loss": lists of at most 60 numbers}]}}``.
"""

from itertools import pairwise
from typing import Any

import numpy as np

from parity_lib.training import History
from parity_study.experiments.summaries import rounded, summarise_histories
from parity_study.trained_networks import trained

CURVE_POINTS = 60
SMOOTHED_OVER = 10
QUICK: dict[str, Any] = {"seeds": 2, "cap": 60}


def run(seeds: int = 20, cap: int = 3000) -> dict[str, Any]:
    """Run the experiment and return the results described in the module docstring."""
    results = {}
    for recipe in ("relu 32", "tanh 16"):
        _, histories = trained(recipe, seeds, cap)
        results[recipe] = summarise_histories(histories) | {
            "half_fall_share": [half_fall_share(history.loss) for history in histories],
            "curves": [curve(history) for history in histories],
        }
    return results


def curve(history: History) -> dict[str, list[float]]:
    """Reduce a training curve to the means of at most 60 intervals."""
    edges = np.unique(np.linspace(0, history.updates, CURVE_POINTS + 1).astype(int))
    intervals = list(pairwise(edges))
    return {"step": [int(end) for _, end in intervals],
            "loss": rounded([np.mean(history.loss[start:end]) for start, end in intervals])}


def half_fall_share(loss: list[float]) -> float:
    """Measure how suddenly the loss falls during training.

    The result is the smallest fraction of consecutive updates in which the loss makes half of its total fall. The loss
    is first averaged over 10 updates. Its total fall is the first value minus the last value. The result is about
    one half for a straight line, and nearly 0 for a sudden fall.
    """
    smooth = np.convolve(loss, np.ones(SMOOTHED_OVER) / SMOOTHED_OVER, mode="valid")
    half = (smooth[0] - smooth[-1]) / 2
    for width in range(1, len(smooth)):
        if (smooth[:-width] - smooth[width:]).max() >= half:
            return rounded(width / len(loss))
    return 1.0
