"""The check of ``summarise``."""

from __future__ import annotations

from typing import Any

import numpy as np

from parity_checks import assertions
from parity_checks.reporting import check

SEEDS = "training#twenty-seeds-instead-of-one"
LATE = "An unsolved run takes longer than all solved ones. "


@check("summarise: solved runs, all runs, and a median that counts every run")
def summarise(seed: int = 0) -> None:
    """Check ``summarise(steps)``, which returns ``(solved, count, median)`` for a list of steps or None."""
    rng = np.random.default_rng(seed)
    cases = [[300, 100, 250], [100, 300, 900, 500], [None, 100, None, None, None], [400, None, 150, 50, None],
             [None, None], [700], [200, None, 100, None], [100, 900, 200, None]]
    cases += [[None if rng.random() < 0.4 else int(step) for step in 50 * rng.integers(1, 41, size=rng.integers(1, 9))]
              for _ in range(20)]
    for steps in cases:
        what = f"summarise({steps})"
        result = assertions.ask("summarise", what, list(steps), see=SEEDS, slips={
            "NoneType": "None cannot be compared with a number: put np.inf in its place before you sort or take the "
                        "median."})
        median = float(np.median(_late(steps)))
        expected = sum(step is not None for step in steps), len(steps), median if np.isfinite(median) else None
        if not isinstance(result, (tuple, list)) or len(result) != 3:
            assertions.fail(what, expected, result, "Return three values: how many runs were solved, how many there "
                            "are, and the median.", SEEDS)
        got = tuple(map(_number, result))
        if not all(map(_agree, got, expected)):
            assertions.fail(what, expected, tuple(result), _hint(got, expected, steps), SEEDS)


def _late(steps: list[int | None]) -> list[float]:
    return [np.inf if step is None else step for step in steps]


def _number(value: Any) -> float | None:
    """Return a number of any library as a float, None as it is, and nan for anything else."""
    try:
        return None if value is None else np.nan if isinstance(value, (str, bytes)) else float(value)
    except (TypeError, ValueError, RuntimeError):
        return np.nan


def _agree(got: float | None, expected: float | None) -> bool:
    return got is expected if None in (got, expected) else abs(got - expected) <= 1e-6


def _hint(got: tuple, expected: tuple, steps: list[int | None]) -> str:
    if got[:2] != expected[:2]:
        if got[:2] == expected[1::-1]:
            return "The first two are swapped: the solved runs come first, then all runs."
        if got[0] == got[1] == expected[0]:
            return "The second number counts the solved runs again. It should be the number of all runs."
        return "The first number counts the steps that are not None, and the second number is len(steps)."
    if got[2] is None:
        return "Return None only if the run in the middle was not solved. Here more than half of the runs were solved."
    if expected[2] is None and not np.isfinite(got[2]):
        return "Where the run in the middle was not solved, there is no such step: return None, not inf or nan."
    solved, late = [step for step in steps if step is not None], _late(steps)
    return assertions.likely(got[2], [
        (late[len(late) // 2], "You did not sort the steps before you took the middle one."),
        (sorted(late)[len(late) // 2], "For an even number of runs, the median is halfway between the two in the "
                                       "middle."),
        (np.median(solved) if solved else np.nan, "This is the median of the solved runs alone. A network that often "
         "fails looks fast in it."),
        (np.median([step or 0 for step in steps]), LATE + "Here an unsolved run counts as 0 steps."),
        (np.mean(solved) if solved else np.nan, "This is the mean; one slow run moves it far."),
    ], tolerance=0) or LATE + ("If you put the budget or another number in the place of None, that number is invented: "
                               "nobody saw the run end there.")
