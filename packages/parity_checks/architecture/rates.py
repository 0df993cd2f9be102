"""Checks for the student's ``success_rate`` function."""

from __future__ import annotations

import numpy as np

from parity_checks.assertions import Mistakes, Query, agree
from parity_checks.reporting import check
from parity_lib.statistics import wilson_interval

SEEDS = "training#twenty-seeds-instead-of-one"
READY_INTERVAL = ("parity_lib.statistics:wilson_interval",)
KAPPA = 1.96


@check("success_rate: the rate and Wilson's interval, also for no success and for successes only")
def success_rate(seed: int = 0) -> None:
    """Check that the student's ``success_rate`` function computes the rate and its Wilson interval.

    ``success_rate(outcomes)`` returns ``(rate, low, high)`` for a list or an array of outcomes.
    """
    rng = np.random.default_rng(seed)
    cases: list = [[True, False, True, True, True], [False] * 5, [True] * 5, [True], [False],
                   [1, 0, 0, 0, 1, 0, 1, 0], np.array([1] * 7 + [0] * 13), np.zeros(20, dtype=bool),
                   np.ones(20, dtype=bool)]
    for count in rng.integers(2, 60, size=4):
        drawn = rng.random(count) < rng.choice([0.05, 0.3, 0.5, 0.9])
        cases += [drawn, drawn.tolist(), drawn.astype(int), drawn.astype(int).tolist()]
    for outcomes in cases:
        k, n = int(np.sum(outcomes)), len(outcomes)
        kind = f"{'an array' if isinstance(outcomes, np.ndarray) else 'a list'} of {np.asarray(outcomes).dtype.name}"
        query = Query(f"success_rate of {k} successes in {n} runs ({kind})", SEEDS)
        result = query.call("success_rate", outcomes, forbid=READY_INTERVAL)
        got = np.array(query.as_arrays(result, dict.fromkeys(("rate", "low", "high"), ())))
        hint = ("This is not one of the usual mistakes. Print the middle, the root and the scale for k = 1 and n = 2: "
                "they should be 1.46, 1.18 and 2.92. If they are not, look at your brackets: `a / 2 * n` is "
                "`(a / 2) * n`.")
        if not agree(got[0], k / n, 1e-3):
            hint = "The rate is wrong already: it is k/n, from 0 to 1. A success is 1 or True, of Python or of NumPy."
        query.require_close(got, [k / n, *wilson_interval(k, n)], hint, _mistakes(k, n), tolerance=1e-3)


def _mistakes(k: int, n: int) -> Mistakes:
    p, (low, high), scale = k / n, wilson_interval(k, n), 1 + KAPPA**2 / n
    normal = np.array([p, *(p + sign * KAPPA * np.sqrt(p * (1 - p) / n) for sign in (-1, 1))])
    for bounds in (normal, normal.clip(0, 1)):
        yield bounds, ("This is the rate plus and minus 1.96 standard errors, which leaves 0..1 and shrinks to a point "
                       "at 0 of n. The task asks for Wilson's interval." if 0 < k < n else "The interval has shrunk to "
                       "a point. Wilson's formula also holds for no success and for successes only.")
    yield (p, low * scale, high * scale), "The division by 1 + 1.96²/n is missing."
    yield ((low + high) / 2, low, high), "You return the middle of the interval as the rate. The rate is k/n."
    yield (1 - p, 1 - high, 1 - low), "This is the rate of failures; 1 or True is a success."
    yield (low, p, high), "The order is wrong: return the rate first, then the lower end and the upper end."
    yield np.round((p, low, high), 2), "The numbers are rounded. Return them unrounded, and round only when you print."
