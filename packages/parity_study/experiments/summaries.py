"""Summaries of many runs, as the files of results hold them."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from parity_lib.training import History


def summarise_updates(updates: Sequence[int | None]) -> dict[str, Any]:
    """Return how many of the runs solved their task, and after how many updates (None: not within the cap)."""
    solved = [update for update in updates if update is not None]
    return {"seeds": len(updates), "solved": len(solved), "steps": list(updates),
            "median_steps": float(np.median(solved)) if solved else None}


def summarise_histories(histories: Sequence[History]) -> dict[str, Any]:
    """Return what :func:`summarise_updates` returns for the histories of some runs."""
    return summarise_updates([history.solved_at for history in histories])


def final_bit_accuracy(histories: Sequence[History]) -> list[float]:
    """Return the accuracy per bit of each run at its last validation."""
    return rounded([history.validation[-1]["bit_accuracy"] for history in histories])


def quartiles(values: np.ndarray) -> dict[str, list[float]]:
    """Return the medians and quartiles over the rows of ``values [runs, ...]``; empty lists if there are no rows."""
    if not len(values):
        return {"median": [], "low": [], "high": []}
    low, median, high = np.quantile(values, [0.25, 0.5, 0.75], axis=0)
    return {"median": rounded(median), "low": rounded(low), "high": rounded(high)}


def rounded(values: Any) -> Any:
    """Round a number, or all numbers of an array or list, to six significant digits; further digits vary by machine.

    >>> rounded(2 / 3), rounded([[1 / 3, None]])
    (0.666667, [[0.333333, None]])
    """
    if hasattr(values, "tolist"):
        values = values.tolist()
    if isinstance(values, (list, tuple)):
        return [rounded(value) for value in values]
    return None if values is None else float(f"{values:.6g}")
