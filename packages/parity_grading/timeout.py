"""A time limit for code in the current process."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Any


class TooSlow(Exception):
    """Exception raised when code exceeds its time limit."""


@contextlib.contextmanager
def stopped_after(seconds: float) -> Iterator[None]:
    """Limit the running time of a ``with`` block.

    Raise TooSlow after ``seconds``, and again every second until the block ends. A single call of a library is not
    interrupted. Outside the main thread, and on Windows, there is no limit.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: Any) -> None:
        raise TooSlow(f"it took more than {seconds:.0f} seconds")

    handler = signal.signal(signal.SIGALRM, stop)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds, 1)
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
