"""The forget gate's bias, by the size of the batch."""

from .claim import Claim
from .rates import more_often
from .words import rates

BIASES, SIZES = (0, 1, 2, 3, 5), ("64", "256", "1024", "all")


def row(bits: int, size: str, bias: int) -> tuple[str, str]:
    """Where a condition stands in the file."""
    return "conditions", f"{bits} bits, {size}, bias {bias}"


def named(*rows: tuple[str, str]) -> tuple[str, ...]:
    """The names of conditions."""
    return tuple(name for _, name in rows)


CLAIMS = (
    Claim(
        "bias-helps-at-five",
        "With a label at the end and batches of 64 strings of 5 bits, more LSTMs solve them within 8,000 updates with "
        "a forget bias of 5 than with a bias of 0, and so they do with batches of 256 and 1024 (Fisher's exact test, "
        "three comparisons with Holm's correction).",
        more_often(*((row(5, size, 5), row(5, size, 0)) for size in SIZES[:-1])),
        lambda results: rates(results, *named(*(row(5, size, bias) for size in SIZES[:-1] for bias in (0, 5)))),
    ),
)
