"""Zeros before the string, after it, or after it and the question behind them."""

from __future__ import annotations

from parity_lib.experiments.condition import Condition, Conditions

SEEDS = 100
QUICK = {"seeds": 2, "max_steps": 5}


def conditions(max_steps: int = 4000) -> Conditions:
    """The conditions by name."""
    return {padding: Condition(padding=padding, max_steps=max_steps)
            for padding in ("after", "before", "carried")}
