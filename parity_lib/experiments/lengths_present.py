"""Which lengths must be among the strings, with a label at the end?"""

from __future__ import annotations

from parity_lib.experiments.condition import Condition, Conditions, words

SEEDS = 20
QUICK = {"seeds": 2, "max_steps": 5}


def conditions(max_steps: int = 4000) -> Conditions:
    """The conditions by name."""
    ranges = ((1, 10), (2, 10), (3, 10), (4, 10), (5, 10), (1, 50), (2, 50), (3, 50), (5, 50), (10, 50), (25, 50))
    return {words(lengths): Condition(lengths=lengths, max_steps=max_steps) for lengths in ranges}
