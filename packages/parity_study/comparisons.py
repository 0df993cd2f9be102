"""Statistical comparisons of two training conditions.

We compare success rates and training times. A success rate is given as a pair ``(successes, count)``.
"""

import math
from collections.abc import Sequence

import numpy as np

from parity_lib.statistics import wilson_interval

Rate = tuple[int, int]


def difference_interval(first: Rate, second: Rate) -> tuple[float, float]:
    """Return Newcombe's 95 % confidence interval for the difference between two success rates.

    The difference is the first rate minus the second. The interval is constructed from the two Wilson intervals: R. G.
    Newcombe, *Statistics in Medicine* 17, 873-890, 1998, method 10.

    >>> low, high = difference_interval((56, 70), (48, 80))
    >>> f"{low:.4f} {high:.4f}"
    '0.0524 0.3339'
    """
    rate_1, rate_2 = (successes / count for successes, count in (first, second))
    (low_1, high_1), (low_2, high_2) = wilson_interval(*first), wilson_interval(*second)
    difference = rate_1 - rate_2
    return (difference - math.hypot(rate_1 - low_1, high_2 - rate_2),
            difference + math.hypot(high_1 - rate_1, rate_2 - low_2))


def equivalent_rates(first: Rate, second: Rate, margin: float) -> bool:
    """Return True if two success rates are equivalent within a margin.

    The criterion is that Newcombe's interval for the difference lies within +-``margin``.

    >>> equivalent_rates((50, 50), (50, 50), 0.1), equivalent_rates((5, 5), (5, 5), 0.1)
    (True, False)
    """
    low, high = difference_interval(first, second)
    return -margin < low and high < margin


def fisher_p(first: Rate, second: Rate) -> float:
    """Return the two-sided p-value of Fisher's exact test for two success rates."""
    from scipy.stats import fisher_exact

    return float(fisher_exact([[successes, count - successes] for successes, count in (first, second)]).pvalue)


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjust the p-values of several tests with Holm's method.

    The corrected values are in the order of ``p_values``. Source: S. Holm, *Scandinavian Journal of Statistics* 6,
    65-70, 1979. The function of statsmodels returns the same values, but each call takes a tenth of a second, and the
    claims of the book call it thousands of times.

    >>> holm([0.04, 0.01])
    [0.04, 0.02]
    """
    order = np.argsort(p_values)
    corrected = np.empty(len(p_values))
    factors = np.arange(len(p_values), 0, -1)
    corrected[order] = np.maximum.accumulate(np.minimum(1, factors * np.asarray(p_values)[order]))
    return corrected.tolist()


def logrank_p(first: Sequence[int | None], first_cap: int, second: Sequence[int | None], second_cap: int) -> float:
    """Compare the training times of two conditions with a log-rank test.

    Returns the p-value. Each sequence has an entry for each run: the update at which it solved its task, or None if it
    did not within ``first_cap`` or ``second_cap`` updates.
    """
    from scipy.stats import CensoredData, logrank

    samples = (CensoredData.right_censored([cap if update is None else update for update in updates],
                                           [update is None for update in updates])
               for updates, cap in ((first, first_cap), (second, second_cap)))
    return float(logrank(*samples).pvalue)
