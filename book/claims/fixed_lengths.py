"""Claims about training on strings that all have the same length."""

from .claim import Claim
from .rates import always, never, seldom, some

CLAIMS = {
    "fixed-lengths-end-early": Claim(
        "With a label at the end, strings all of one length and batches of 64, LSTMs learn two bits and three bits "
        "with every one of 20 seeds, four bits with some and less than half of them, five or more with none, within "
        "10,000 steps.",
        [*always("2", "3"), *some("4"), *seldom("4"), *never("5", "6", "8", "10", "20")]),
}
