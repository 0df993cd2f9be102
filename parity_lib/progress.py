"""Progress bars, which the environment variable ``PARITY_PROGRESS=0`` switches off."""

from __future__ import annotations

import os
from typing import Any

from tqdm.auto import tqdm


def progress_bar(total: int, progress: bool | None, **options: Any) -> tqdm:
    """Return a progress bar with ``total`` steps; if ``progress`` is None, ``PARITY_PROGRESS`` decides about it."""
    wanted = os.environ.get("PARITY_PROGRESS", "1") != "0" if progress is None else progress
    return tqdm(total=total, disable=not wanted, **{"leave": False, "unit": "step"} | options)


def close(bar: tqdm) -> None:
    """Close a progress bar at its current count, because notebooks show a bar below its total as an error."""
    bar.total = bar.n
    bar.close()
