"""What a success rate is worth, when two of them are alike, and how many steps a solution takes.

Light to import: SciPy's statistics, which are not, are imported where they are used.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from parity_lib.errors import require


def wilson_interval(successes: int, count: int) -> tuple[float, float]:
    """The 95 % interval of a success rate, from ``successes`` out of ``count``.

    Unlike the mean plus or minus two standard errors it stays inside 0 to 1 and
    does not shrink to a point at 0 or at ``count`` successes. E. B. Wilson,
    *Journal of the American Statistical Association* 22, 1927. Raises ValueError
    where there was no run, or more successes than runs.

    >>> low, high = wilson_interval(20, 20)
    >>> f"{low:.3f} {high:.3f}"
    '0.839 1.000'
    """
    from scipy.stats import binomtest

    require(count >= 1, "count", count, "an integer of at least 1")
    require(0 <= successes <= count, "successes", successes, f"an integer from 0 to {count}")
    low, high = binomtest(successes, count).proportion_ci(0.95, method="wilson")
    return float(low), float(high)


def difference_interval(one: tuple[int, int], other: tuple[int, int]) -> tuple[float, float]:
    """The 95 % interval of a difference of two success rates, each ``(successes, count)``.

    Built from the two Wilson intervals: R. G. Newcombe, *Statistics in Medicine*
    17, 873-890, 1998, method 10.

    >>> low, high = difference_interval((56, 70), (48, 80))
    >>> f"{low:.4f} {high:.4f}"
    '0.0524 0.3339'
    """
    (rate, low, high), (other_rate, other_low, other_high) = (
        (k / n, *wilson_interval(k, n)) for k, n in (one, other))
    difference = rate - other_rate
    return (difference - math.hypot(rate - low, other_high - other_rate),
            difference + math.hypot(high - rate, other_rate - other_low))


def alike(one: tuple[int, int], other: tuple[int, int], margin: float) -> bool:
    """Whether two success rates are equivalent: the interval of their difference lies within plus or minus ``margin``.

    >>> alike((50, 50), (50, 50), 0.1), alike((5, 5), (5, 5), 0.1)
    (True, False)
    """
    low, high = difference_interval(one, other)
    return -margin < low and high < margin


def difference_p(one: tuple[int, int], other: tuple[int, int]) -> float:
    """The p value of a difference of two success rates, each ``(successes, count)``: Fisher's exact test, two-sided."""
    from scipy.stats import fisher_exact

    return float(fisher_exact([[k, n - k] for k, n in (one, other)]).pvalue)


def holm(p_values: Sequence[float]) -> list[float]:
    """The p values of a family of tests, corrected for their number.

    S. Holm, *Scandinavian Journal of Statistics* 6, 65-70, 1979: the smallest is
    multiplied by their number, the next by one less, and none may be smaller
    than one before it.

    >>> holm([0.04, 0.01])
    [0.04, 0.02]
    """
    corrected, largest = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[place]))
        corrected[place] = largest
    return corrected


def median_steps(steps: Sequence[int | None], cap: int) -> float | None:
    """The step by which half of all runs are solved, those included that were not within ``cap`` steps (None).

    The median of the Kaplan-Meier curve; None where fewer than half are solved.

    >>> median_steps([100, 200, None, 300], cap=1000)
    200.0
    """
    from scipy.stats import ecdf

    curve = ecdf(_censored(steps, cap)).sf
    reached = curve.quantiles[curve.probabilities <= 0.5]
    return float(reached[0]) if len(reached) and reached[0] in steps else None


def steps_p(one: Sequence[int | None], cap: int, other: Sequence[int | None], other_cap: int) -> float:
    """The p value of a difference in the steps to a solution: the log-rank test, over all runs.

    None stands for a run that was not solved within its cap, and counts as censored there.
    """
    from scipy.stats import logrank

    return float(logrank(_censored(one, cap), _censored(other, other_cap)).pvalue)


def _censored(steps: Sequence[int | None], cap: int) -> Any:
    from scipy.stats import CensoredData

    return CensoredData.right_censored([cap if step is None else step for step in steps],
                                       [step is None for step in steps])
