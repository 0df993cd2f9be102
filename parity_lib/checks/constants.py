"""The constants of the exercises' tasks that a class's own variant changes: as published, and for a while others.

Chapter: *For instructors*. A check asks :func:`constant` while it runs. The test cells of a variant begin with
:func:`variant`, so its values travel in cells that grading takes from the gradebook, and nothing of them stays
behind: the next exercise in the same process finds what is published.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from parity_lib.errors import require, require_choice

PUBLISHED: dict[str, dict[str, Any]] = {
    "unrolling": {"counted": "ones", "says": "odd", "gain": 1, "reading": "forwards", "low": -1, "high": 1},
    "varying_lengths": {"shortest": 1, "after": "after", "before": "before", "fill": 0, "base": None, "cut": 0},
    "architecture": {"readout": 0, "swapped": None, "level": 95, "modulus": 3, "remainder": 0},
    "gradient_through_time": {"gain": 1, "mean": "positions", "share": 0.001, "shortest": 1, "hunted": "ones",
                              "low": 0, "high": 1},
    "lstm_comparison": {"blocks": "ifgo", "forget": None, "middle": "halfway", "power": 1},
    "no_teacher_forcing": {"counted": "ones", "says": "odd", "base": None, "clip": 1.0, "strings": 64, "least": 0.95},
}
_values: ContextVar[dict[str, dict[str, Any]]] = ContextVar("values", default=PUBLISHED)


def constant(exercise: str, name: str) -> Any:
    """A constant of an exercise: as published, or as the variant that is being checked has it.

    >>> constant("unrolling", "low")
    -1
    """
    return _values.get()[exercise][name]


def is_published(exercise: str, *names: str) -> bool:
    """Whether these constants are as published.

    >>> with changed("unrolling", {"gain": 2}):
    ...     is_published("unrolling", "gain"), is_published("unrolling", "low", "high")
    (False, True)
    """
    return all(constant(exercise, name) == PUBLISHED[exercise][name] for name in names)


def counted(exercise: str, bits: Any) -> Any:
    """1 where a bit counts: ``bits`` themselves where ones are counted, else their opposites."""
    return bits if constant(exercise, "counted") == "ones" else 1 - bits


def said(exercise: str, count: Any) -> Any:
    """The answer for these counts: 1 where they are odd, or where they are even."""
    return (count + (constant(exercise, "says") == "even")) % 2


@contextmanager
def changed(exercise: str, values: dict[str, Any]) -> Iterator[None]:
    """Inside, these constants of an exercise have other values."""
    before = _values.get()
    token = _values.set(before | {exercise: before[exercise] | values})
    try:
        yield
    finally:
        _values.reset(token)


class Variant:
    """The checks of an exercise, each run with the constants of a variant."""

    def __init__(self, exercise: str, values: dict[str, Any]) -> None:
        self._module = importlib.import_module(f"parity_lib.checks.{exercise}")
        self._exercise, self._values = exercise, values
        self.__name__ = self._module.__name__

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._module, name)
        if not hasattr(found, "task"):
            return found
        run = self._with_values(found)
        with changed(self._exercise, self._values):
            run.task = type(found.task)(run, found.words())
        return run

    def _with_values(self, test: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(test)
        def run(*args: Any, **kwargs: Any) -> None:
            with changed(self._exercise, self._values):
                test(*args, **kwargs)
        return run


def variant(exercise: str, **values: Any) -> Variant:
    """The checks of an exercise with these constants in the place of the published ones.

    Raises ValueError for an exercise or a constant that there is not.

    >>> variant("unrolling", low=0, high=2).__name__
    'parity_lib.checks.unrolling'
    """
    require_choice("exercise", exercise, tuple(PUBLISHED))
    unknown = sorted(set(values) - set(PUBLISHED[exercise]))
    require(not unknown, f"the constants of {exercise}", unknown, f"out of {', '.join(PUBLISHED[exercise])}")
    return Variant(exercise, values)
