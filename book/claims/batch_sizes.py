"""Claims about batches drawn from all strings of n bits."""

from itertools import pairwise

from parity_study.experiments.batch_sizes import DRAWN, WITHOUT_REPLACEMENT

from .claim import Claim
from .rates import more_often, never, seldom

WITH_REPLACEMENT = {n: [f"{n} bits, {size} drawn" for size in sizes] for n, sizes in DRAWN.items()}

CLAIMS = {
    "larger-batches-help-at-four": Claim(
        "With a label at the end and strings of 4 bits, more LSTMs solve them within 8,000 updates with batches of 64 "
        "than of 16, of 256 than of 64, and of 1024 than of 256 (Fisher's exact test, three comparisons with Holm's "
        "correction).",
        more_often(*((larger, smaller) for smaller, larger in pairwise(WITH_REPLACEMENT[4])))),
    "large-batches-fail-from-five": Claim(
        "With batches of 16 to 2048 strings of 5 bits, up to 64 times as many as there are, few LSTMs solve them "
        "within 8,000 updates (each interval lies below one half); of 6, 7 and 8 bits, with batches up to "
        "64 times as many as there are strings, none does.",
        [*seldom(*WITH_REPLACEMENT[5]), *never(*(name for n in (6, 7, 8) for name in WITH_REPLACEMENT[n]))]),
    "half-of-the-strings-fails": Claim(
        "With half of all strings of 5, 6, 7 or 8 bits in each batch, drawn so that all differ, no LSTM solves them "
        "within 8,000 updates.",
        never(*(f"{n} bits, {size} different" for n, size in WITHOUT_REPLACEMENT))),
}
