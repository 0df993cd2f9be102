"""Claims about batches that contain all strings of n bits."""

from .claim import Claim
from .rates import always, less_than_half, more_often, more_than_half, never, not_all, seldom, some, sooner

BITS = tuple(range(2, 11))
OTHERS = ("tanh", "lstm", "gru")


def row(cell: str, bits: int, afresh: bool = False) -> str:
    """Return the name of a condition in the results."""
    return f"{cell}, {bits} bits" + ", reset" * afresh


def afresh(*bits: int) -> tuple[tuple[str, str], ...]:
    """Return pairs of conditions with and without a reset of Adam after 200 updates."""
    return tuple((row("lstm", n, True), row("lstm", n)) for n in bits)


CLAIMS = (
    Claim(
        "all-strings-five-bits",
        "With all 32 strings of 5 bits as the batch and a label at the end, every LSTM of 8 units and every GRU solves "
        "them within 8,000 updates.",
        always(row("lstm", 5), row("gru", 5))),
    Claim(
        "all-strings-end-at-eight",
        "With all strings as the batch, more than half of the LSTMs and of the GRUs solve 6 bits, some and less than "
        "half of them 7 bits, no LSTM and few GRUs 8 bits, and none of either 9 or 10 bits, within 8,000 updates.",
        [condition for cell, at_eight in (("lstm", never), ("gru", seldom)) for condition in (
            *more_than_half(row(cell, 6)), *some(row(cell, 7)), *less_than_half(row(cell, 7)),
            *at_eight(row(cell, 8)), *never(row(cell, 9), row(cell, 10)))]),
    Claim(
        "all-strings-relu-differs",
        "With all strings as the batch, some relu nets fail at every length from 2 to 10 bits, and at 8 and 9 bits "
        "more of them succeed than of each other kind (Fisher's exact test, six comparisons with Holm's correction).",
        [*not_all(*(row("relu", n) for n in BITS)),
         *more_often(*((row("relu", n), row(cell, n)) for n in (8, 9) for cell in OTHERS))]),
    Claim(
        "adam-afresh-sooner",
        "LSTMs on all strings of 5 and 6 bits solve them in fewer updates if Adam's means begin afresh after "
        "200 updates: by the log-rank test over all runs, two comparisons with Holm's correction.",
        sooner(*afresh(5, 6))),
    Claim(
        "adam-afresh-more-often",
        "And more of them solve 6 and 7 bits within 8,000 updates (Fisher's exact test, two comparisons with Holm's "
        "correction).",
        more_often(*afresh(6, 7))),
    Claim(
        "adam-afresh-not-eight",
        "At 8 bits few LSTMs solve them within 8,000 updates, whether Adam begins afresh or not: both intervals lie "
        "below one half.",
        seldom(row("lstm", 8), row("lstm", 8, True))),
)
