"""Constants of the exercises' tasks. This module is going away: write the values into the checks instead."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

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
