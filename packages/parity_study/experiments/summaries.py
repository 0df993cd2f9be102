"""Functions that summarise many training runs for the result files."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from parity_lib.training import History


def summarise_updates(updates: Sequence[int | None]) -> dict[str, Any]:
    """Summarise how many runs solved their task and how many updates they needed.

    ``updates`` has an entry for each run: the update at which it solved its task, or None.
    """
    return {"seeds": len(updates), "solved": sum(update is not None for update in updates), "steps": list(updates)}


def summarise_histories(histories: Sequence[History]) -> dict[str, Any]:
    """Summarise the histories of several training runs in the same way as :func:`summarise_updates`."""
    return summarise_updates([history.solved_at for history in histories])


def quartiles(values: np.ndarray) -> dict[str, list[float]]:
    """Return the median and the quartiles over several runs.

    ``values`` is ``[runs, ...]``. Without runs, the result contains empty lists.
    """
    if not len(values):
        return {"median": [], "low": [], "high": []}
    low, median, high = np.quantile(values, [0.25, 0.5, 0.75], axis=0)
    return {"median": rounded(median), "low": rounded(low), "high": rounded(high)}


def rounded(values: Any) -> Any:
    """Round numbers to six significant digits.

    ``values`` is a number, an array or a list. Further digits depend on the processor.

    >>> rounded(2 / 3), rounded([[1 / 3, None]])
    (0.666667, [[0.333333, None]])
    """
    if hasattr(values, "tolist"):
        values = values.tolist()
    if isinstance(values, (list, tuple)):
        return [rounded(value) for value in values]
    return None if values is None else float(f"{values:.6g}")
