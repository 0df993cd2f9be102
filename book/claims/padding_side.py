"""Claims about padding before and after the string."""

from .claim import Claim
from .rates import always, more_often, mostly, never

CLAIMS = {
    "carried-padding-fails": Claim(
        "Where the answer must be carried through the zeros after the string, no LSTM solves it within 4,000 steps; "
        "with the answer at the last real step every one does.",
        [*never("carried"), *always("after")]),
    "padding-before-learns": Claim(
        "With the zeros before the string, most LSTMs solve it (the interval lies above one half), and fewer than with "
        "the zeros after it (Fisher's exact test).",
        [*more_often(("after", "before")), *mostly("before")]),
}
