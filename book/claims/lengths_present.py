"""Claims about the string lengths that must be present in the training data."""

from .claim import Claim, row
from .rates import always, seldom, sooner
from .words import rates

CLAIMS = (
    Claim(
        "with-one-bit-learned",
        "With a label at the end, every LSTM learns lengths from 1 to 10 and from 1 to 50.",
        [always(*row(name)) for name in ("1..10", "1..50")],
        lambda results: rates(results, "1..10", "1..50"),
    ),
    Claim(
        "without-short-not-learned",
        "With 2, 3, 5, 10 or 25 in place of 1 as the shortest length, few or no LSTMs learn lengths up to 50 within "
        "4,000 steps: the intervals lie below one half.",
        [seldom(*row(f"{shortest}..50")) for shortest in (2, 3, 5, 10, 25)],
        lambda results: rates(results, *(f"{shortest}..50" for shortest in (2, 3, 5, 10, 25))),
    ),
    Claim(
        "up-to-ten-forgives",
        "Up to 10 bits, every LSTM learns without strings of one bit too, and takes more steps (log-rank test); with "
        "3, 4 or 5 as the shortest length few or none do: the intervals lie below one half.",
        [always(*row("2..10")), *sooner((row("1..10"), row("2..10"))),
         *(seldom(*row(f"{shortest}..10")) for shortest in (3, 4, 5))],
        lambda results: rates(results, *(f"{shortest}..10" for shortest in (1, 2, 3, 4, 5))),
    ),
)
