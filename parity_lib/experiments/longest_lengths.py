"""Lengths from 1 to L: how far up may the ladder go, when each rung gets fewer of the strings?"""

from __future__ import annotations

from parity_lib.experiments.condition import Condition, Conditions

SEEDS = 20
QUICK = {"seeds": 2, "longest": (10,), "max_steps": 5}
SAMPLE = ("1..20",)


def conditions(longest: tuple[int, ...] = (10, 20, 50, 100, 200), max_steps: int = 4000) -> Conditions:
    """The conditions by name."""
    return {f"1..{length}": Condition(lengths=(1, length), max_steps=max_steps) for length in longest}
