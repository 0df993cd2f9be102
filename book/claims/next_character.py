"""Claims about networks and n-gram models that predict the next character of a text."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from .claim import Claim, Condition, Number, number, replaced, value

NETWORKS = {"tanh": "tanh", "lstm": "LSTM", "gru": "GRU"}


def bits(cell: str, of: Callable[[Sequence[float]], float], part: str = "bits") -> Number:
    """Return the highest or the lowest bits per character among the networks with the given kind of cell."""
    where = {"bits": "held-out text", "training_bits": "training text"}[part]
    return number(f"{NETWORKS[cell]}, {'highest' if of is max else 'lowest'}", f"Bits per character, {where}",
                  "networks", cell, part, form="{:.3f}".format, of=of)


def five(cell: str) -> Condition:
    """Create a condition that requires five networks with the given kind of cell."""
    return value(f"{NETWORKS[cell]}: five seeds", lambda each: len(each) == 5, "networks", cell, "bits",
                 wrong=lambda each: [*each, each[0]])


def order(k: int) -> Number:
    """Return the bits per character of the n-gram model that looks at k characters."""
    return number(f"n-grams of order {k}", "Bits per character, held-out text", "ngrams", "bits", k,
                  form="{:.3f}".format)


def after(place: int, characters: int) -> Number:
    """Return the bits per character of the GRU after it has read the given number of characters."""
    return replace(number(f"after {characters} characters", READ, "by_context", "bits", place, form="{:.3f}".format),
                   reads=(("by_context",),))


READ = "Bits per character of the GRU, held-out text, median"
CHANGE = Number("from 15 characters on", "Largest change of these bits",
                lambda results: np.ptp(results["by_context"]["bits"][9:]),
                lambda results, wrong: replaced(results, "by_context", "bits", 11, by=max(
                    results["by_context"]["bits"][9:]) - wrong), "{:.3f}".format, (("by_context",),))

GAP = Number("the difference", "Lowest bits per character on the held-out text minus the highest in training",
             lambda results: min(results["networks"]["gru"]["bits"])
             - max(results["networks"]["gru"]["training_bits"]),
             lambda results, wrong: replaced(results, "networks", "gru", "training_bits", 0, by=min(
                 results["networks"]["gru"]["bits"]) - wrong), "{:.3f}".format)

NEXT_CHARACTER = {
    "network-against-counts": Claim(
        "On the held-out chapter, each of five GRUs of 128 units needs fewer bits per character than the n-gram models "
        "of orders 0 to 3, 7 and 8, and more than those of orders 4, 5 and 6.",
        [five("gru"), *(bits("gru", max).below(order(k)) for k in (0, 1, 2, 3, 7, 8)),
         *(bits("gru", min).above(order(k)) for k in (4, 5, 6))]),
    "gated-cells-need-fewer-bits": Claim(
        "On the held-out chapter, each of five GRUs needs fewer bits per character than each of five LSTMs, and each "
        "of the LSTMs needs fewer than each of five tanh networks. All these networks have 128 units and have read the "
        "training text twelve times.",
        [*map(five, NETWORKS), bits("gru", max).below(bits("lstm", min)), bits("lstm", max).below(bits("tanh", min))]),
    "held-out-text-is-harder": Claim(
        "On the held-out chapter, each of the five GRUs needs at least a tenth of a bit per character more than any of "
        "the five needs on the training text.",
        [five("gru"), GAP.above(0.1)]),
    "gru-reads-fifteen-characters": Claim(
        "The GRU needs fewer bits per character after it has read 15 characters than after 10 (median of five GRUs). "
        "From 15 to 50 characters, the bits per character change by less than a hundredth.",
        [after(9, 15).below(after(8, 10)), CHANGE.below(0.01)]),
}
