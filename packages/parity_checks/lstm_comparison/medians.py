"""Checks for the student's ``summarise`` function."""

from __future__ import annotations

from typing import Any

import numpy as np

from parity_checks.assertions import Query, likely_cause
from parity_checks.reporting import check

SEEDS = "training#twenty-seeds-instead-of-one"


@check("summarise: solved runs, all runs, and a median that counts every run")
def summarise(seed: int = 0) -> None:
    """Check that the student's ``summarise`` function returns the correct counts and median.

    ``summarise(steps)`` returns ``(solved, count, median)`` for a list of numbers of steps, with None for each unsolved
    run.
    """
    rng = np.random.default_rng(seed)
    cases: list[list] = [[300, 100, 250], [100, 300, 900, 500], [None, 100, None, None, None],
                         [400, None, 150, 50, None], [None, None], [700], [200, None, 100, None], [100, 900, 200, None],
                         [101, 300, 200, 100]]
    cases += [[None if rng.random() < 0.4 else int(step) for step in rng.integers(1, 2000, size=rng.integers(1, 9))]
              for _ in range(20)]
    for steps in cases:
        query = Query(f"summarise({steps})", SEEDS)
        result = query.call("summarise", list(steps))
        late = [np.inf if step is None else step for step in steps]
        median = float(np.median(late))
        expected = sum(step is not None for step in steps), len(steps), median if np.isfinite(median) else None
        if not isinstance(result, (tuple, list)) or len(result) != 3:
            query.fail(expected, result, "Return three values: the number of solved runs, the number of all runs, and "
                       "the median.")
        for name, number in zip(("the number of solved runs", "the number of all runs"), result, strict=False):
            query.part(name).as_array(number, (), "integer")
        got = tuple(map(_as_float, result))
        if not all(map(_agree, got, expected)):
            query.fail(expected, tuple(result), _hint(got, expected, late))


def _as_float(value: Any) -> float | None:
    """Convert a number to a float, None to None, and anything else to nan."""
    try:
        return None if value is None else np.nan if isinstance(value, (str, bytes)) else float(value)
    except (TypeError, ValueError, RuntimeError):
        return np.nan


def _agree(got: float | None, expected: float | None) -> bool:
    return got is expected if got is None or expected is None else abs(got - expected) <= 1e-6


def _hint(got: tuple, expected: tuple, late: list[float]) -> str:
    if got[:2] != expected[:2]:
        return "The first number counts the steps that are not None, and the second number is len(steps)."
    if got[2] is None or not np.isfinite(got[2]):
        return "Return None if, and only if, the run in the middle was not solved, because it has no number of steps."
    solved = [step for step in late if np.isfinite(step)]
    return likely_cause(got[2], [
        (np.floor(np.median(late)), "Half a step is lost: the median of 100 and 101 is 100.5. Do you divide with `//` "
         "or convert with `int`?"),
        (sorted(late)[len(late) // 2], "For an even number of runs, the median is halfway between "
         "the two in the middle."),
        (np.median(solved or np.nan), "This is the median of the solved runs alone, which makes a network that often "
         "fails look fast."),
    ], tolerance=0) or ("The median is in the middle of the sorted runs, and an unsolved run takes longer than all "
                        "solved runs. Do not replace None by the budget or by another number: nobody has measured "
                        "how long that run would have taken.")
