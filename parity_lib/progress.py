"""Progress bars for training.

The environment variable ``PARITY_PROGRESS=0`` switches them off.
"""

from __future__ import annotations

import os
from typing import Any

from tqdm.auto import tqdm


def progress_bar(total: int, progress: bool | None, **options: Any) -> tqdm:
    """Create a tqdm progress bar with ``total`` steps.

    ``progress`` shows or hides it. None shows it in notebooks and terminals, and not in a log, unless the environment
    variable ``PARITY_PROGRESS`` is 0. ``options`` are further arguments of tqdm.
    """
    disable = None if progress is None else not progress    # tqdm's None: hidden if nobody sees standard error
    if progress is None and os.environ.get("PARITY_PROGRESS") == "0":
        disable = True
    return tqdm(total=total, disable=disable, **{"leave": False, "unit": "step"} | options)


def close(bar: tqdm) -> None:
    """Close a progress bar without marking it as failed.

    Its total is set to the current count, because notebooks would otherwise show it as failed.
    """
    bar.total = bar.n
    bar.close()
