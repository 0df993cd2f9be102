"""Claims about training on a fixed pool of strings."""

from .claim import Claim
from .rates import MARGIN, cannot_tell, more_often, more_than_half, mostly, same_rate

AGAINST_FRESH = (("fresh", "1000 strings"), ("fresh", "10000 strings"))

CLAIMS = {
    "large-pool-is-enough": Claim(
        f"With a fixed pool of 100,000 strings most LSTMs succeed, and their success rate differs from that with fresh "
        f"strings by less than {100 * MARGIN:.0f} points: Newcombe's interval of the difference lies within.",
        [*mostly("100000 strings"), *same_rate(("100000 strings", "fresh"))]),
    "small-pool-often-enough": Claim(
        "With a fixed pool of 1,000 strings more than half of these LSTMs solve it, and fewer than with fresh strings; "
        "for a pool of 10,000 these runs cannot tell (Fisher's exact test, two comparisons with Holm's correction).",
        [*more_than_half("1000 strings"), more_often(*AGAINST_FRESH)[0], cannot_tell(*AGAINST_FRESH)[1]]),
}
