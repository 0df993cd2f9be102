"""A ladder with a dial: what share of the strings must have one bit, beside strings of 50 or of 2 to 50 bits?"""

from __future__ import annotations

from parity_lib.experiments.condition import Condition, Conditions, words

SEEDS = 50
SHARES = (0, 1 / 512, 1 / 128, 1 / 32, 1 / 8)
QUICK = {"seeds": 2, "shares": (0, 1 / 8), "max_steps": 5}
SAMPLE = ("2..50, 1/32 of one bit",)


def conditions(shares: tuple[float, ...] = SHARES, max_steps: int = 4000) -> Conditions:
    """The conditions by name."""
    return {f"{words(lengths)}, {f'1/{1 / share:.0f}' if share else 'none'} of one bit":
            Condition(lengths=lengths, one_bit_share=share, max_steps=max_steps)
            for lengths in (50, (2, 50)) for share in shares}
