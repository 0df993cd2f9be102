"""The check of ``success_rate``."""

from __future__ import annotations

from typing import Any

import numpy as np

from parity_checks import assertions
from parity_checks.reporting import check
from parity_lib.statistics import wilson_interval

SEEDS = "training#twenty-seeds-instead-of-one"
READY_INTERVAL = ("parity_lib.statistics:wilson_interval",)
KAPPA = 1.96


@check("success_rate: the rate and Wilson's interval, at the edges as well")
def success_rate(seed: int = 0) -> None:
    """Check ``success_rate(outcomes)``, which returns ``(rate, low, high)`` for a list or an array of outcomes."""
    rng = np.random.default_rng(seed)
    cases = [[True, False, True, True, True], [False] * 5, [True] * 5, [True], [False], [1, 0, 0, 0, 1, 0, 1, 0],
             np.array([1] * 7 + [0] * 13), np.zeros(20, dtype=bool), np.ones(20, dtype=bool)]
    for count in rng.integers(2, 60, size=4):
        drawn = rng.random(count) < rng.choice([0.05, 0.3, 0.5, 0.9])
        cases += [drawn, drawn.tolist(), drawn.astype(int), drawn.astype(int).tolist()]
    for outcomes in cases:
        k, n = int(np.sum(outcomes)), len(outcomes)
        kind = f"{'an array' if isinstance(outcomes, np.ndarray) else 'a list'} of {np.asarray(outcomes).dtype.name}"
        what = f"success_rate of {k} successes in {n} runs ({kind})"
        got = _three_numbers(assertions.ask("success_rate", what, outcomes, forbid=READY_INTERVAL, see=SEEDS), what)
        expected = np.array([k / n, *wilson_interval(k, n)])
        assertions.close(got, expected, what, _hint(got, k, n), SEEDS, tolerance=1e-3)


def _three_numbers(result: Any, what: str) -> np.ndarray:
    if not hasattr(result, "__len__") or np.shape(result)[:1] != (3,):
        assertions.fail(what, "three numbers (rate, low, high)", result, "Return rate, low, high.", SEEDS)
    return np.array([float(assertions.array(part, f"{what}: {name}", (), see=SEEDS))
                     for part, name in zip(result, ("rate", "low", "high"), strict=True)])


def interval(p: float, n: int, kappa: float = KAPPA, *, middle: float | None = None, inside: float | None = None,
             scale: float | None = None) -> np.ndarray:
    """Return the rate ``p`` and the ends of Wilson's interval, where any of its parts may be another one.

    The parts are the ``middle``, what is ``inside`` the root, and the ``scale`` by which both are divided.

    >>> bool(np.allclose(interval(0.3, 10)[1:], wilson_interval(3, 10), atol=1e-4))
    True
    """
    middle = p + kappa**2 / (2 * n) if middle is None else middle
    root = kappa * np.sqrt(p * (1 - p) / n + kappa**2 / (4 * n**2) if inside is None else inside)
    scale = 1 + kappa**2 / n if scale is None else scale
    return np.array([p, (middle - root) / scale, (middle + root) / scale])


def _hint(got: np.ndarray, k: int, n: int) -> str:
    p = k / n
    rate, low, high = right = interval(p, n)
    variance, middle, scale = p * (1 - p) / n, p + KAPPA**2 / (2 * n), 1 + KAPPA**2 / n
    normal = interval(p, n, middle=p, inside=variance, scale=1)
    not_wilson = ("This is the rate plus and minus 1.96 standard errors, which leaves 0..1 and shrinks to a point at 0 "
                  "of n. The task asks for Wilson's interval.")
    return assertions.likely(got, [
        (normal, not_wilson),
        (normal.clip(0, 1), not_wilson),
        (interval(p, n, 1, middle=p, inside=variance, scale=1), "One standard error is no 95 % interval, and the task "
         "asks for Wilson's interval."),
        (interval(p, n, scale=1), "The division by 1 + 1.96²/n is missing."),
        (interval(p, n, middle=p), "The middle is not k/n but k/n + 1.96²/(2n)."),
        ((middle / scale, low, high), "You return the middle of the interval as the rate. The rate is k/n."),
        ((rate, high, low), "The ends are swapped: return rate, low, high."),
        ((low, rate, high), "The rate comes first, then low and high."),
        (interval(1 - p, n), "This is the rate of failures; 1 or True is a success."),
        (100 * right, "This is in percent; a rate lies in 0..1."),
        (interval(p, n, 1.645), "This is a 90 % interval; at 95 % the factor is 1.96."),
        (interval(p, n, middle=p + KAPPA**2 / n), "The 2 is missing in the middle: it is k/n + 1.96²/(2n)."),
        (interval(p, n, middle=p + KAPPA / (2 * n), scale=1 + KAPPA / n), "Middle and scale take 1.96 squared."),
    ], tolerance=1e-3) or ("The check cannot tell which part is wrong. Print the middle, the root and the scale for k "
                           "= 1 and n = 2: they are 1.46, 1.18 and 2.92. If they are not, look at your brackets: "
                           "`a / 2 * n` is `(a / 2) * n`.")
