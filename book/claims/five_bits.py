"""Claims about the interventions of the note *Why five bits are hard*."""

from itertools import pairwise

from .claim import Claim
from .rates import above, counts, more_often, mostly, never, seldom

nearly_all = counts("the interval lies above nine tenths", above(0.9))


def drawn(bits: int, power: int) -> str:
    """Return the name of the condition with batches of ``2**power`` random strings."""
    return f"{bits} bits, 2^{power} drawn"


STEPS = {4: (6, 8, 10, 12), 5: (12, 14, 16, 18, 20), 6: (16, 20, 24, 28)}      # powers of two that are compared
RISING = [(drawn(bits, larger), drawn(bits, smaller)) for bits, powers in STEPS.items()
          for smaller, larger in pairwise(powers)]

DOSE_RESPONSE = {
    "dose-response-rises": Claim(
        "The larger the random batch, the more LSTMs learn within 8,000 updates: of four bits with each fourfold batch "
        "from 2^6 to 2^12 strings, of five bits from 2^12 to 2^20, and of six bits with each sixteenfold batch from "
        "2^16 to 2^28 (Fisher's exact test, ten comparisons with Holm's correction).",
        more_often(*RISING)),
    "dose-response-halves": Claim(
        "Of four bits, fewer than half of the LSTMs learn with 2^6 strings in a batch and more than half with 2^10; of "
        "five bits, fewer than half with 2^14 and more than half with 2^18; of six bits, fewer than half with 2^22 "
        "and more than half with 2^28 (each interval lies below or above one half).",
        [*seldom(drawn(4, 6), drawn(5, 14), drawn(6, 22)), *mostly(drawn(4, 10), drawn(5, 18), drawn(6, 28))]),
    "dose-response-saturates": Claim(
        "With batches of 2^24, 2^26 or 2^28 random strings, more than nine tenths of the LSTMs learn five bits (each "
        "interval lies above nine tenths).",
        nearly_all(*(drawn(5, power) for power in (24, 26, 28)))),
    "large-batches-fail-from-five": Claim(
        "With random batches of 64 to 4,096 strings few LSTMs learn five bits within 8,000 updates (each interval lies "
        "below one half), and none learns six bits.",
        [*seldom(*(drawn(5, power) for power in range(6, 14, 2))),
         *never(*(drawn(6, power) for power in range(6, 14, 2)))]),
    "half-of-the-strings-fails": Claim(
        "With half of all strings of five or six bits in each batch, drawn so that all differ, no LSTM learns them "
        "within 8,000 updates.",
        never("5 bits, half of them", "6 bits, half of them")),
}
