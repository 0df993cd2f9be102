"""Claims about the temporal XOR problem."""

from math import log
from statistics import median

from .claim import Claim, Condition, replaced
from .rates import counted
from .words import rate

LN2 = log(2)


def at_random_bits(place: int, words: str) -> Condition:
    """Create a condition that requires the loss at a random bit to be close to that of a coin toss."""
    return Condition(f"{words} bit of a triple: within a fiftieth of a coin's loss",
                     lambda results: all(abs(row[place] - LN2) < 0.02 for row in results["loss"]),
                     lambda results: replaced(results, "loss", 3, place, by=LN2 - 0.021))


CLAIMS = (
    Claim(
        "temporal-xor-learned",
        "A tanh net of 16 units, told nothing but the next bit, predicts every third bit of 500 fresh streams of 120 "
        "bits with every seed tried; at the random bits its loss stays within a fiftieth of that of a coin.",
        [counted("every third bit is right with every seed", (),
                 lambda results: results["solved"] == results["seeds"]),
         at_random_bits(0, "first"), at_random_bits(1, "second")],
        lambda results: f"{rate(results)}. Median loss at the first, second and third bit of a triple: "
                        + ", ".join(f"{median(row[place] for row in results['loss']):.3f}" for place in range(3))
                        + "."),
)
