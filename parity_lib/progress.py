"""Progress bars. The environment variable ``PARITY_PROGRESS=0`` switches them off."""

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
    if progress is None and os.environ.get("PARITY_PROGRESS") == "0":
        progress = False
    disable = None if progress is None else not progress    # tqdm's None: hidden if nobody sees standard error
    with tqdm(total=total, disable=disable, **{"leave": False, "unit": "update"} | options) as bar:
        try:
            yield bar
        finally:
            if not bar.leave:
                bar.total = bar.n    # a notebook shows a bar that ends early as failed
