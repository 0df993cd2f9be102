"""Claims about the string lengths that must be present in the training data."""

from .claim import Claim
from .rates import always, seldom, sooner

CLAIMS = {
    "without-short-not-learned": Claim(
        "With 2, 3, 5, 10 or 25 in place of 1 as the shortest length, few or no LSTMs learn lengths up to 50 within "
        "4,000 steps: the intervals lie below one half.",
        seldom("2..50", "3..50", "5..50", "10..50", "25..50")),
    "up-to-ten-forgives": Claim(
        "Up to 10 bits, every LSTM learns without strings of one bit too, and takes more steps (log-rank test); with "
        "3, 4 or 5 as the shortest length few or none do: the intervals lie below one half.",
        [*sooner(("1..10", "2..10")), *always("2..10"), *seldom("3..10", "4..10", "5..10")]),
}
