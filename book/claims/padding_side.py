"""Claims about padding before and after the string."""

from .claim import Claim
from .rates import always, more_often, mostly, never

CLAIMS = {
    "padding-side": Claim(
        "With the answer at the last real step every LSTM solves it within 4,000 steps. With the zeros before the "
        "string most do (the interval lies above one half), and fewer than with the zeros after it (Fisher's exact "
        "test). Where the answer must be carried through the zeros after the string, none does.",
        [*always("after"), *mostly("before"), *more_often(("after", "before")), *never("carried")]),
}
