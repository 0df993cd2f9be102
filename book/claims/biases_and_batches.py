"""Claims about the forget gate's bias at different batch sizes."""

from .claim import Claim
from .rates import always, more_often, seldom, sooner
from .words import rates

DRAWN = ("64", "256", "1024")


def row(bits: int, size: str, bias: int) -> str:
    """Return the name of a condition in the results."""
    return f"{bits} bits, {size}, bias {bias}"


CLAIMS = (
    Claim(
        "bias-helps-at-five",
        "With a label at the end and batches of 64 strings of 5 bits, more LSTMs solve them within 8,000 updates with "
        "a forget bias of 5 than with a bias of 0, and so they do with batches of 256 and 1024 (Fisher's exact test, "
        "three comparisons with Holm's correction).",
        more_often(*((row(5, size, 5), row(5, size, 0)) for size in DRAWN)),
        lambda results: rates(results, *(row(5, size, bias) for size in DRAWN for bias in (0, 5)))),
    Claim(
        "bias-and-batch-add-up",
        "With a forget bias of 5 more LSTMs solve 5 bits with batches of 256 and of 1024 than with batches of 64 "
        "(Fisher's exact test, two comparisons with Holm's correction), and with batches of 1024 each of them does.",
        [*more_often(*((row(5, size, 5), row(5, "64", 5)) for size in ("256", "1024"))), *always(row(5, "1024", 5))],
        lambda results: rates(results, *(row(5, size, 5) for size in DRAWN))),
    Claim(
        "bias-at-six-needs-batch",
        "At 6 bits few LSTMs solve them with batches of 64, whatever the bias from 0 to 5. With batches of 1024 more "
        "of them do with a bias of 5 than with 0 (Fisher's exact test).",
        [*seldom(*(row(6, "64", bias) for bias in range(6))), *more_often((row(6, "1024", 5), row(6, "1024", 0)))],
        lambda results: rates(results, *(row(6, "64", bias) for bias in range(6)),
                              *(row(6, "1024", bias) for bias in (0, 5)))),
    Claim(
        "bias-sooner-on-all-strings",
        "With all strings of 5 or of 6 bits in each batch LSTMs solve them in fewer updates with a forget bias of 5 "
        "than with 0: by the log-rank test over all runs, two comparisons with Holm's correction.",
        sooner(*((row(n, "all", 5), row(n, "all", 0)) for n in (5, 6))),
        lambda results: rates(results, *(row(n, "all", bias) for n in (5, 6) for bias in (0, 5)))),
)
