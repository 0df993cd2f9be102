"""What a success rate is worth.

Light to import: pages and checks take :func:`wilson_interval` from here.
"""

from __future__ import annotations

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
    from scipy.stats import binomtest  # here: it takes longer to import than a page that shows no rate may wait

    require(count >= 1, "count", count, "an integer of at least 1")
    require(0 <= successes <= count, "successes", successes, f"an integer from 0 to {count}")
    low, high = binomtest(successes, count).proportion_ci(0.95, method="wilson")
    return float(low), float(high)
