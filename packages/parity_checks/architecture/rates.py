"""Checks for the student's ``success_rate`` function."""

from __future__ import annotations

import numpy as np

from parity_checks.assertions import Mistakes, Query
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
    cases = [[True, False, True, True, True], [False] * 5, [True] * 5, [True], [False], [1, 0, 0, 0, 1, 0, 1, 0],
             np.array([1] * 7 + [0] * 13), np.zeros(20, dtype=bool), np.ones(20, dtype=bool)]
    for count in rng.integers(2, 60, size=4):
        drawn = rng.random(count) < rng.choice([0.05, 0.3, 0.5, 0.9])
        cases += [drawn, drawn.tolist(), drawn.astype(int), drawn.astype(int).tolist()]
    for outcomes in cases:
        k, n = int(np.sum(outcomes)), len(outcomes)
        kind = f"{'an array' if isinstance(outcomes, np.ndarray) else 'a list'} of {np.asarray(outcomes).dtype.name}"
        query = Query(f"success_rate of {k} successes in {n} runs ({kind})", SEEDS)
        result = query.call("success_rate", outcomes, forbid=READY_INTERVAL)
        got = np.array(query.as_arrays(result, dict.fromkeys(("rate", "low", "high"), ())))
        query.require_close(got, [k / n, *wilson_interval(k, n)], "This is not one of the usual mistakes. Print the "
                            "middle, the root and the scale for k = 1 and n = 2: they should be 1.46, 1.18 and 2.92. "
                            "If they are not, look at your brackets: `a / 2 * n` is `(a / 2) * n`.", _mistakes(k, n),
                            tolerance=1e-3)


def interval(p: float, n: int, kappa: float = KAPPA, *, middle: float | None = None, variance: float | None = None,
             scale: float | None = None) -> np.ndarray:
    """Return a success rate together with the bounds of its Wilson interval.

    The rate is ``p``, and the bounds are ``(middle ± root) / scale``. ``root`` is ``kappa`` times the square root of
    ``variance``. By default, the parts are those of Wilson's formula.

    >>> bool(np.allclose(interval(0.3, 10)[1:], wilson_interval(3, 10), atol=1e-4))
    True
    """
    middle = p + kappa**2 / (2 * n) if middle is None else middle
    root = kappa * np.sqrt(p * (1 - p) / n + kappa**2 / (4 * n**2) if variance is None else variance)
    scale = 1 + kappa**2 / n if scale is None else scale
    return np.array([p, (middle - root) / scale, (middle + root) / scale])


def _mistakes(k: int, n: int) -> Mistakes:
    p = k / n
    rate, low, high = correct = interval(p, n)
    variance, middle, scale = p * (1 - p) / n, p + KAPPA**2 / (2 * n), 1 + KAPPA**2 / n
    normal = interval(p, n, middle=p, variance=variance, scale=1)
    not_wilson = ("This is the rate plus and minus 1.96 standard errors, which leaves 0..1 and shrinks to a point at 0 "
                  "of n. The task asks for Wilson's interval.")
    yield normal, not_wilson
    yield normal.clip(0, 1), not_wilson
    yield (interval(p, n, 1, middle=p, variance=variance, scale=1), "One standard error to each side is not a 95 % "
           "interval, and the task asks for Wilson's interval.")
    yield interval(p, n, scale=1), "The division by 1 + 1.96²/n is missing."
    yield interval(p, n, middle=p), "The middle is not k/n but k/n + 1.96²/(2n)."
    yield (middle / scale, low, high), "You return the middle of the interval as the rate. The rate is k/n."
    yield (rate, high, low), "The ends are swapped: return rate, low, high."
    yield (low, rate, high), "The rate comes first, then low and high."
    yield interval(1 - p, n), "This is the rate of failures; 1 or True is a success."
    yield 100 * correct, "This is a percentage; a rate lies between 0 and 1."
    yield interval(p, n, 1.645), "This is a 90 % interval; at 95 % the factor is 1.96."
    yield interval(p, n, middle=p + KAPPA**2 / n), "The 2 is missing in the middle: it is k/n + 1.96²/(2n)."
    yield (interval(p, n, middle=p + KAPPA / (2 * n), scale=1 + KAPPA / n),
           "The middle and the scale contain 1.96 squared.")
