"""Check of ``success_rate``: the rate and Wilson's interval."""

from __future__ import annotations

import numpy as np
import torch

from parity_lib.checks import expect
from parity_lib.checks.constants import constant
from parity_lib.checks.reporting import check
from parity_lib.statistics import wilson_interval

SEEDS = "training#twenty-seeds-instead-of-one"
LEVELS = {80: 1.281552, 90: 1.644854, 95: 1.959964, 98: 2.326348, 99: 2.575829}
BRACKETS = ("brackets: `a / 2 * n` is `(a / 2) * n`, and `a / 1 + b` is `a + b`. Write a / (2 * n), a / (4 * n**2), "
            "and (middle - root) / scale")


@check("success_rate: the rate and Wilson's interval, at the edges too")
def success_rate(seed: int = 0) -> None:
    """``success_rate(outcomes)`` -> ``(rate, low, high)``; outcomes are a list or array of bool or of 0 and 1."""
    rng = np.random.default_rng(seed)
    cases = [[True, False, True, True, True], [False] * 5, [True] * 5, [True], [False], [1, 0, 0, 0, 1, 0, 1, 0],
             np.array([1] * 7 + [0] * 13), np.zeros(20, dtype=bool), np.ones(20, dtype=bool)]
    for count in rng.integers(2, 60, size=4):
        drawn = rng.random(count) < rng.choice([0.05, 0.3, 0.5, 0.9])
        cases += [drawn, drawn.tolist(), drawn.astype(int), drawn.astype(int).tolist()]
    for outcomes in cases:
        _one_rate(outcomes)


def _one_rate(outcomes) -> None:
    k, n = int(np.sum(outcomes)), len(outcomes)
    kind = f"{'an array' if isinstance(outcomes, np.ndarray) else 'a list'} of {np.asarray(outcomes).dtype.name}"
    what = f"success_rate of {k} successes in {n} runs ({kind})"
    result = expect.ask("success_rate", what, outcomes, forbid=(wilson_interval,), see=SEEDS)
    if not isinstance(result, (tuple, list, np.ndarray, torch.Tensor)) or np.shape(result)[:1] != (3,):
        expect.fail(what, "three numbers (rate, low, high)", result, "return rate, low, high", SEEDS)
    parts = [expect.array(part, f"{what}: {name}", (), see=SEEDS)
             for part, name in zip(result, ("rate", "low", "high"), strict=True)]
    if any(part.dtype.kind not in "biuf" for part in parts):
        expect.fail(what, "three real numbers", result, "", SEEDS)
    got, expected = np.array([float(part) for part in parts]), _wilson(k, n)
    expect.close(got, expected, what, _rate_hint(got, k, n), SEEDS, tolerance=1e-3)


def _z() -> float:
    """The normal quantile of the interval that is asked for."""
    return LEVELS[constant("architecture", "level")]


def _wilson(k: int, n: int, z: float | None = None) -> np.ndarray:
    z = z or _z()
    middle, spread = k / n + z**2 / (2 * n), z * np.sqrt(k / n * (1 - k / n) / n + z**2 / (4 * n**2))
    return np.array([k / n, *((middle + sign * spread) / (1 + z**2 / n) for sign in (-1, 1))])


def _rate_hint(got: np.ndarray, k: int, n: int) -> str:
    """Words for a likely mistake, with the level and the factor that are asked for."""
    level = constant("architecture", "level")
    for other in () if level == 95 else (95, *LEVELS):
        if other != level and expect.likely(got, [(_wilson(k, n, LEVELS[other]), "it")], tolerance=1e-3):
            return f"this is a {other} % interval; at {level} % the factor is {_z():.4f}"
    words = _rate_words(got, k, n)
    return words if level == 95 else words.replace("95 %", f"{level} %").replace("1.96", f"{_z():.4f}")


