"""What a file of results keeps of many runs: counts, medians, quartiles, six digits of each number."""

from __future__ import annotations

from typing import Any

import numpy as np

from parity_lib.training import History


def counted(histories: list[History]) -> dict[str, Any]:
    """How many of the runs ended exactly right, and after how many steps (None: not within the cap)."""
    steps = [history.solved_at for history in histories]
    solved = [step for step in steps if step is not None]
    return {"seeds": len(steps), "solved": len(solved), "steps": steps,
            "median_steps": float(np.median(solved)) if solved else None}


def band(values: np.ndarray) -> dict[str, list[float]]:
    """Medians and quartiles over the rows: ``values [runs, ...]``; empty lists where there is no run."""
    if not len(values):
        return {"median": [], "low": [], "high": []}
    low, median, high = np.quantile(values, [0.25, 0.5, 0.75], axis=0)
    return {"median": shorts(median), "low": shorts(low), "high": shorts(high)}


def short(value: float) -> float:
    """Six significant digits: what lies beyond them differs between machines."""
    return float(f"{value:.6g}")


def shorts(values) -> list[float]:
    """The same for a row of numbers."""
    return [short(value) for value in np.asarray(values).tolist()]
