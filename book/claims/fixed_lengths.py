"""Claims about training on strings that all have the same length."""

from .claim import Claim, row
from .rates import always, never, seldom, some
from .words import rates

BITS = ("2", "3", "4", "5", "6", "8", "10", "20")


CLAIMS = (
    Claim(
        "fixed-lengths-end-early",
        "With a label at the end, strings all of one length and batches of 64, LSTMs learn two bits and three bits "
        "with every one of 20 seeds, four bits with some and less than half of them, five or more with none, within "
        "10,000 steps.",
        [always(*row("2")), always(*row("3")), some(*row("4")), seldom(*row("4")),
         *(never(*row(bits)) for bits in BITS[3:])],
        lambda results: rates(results, *BITS),
    ),
)