def _rate_words(got: np.ndarray, k: int, n: int) -> str:
    p, z = k / n, _z()
    rate, low, high = _wilson(k, n)
    error = np.sqrt(p * (1 - p) / n)
    scale, middle = 1 + z**2 / n, p + z**2 / (2 * n)
    inside = np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return expect.likely(got, [
        ((p, p - z * error, p + z * error),
         "this is rate ± 1.96 standard errors; it leaves 0..1 and shrinks to a point at 0 of n. Wilson's is asked for"),
        ((p, max(0, p - z * error), min(1, p + z * error)),
         "this is rate ± 1.96 standard errors, cut at 0 and 1; it shrinks to a point at 0 of n. Wilson's is asked for"),
        ((p, p - error, p + error), "rate ± one standard error is no 95 % interval, and Wilson's is asked for"),
        ((p, middle - z * inside, middle + z * inside), "the division by 1 + 1.96²/n is missing"),
        ((p, (middle - inside) / scale, (middle + inside) / scale), "the factor 1.96 in front of the root is missing"),
        ((p, (p - z * inside) / scale, (p + z * inside) / scale), "the middle is not k/n but k/n + 1.96²/(2n)"),
        ((middle / scale, low, high), "the middle of the interval was returned as the rate; the rate is k/n"),
        ((p, high, low), "rate, low, high: the ends are swapped"),
        ((low, p, high), "rate comes first, then low and high"),
        (_wilson(n - k, n), "the rate of failures: 1 or True is a success"),
        ((100 * rate, 100 * low, 100 * high), "this is in percent; a rate lies in 0..1"),
        ((k, low, high), "the number of successes was returned as the rate"),
        ((p, *((middle + sign * z * np.sqrt(p * (1 - p) + z**2 / (4 * n**2))) / scale for sign in (-1, 1))),
         "the root holds k/n (1 - k/n); has it to be divided by n once more?"),
        ((p, *((p + z**2 / 2 * n + sign * z * inside) / scale for sign in (-1, 1))), BRACKETS),
        ((p, *((p + z**2 / 2 * n + sign * z * np.sqrt(p * (1 - p) / n + z**2 / 4 * n**2)) / scale
               for sign in (-1, 1))), BRACKETS),
        ((p, *((middle + sign * z * np.sqrt(p * (1 - p) / n + z**2 / 4 * n**2)) / scale
               for sign in (-1, 1))), BRACKETS),
        ((p, *((middle + sign * z * np.sqrt(p * (1 - p) / n + z**2 / (2 * n)**2)) * scale for sign in (-1, 1))),
         "both ends are multiplied by 1 + 1.96²/n; they are divided by it"),
        ((p, *((middle + sign * z * inside) / 1 + z**2 / n for sign in (-1, 1))), BRACKETS),
        ((p, *(middle + sign * z * inside / scale for sign in (-1, 1))), BRACKETS),
        ((p, *(p + z**2 / (2 * n) / scale + sign * z * inside / scale for sign in (-1, 1))), BRACKETS),
        ((p, *(middle / scale + sign * z * inside for sign in (-1, 1))), BRACKETS),
        ((p, *((middle + sign * z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n))) / scale for sign in (-1, 1))),
         "under the root it is 1.96²/(4n²), with n squared"),
        ((p, *((p + z**2 / n + sign * z * inside) / scale for sign in (-1, 1))),
         "the middle is k/n + 1.96²/(2n): the 2 is missing"),
        ((p, *((p + z / (2 * n) + sign * z * np.sqrt(p * (1 - p) / n + z / (4 * n**2))) / (1 + z / n)
               for sign in (-1, 1))), "1.96 stands where its square belongs: in the middle, under the root and in the "
         "scale"),
        ((p, *((p + z / (2 * n) + sign * z * inside) / (1 + z / n) for sign in (-1, 1))), "the middle and the scale "
         "take 1.96 squared"),
        ((p, *((p + z / (2 * n) + sign * z * inside) / scale for sign in (-1, 1))), "the middle takes 1.96 squared"),
        ((p, *((middle + sign * z * inside) / (1 + z / n) for sign in (-1, 1))), "the scale holds the square of 1.96"),
        (_wilson(k, n, 1.644854), "this is a 90 % interval; at 95 % the factor is 1.96"),
        (_wilson(k, n, 2.575829), "this is a 99 % interval; at 95 % the factor is 1.96"),
        (_wilson(k, n, 2.0), "the factor is 1.96, not 2"),
    ], tolerance=1e-3)
