"""Fresh strings against a fixed pool of them."""

from __future__ import annotations

from parity_lib.experiments.condition import Condition, Conditions

SEEDS = 20
QUICK = {"seeds": 2, "max_steps": 5}


def conditions(max_steps: int = 4000) -> Conditions:
    """The conditions by name."""
    return {"fresh" if pool is None else f"{pool} strings": Condition(pool=pool, max_steps=max_steps)
            for pool in (None, 100_000, 10_000, 1000)}
