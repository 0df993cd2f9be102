"""Does a forget gate that starts open help, where strings are fixed and where they vary?"""

from __future__ import annotations

from parity_lib.experiments.condition import LONGEST, Condition, Conditions, words

SEEDS = 20
QUICK = {"seeds": 2, "max_steps": 5}


def conditions(biases: tuple[int, ...] = (0, 1, 2, 3, 5), max_steps: int = 4000) -> Conditions:
    """The conditions by name."""
    return {f"{words(lengths)}, bias {bias}": Condition(lengths=lengths, forget_bias=bias,
                                                       max_steps=max_steps)
            for lengths in ((1, LONGEST), LONGEST, 5) for bias in biases}
