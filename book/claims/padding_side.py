"""Where the zeros stand."""

from .claim import Claim
from .rates import always, cannot_tell, mostly, never
from .words import rates

AFTER, BEFORE, CARRIED = (("conditions", side) for side in ("after", "before", "carried"))

CLAIMS = (
    Claim(
        "carried-padding-fails",
        "Where the answer must be carried through the zeros after the string, no LSTM solves it within 4,000 steps; "
        "with the answer at the last real step every one does.",
        [never(*CARRIED), always(*AFTER)],
        lambda results: rates(results, "after", "before", "carried"),
    ),
    Claim(
        "padding-before-learns",
        "With the zeros before the string, most LSTMs solve it: the interval lies above one half. Whether it "
        "is as good as zeros after it, these runs cannot tell.",
        [mostly(*BEFORE), *cannot_tell((BEFORE, AFTER))],
        lambda results: rates(results, "after", "before"),
    ),
)
