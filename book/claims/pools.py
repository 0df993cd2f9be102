"""A fixed pool of strings."""

from .claim import Claim
from .rates import MARGIN, cannot_tell, more_than_half, mostly, same_rate
from .words import rates


def row(name: str) -> tuple[str, str]:
    """Where a condition stands in the file."""
    return "conditions", name


CLAIMS = (
    Claim(
        "large-pool-is-enough",
        f"With a fixed pool of 100,000 strings most LSTMs succeed, and their success rate differs from that with fresh "
        f"strings by less than {100 * MARGIN:.0f} points: Newcombe's interval of the difference lies within.",
        [mostly(*row("100000 strings")), same_rate(row("100000 strings"), row("fresh"))],
        lambda results: rates(results, *results["conditions"]),
    ),
    Claim(
        "small-pool-often-enough",
        "With a fixed pool of 1,000 strings more than half of these LSTMs solve it. Whether fewer do than with fresh "
        "strings, these runs cannot tell, nor for a pool of 10,000 (Fisher's exact test, two comparisons with Holm's "
        "correction).",
        [more_than_half(*row("1000 strings")),
         *cannot_tell(*((row(name), row("fresh")) for name in ("1000 strings", "10000 strings")))],
        lambda results: rates(results, "1000 strings", "10000 strings", "fresh"),
    ),
)
