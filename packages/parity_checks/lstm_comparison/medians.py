"""Checks for the student's ``summarise`` function."""

from __future__ import annotations

from typing import Any

import numpy as np

from parity_checks.assertions import Query, likely_cause
from parity_checks.reporting import check

SEEDS = "training#twenty-seeds-instead-of-one"
LATE = "An unsolved run takes longer than all solved runs. "
ERROR_CAUSES = {"NoneType": "None cannot be compared with a number: put np.inf in its place before you sort or take "
                "the median."}


@check("summarise: solved runs, all runs, and a median that counts every run")
def summarise(seed: int = 0) -> None:
    """Check that the student's ``summarise`` function returns the correct counts and median.

    ``summarise(steps)`` returns ``(solved, count, median)`` for a list of numbers of steps, with None for each unsolved
    run.
    """
    rng = np.random.default_rng(seed)
    cases = [[300, 100, 250], [100, 300, 900, 500], [None, 100, None, None, None], [400, None, 150, 50, None],
             [None, None], [700], [200, None, 100, None], [100, 900, 200, None]]
    cases += [[None if rng.random() < 0.4 else int(step) for step in 50 * rng.integers(1, 41, size=rng.integers(1, 9))]
              for _ in range(20)]
    for steps in cases:
        query = Query(f"summarise({steps})", SEEDS)
        result = query.call("summarise", list(steps), causes=ERROR_CAUSES)
        median = float(np.median(_with_infinity(steps)))
        expected = sum(step is not None for step in steps), len(steps), median if np.isfinite(median) else None
        if not isinstance(result, (tuple, list)) or len(result) != 3:
            query.fail(expected, result, "Return three values: the number of solved runs, the number of all runs, and "
                       "the median.")
        got = tuple(map(_as_float, result))
        if not all(map(_agree, got, expected)):
            query.fail(expected, tuple(result), _hint(got, expected, steps))


def _with_infinity(steps: list[int | None]) -> list[float]:
    return [np.inf if step is None else step for step in steps]


def _as_float(value: Any) -> float | None:
    """Convert a number of any type to a float.

    None is returned as it is, and anything else becomes nan.
    """
    try:
        return None if value is None else np.nan if isinstance(value, (str, bytes)) else float(value)
    except (TypeError, ValueError, RuntimeError):
        return np.nan


def _agree(got: float | None, expected: float | None) -> bool:
    return got is expected if None in (got, expected) else abs(got - expected) <= 1e-6


def _hint(got: tuple, expected: tuple, steps: list[int | None]) -> str:
    if got[:2] != expected[:2]:
        if got[:2] == expected[1::-1]:
            return "The first two are swapped: the number of solved runs comes first, then that of all runs."
        if got[0] == got[1] == expected[0]:
            return "The second number counts the solved runs again. It should be the number of all runs."
        return "The first number counts the steps that are not None, and the second number is len(steps)."
    if got[2] is None:
        return "Return None only if the run in the middle was not solved. Here more than half of the runs were solved."
    if expected[2] is None and not np.isfinite(got[2]):
        return "If the run in the middle was not solved, there is no such step: return None, not inf or nan."
    solved, late = [step for step in steps if step is not None], _with_infinity(steps)
    return likely_cause(got[2], [
        (late[len(late) // 2], "You did not sort the steps before you took the middle one."),
        (sorted(late)[len(late) // 2], "For an even number of runs, the median is halfway between the two in the "
                                       "middle."),
        (np.median(solved) if solved else np.nan, "This is the median of the solved runs alone, which makes a network "
         "that often fails look fast."),
        (np.median([step or 0 for step in steps]), LATE + "Here an unsolved run counts as 0 steps."),
        (np.mean(solved) if solved else np.nan, "This is the mean; one slow run moves it far."),
    ], tolerance=0) or LATE + ("If you put the budget or another number in the place of None, that number is invented, "
                               "because the run was not observed to end there.")
