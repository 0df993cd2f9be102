"""Claims about training on strings of 1 to L bits."""

from .claim import Claim
from .rates import always, more_often, never

CLAIMS = {
    "ladder-up-to-fifty": Claim(
        "With a label at the end, every LSTM learns lengths from 1 to 10, to 20 and to 50 within 4,000 steps; fewer "
        "learn lengths from 1 to 100 than from 1 to 50 (Fisher's exact test), and none those from 1 to 200.",
        [*always("1..10", "1..20", "1..50"), *more_often(("1..50", "1..100")), *never("1..200")]),
}
