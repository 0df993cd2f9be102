"""Up to which fixed length does an LSTM learn from a label at the end?"""

from __future__ import annotations

from parity_lib.experiments.condition import Condition, Conditions

SEEDS = 20
QUICK = {"seeds": 2, "max_steps": 5}


def conditions(lengths: tuple[int, ...] = (2, 3, 4, 5, 6, 8, 10, 20), max_steps: int = 10_000) -> Conditions:
    """The conditions by name."""
    return {str(length): Condition(lengths=length, max_steps=max_steps) for length in lengths}
