"""Argument checks whose error messages name the argument and give its value and the allowed values."""

from __future__ import annotations

from numbers import Integral


def require(condition: bool, name: str, value: object, allowed: str) -> None:
    """Raise ValueError unless ``condition`` is true.

    >>> require(False, "lr", -1, "a number above 0")
    Traceback (most recent call last):
    ValueError: lr must be a number above 0, but it is -1
    """
    if not condition:
        raise ValueError(f"{name} must be {allowed}, but it is {value!r}")


def require_int(name: str, value: object, least: int) -> None:
    """Raise ValueError unless ``value`` is an integer (not a boolean) that is at least ``least``."""
    require(not isinstance(value, bool) and isinstance(value, Integral) and int(value) >= least, name, value,
            f"an integer of at least {least}")


def require_choice(name: str, value: object, choices: tuple[str, ...]) -> None:
    """Raise ValueError unless ``value`` is one of ``choices``."""
    require(value in choices, name, value, " or ".join(repr(choice) for choice in choices))
