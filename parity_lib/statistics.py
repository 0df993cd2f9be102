"""Statistics for success rates and training times."""

from __future__ import annotations

import math
from collections.abc import Sequence

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
    from scipy.stats import binomtest  # here, because this import takes a second

    require(count >= 1, "count", count, "an integer of at least 1")
    require(0 <= successes <= count, "successes", successes, f"an integer from 0 to {count}")
    low, high = binomtest(successes, count).proportion_ci(0.95, method="wilson")
    return float(low), float(high)


def updates_to_solve(updates: Sequence[int | None], share: float = 0.5) -> int | None:
    """Return the number of updates after which a given fraction of all runs has solved the task.

    ``updates`` has an entry for each run: the update at which it solved the task, or None if it did not. All runs have
    the same cap. The result is a quantile of the Kaplan-Meier curve, by default its median, or None if fewer than
    ``share`` of the runs solved the task.

    >>> updates_to_solve([100, 200, None, 300]), updates_to_solve([100, None, None])
    (200, None)
    """
    require(0 < share <= 1, "share", share, "a number above 0 and at most 1")
    needed = math.ceil(share * len(updates) - 1e-9)     # 0.1 * 30 is a little above 3
    solved = sorted(update for update in updates if update is not None)
    return solved[needed - 1] if 0 < needed <= len(solved) else None
