"""Strings all of one length."""

from .claim import Claim, Condition, replaced
from .rates import always, never, seldom, some
from .words import rates

BITS = ("2", "3", "4", "5", "6", "8", "10", "20")


def row(name: str) -> tuple[str, str]:
    """Where a condition stands in the file."""
    return "conditions", name


CLAIMS = (
    Claim(
        "fixed-lengths-end-early",
        "With a label at the end and strings all of one length, an LSTM learns two bits and three bits with every "
        "seed, four with few, and five or more with none, within 10,000 steps.",
        [always(*row("2")), always(*row("3")), some(*row("4")), seldom(*row("4")),
         *(never(*row(bits)) for bits in BITS[3:])],
        lambda results: rates(results, *BITS),
    ),
    Claim(
        "three-bits-sooner-than-counted",
        "At least half of the LSTMs that learn strings of three bits from a label at the end do so within 500 steps, "
        "and all of them learn it.",
        [always(*row("3")),
         Condition("3: within 500 steps", lambda results: results["conditions"]["3"]["median_steps"] <= 500,
                   replaced("conditions", "3", "median_steps", by=501.0))],
        lambda results: rates(results, "3"),
    ),
)
