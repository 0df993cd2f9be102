"""Check of ``summarise``: counts, and a median in which no run is forgotten."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from parity_lib.checks import expect
from parity_lib.checks.constants import constant
from parity_lib.checks.plain import kind_of
from parity_lib.checks.reporting import check

SEEDS = "training#twenty-seeds-instead-of-one"


@check("summarise: solved, runs, and a median in which no run is forgotten")
def summarise(seed: int = 0) -> None:
    """``summarise(steps)``: a list of steps or None -> ``(solved, count, median)``."""
    rng = np.random.default_rng(seed)
    cases = [[300, 100, 250], [100, 300, 900, 500], [None, 100, None, None, None], [400, None, 150, 50, None],
             [None, None], [700], [200, None, 100, None], [100, 900, 200, None], *(_runs(rng) for _ in range(20))]
    for steps in cases:
        what = f"summarise({steps})"
        result = expect.ask("summarise", what, list(steps), see=SEEDS, slips={
            "NoneType": "None has no order: put np.inf in its place before you sort or take the median"})
        expected = _summary(steps)
        if not isinstance(result, (tuple, list)) or len(result) != 3:
            given = kind_of(result) if result is None else f"{type(result).__name__}: {expect.show(result, 60)}"
            expect.fail(what, expected, given,
                        "return three values: how many were solved, how many runs there are, the median", SEEDS)
        got = tuple(_number(value) for value in result)
        if not _equal(got, expected):
            expect.fail(what, expected, tuple(result), _summary_hint(got, expected, steps), SEEDS)


def _runs(rng: np.random.Generator) -> list[int | None]:
    count = int(rng.integers(1, 9))
    return [None if rng.random() < 0.4 else int(step) for step in 50 * rng.integers(1, 41, size=count)]


def _summary(steps: list[int | None]) -> tuple[int, int, float | None]:
    solved = [step for step in steps if step is not None]
    middle = _middle(solved + [np.inf] * (len(steps) - len(solved))) if steps else np.inf
    return len(solved), len(steps), middle if np.isfinite(middle) else None


def _middle(late: list[float]) -> float:
    """The median; of an even number of runs the one between the two in the middle, or as a variant has it."""
    ordered, count = sorted(late), len(late)
    return {"halfway": float(np.median(late)), "smaller": float(ordered[(count - 1) // 2]),
            "larger": float(ordered[count // 2])}[constant("lstm_comparison", "middle")]


def _number(value: Any) -> Any:
    """A number of NumPy or torch as Python's; anything else as it is."""
    if isinstance(value, (np.ndarray, torch.Tensor)):
        return value.item() if value.shape in ((), (1,)) else "an array"
    return value.item() if isinstance(value, np.generic) else value


def _equal(got: tuple, expected: tuple) -> bool:
    return all(one == two or (isinstance(one, float) and two is not None and abs(one - two) < 1e-6)
               for one, two in zip(got, expected, strict=True))


def _summary_hint(got: tuple, expected: tuple, steps: list[int | None]) -> str:
    solved = [step for step in steps if step is not None]
    count, late = len(steps), [np.inf if step is None else step for step in steps]
    medians = [
        (late[count // 2], "the steps are not sorted before the middle one is taken"),
        (np.median(solved) if solved else np.nan,
         "this is the median of the solved runs alone, or one in which the others count as the slowest of those; a net "
         "that fails often looks fast in it"),
        (np.median([step or 0 for step in steps]),
         "a run that is not solved counts as 0 steps here; it takes longer than all others"),
        (np.median([max(solved) if step is None and solved else step or 0 for step in steps]),
         "a run that is not solved counts here as the slowest of those that are; it takes longer than all of them"),
        (np.mean(solved) if solved else np.nan, "this is the mean; one slow run moves it far"),
    ]
    others = _other_middles(sorted(late), count)
    medians = medians + others if constant("lstm_comparison", "middle") == "halfway" else others + medians
    if got[:2] != expected[:2]:
        if got[:2] == expected[1::-1]:
            return "the first two are swapped: solved first, then all runs"
        if got[0] == got[1] == expected[0]:
            return "the second number counts solved runs again; it is the number of all runs"
        return "solved counts the steps that are not None, and the second number is len(steps)"
    if expected[2] is None and isinstance(got[2], float) and not np.isfinite(got[2]):
        return "where the middle run was not solved there is no such step: return None, not inf or nan"
    if got[2] is None:
        return "None belongs only where the middle run was not solved; here more than half were"
    return ((isinstance(got[2], (int, float)) and expect.likely(got[2], medians, tolerance=0)) or
            "if None became the budget or some other number, that number is invented: nobody saw the run end there")


def _other_middles(ordered: list[float], count: int) -> list[tuple[float, str]]:
    asked = constant("lstm_comparison", "middle")
    if asked != "halfway":
        words = f"for an even number of runs the median is here the {asked} of the two in the middle"
        return [(np.median(ordered), words), (ordered[count // 2], words), (ordered[(count - 1) // 2], words)]
    return [
        (ordered[count // 2], "for an even number of runs the median is halfway between the two in the middle"),
        (ordered[(count - 1) // 2], "half of an even number of runs: take the mean of the two in the middle"),
    ]
