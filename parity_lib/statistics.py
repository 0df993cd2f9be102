"""Statistics for success rates and training times.

SciPy's statistics take a second to import, so each function imports them when it is called.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from parity_lib.errors import require


def wilson_interval(successes: int, count: int) -> tuple[float, float]:
    """Return the 95 % Wilson confidence interval for a success rate.

    The rate is ``successes`` out of ``count`` runs. Unlike the mean plus or minus two standard errors, this interval
    stays between 0 and 1 and does not shrink to a point at 0 or ``count`` successes. Source: E. B. Wilson, *Journal of
    the American Statistical Association* 22, 1927. Raises ValueError if ``count`` is 0 or smaller than ``successes``.

    >>> low, high = wilson_interval(20, 20)
    >>> f"{low:.3f} {high:.3f}"
    '0.839 1.000'
    """
    from scipy.stats import binomtest

    require(count >= 1, "count", count, "an integer of at least 1")
    require(0 <= successes <= count, "successes", successes, f"an integer from 0 to {count}")
    low, high = binomtest(successes, count).proportion_ci(0.95, method="wilson")
    return float(low), float(high)


def median_updates(updates: Sequence[int | None], cap: int) -> float | None:
    """Return the median number of updates needed to solve a task.

    ``updates`` has an entry for each run: the update at which it solved its task, or None if it did not within ``cap``
    updates. The result is the median of the Kaplan-Meier curve, or None if fewer than half of the runs succeeded.

    >>> median_updates([100, 200, None, 300], cap=1000)
    200.0
    """
    from scipy.stats import ecdf

    survival = ecdf(censored(updates, cap)).sf
    reached = survival.quantiles[survival.probabilities <= 0.5]
    return float(reached[0]) if len(reached) and reached[0] in updates else None


def censored(updates: Sequence[int | None], cap: int) -> Any:
    """Convert numbers of updates to right-censored data for SciPy.

    None means that ``cap`` updates were not enough.
    """
    from scipy.stats import CensoredData

    return CensoredData.right_censored([cap if update is None else update for update in updates],
                                       [update is None for update in updates])
