"""Progress bars. With the environment variable ``PARITY_PROGRESS=0``, they appear only where they are asked for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tqdm.auto import tqdm


@contextmanager
def progress_bar(total: int, progress: bool | None, **options: Any) -> Iterator[tqdm]:
    """Show a tqdm progress bar that counts to ``total`` during a ``with`` block.

    ``progress`` shows or hides it. None shows it in notebooks and terminals, and not in a log, unless the environment
    variable ``PARITY_PROGRESS`` is 0. ``options`` are further arguments of tqdm.
    """
    switched_off = progress is None and os.environ.get("PARITY_PROGRESS") == "0"
    disable = switched_off or (None if progress is None else not progress)      # tqdm's None: hidden in a log
    with tqdm(total=total, disable=disable, **{"leave": False, "unit": "update"} | options) as bar:
        try:
            yield bar
        finally:
            if not bar.leave:
                bar.total = bar.n    # a notebook shows a bar that ends early as failed
