"""Claims about training on a fixed pool of strings."""

from .claim import Claim
from .rates import MARGIN, cannot_tell, more_often, more_than_half, mostly, same_rate
from .words import rates

AGAINST_FRESH = (("fresh", "1000 strings"), ("fresh", "10000 strings"))

CLAIMS = (
    Claim(
        "large-pool-is-enough",
        f"With a fixed pool of 100,000 strings most LSTMs succeed, and their success rate differs from that with fresh "
        f"strings by less than {100 * MARGIN:.0f} points: Newcombe's interval of the difference lies within.",
        [*mostly("100000 strings"), *same_rate(("100000 strings", "fresh"))],
        lambda results: rates(results, *results["conditions"])),
    Claim(
        "small-pool-often-enough",
        "With a fixed pool of 1,000 strings more than half of these LSTMs solve it, and fewer than with fresh strings; "
        "for a pool of 10,000 these runs cannot tell (Fisher's exact test, two comparisons with Holm's correction).",
        [*more_than_half("1000 strings"), more_often(*AGAINST_FRESH)[0], cannot_tell(*AGAINST_FRESH)[1]],
        lambda results: rates(results, "1000 strings", "10000 strings", "fresh")),
)
