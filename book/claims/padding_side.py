"""Claims about padding before and after the string."""

from .claim import Claim
from .rates import always, more_often, mostly, never
from .words import rates

CLAIMS = (
    Claim(
        "carried-padding-fails",
        "Where the answer must be carried through the zeros after the string, no LSTM solves it within 4,000 steps; "
        "with the answer at the last real step every one does.",
        [*never("carried"), *always("after")],
        lambda results: rates(results, "after", "before", "carried")),
    Claim(
        "padding-before-learns",
        "With the zeros before the string, most LSTMs solve it (the interval lies above one half), and fewer than with "
        "the zeros after it (Fisher's exact test).",
        [*more_often(("after", "before")), *mostly("before")]),
)
