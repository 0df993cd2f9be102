"""Requirements and numbers for a few claims that do not follow a common pattern.

The functions are added to :data:`~parity_study.claims.shapes.SHAPES`. The name of a function, with spaces in place of
underscores, is its word in ``claims/NAME.yaml``: to find the claim of ``predicted share``, search for these words.
"""

from functools import partial
from math import exp, log2
from statistics import median

from parity_study.claims.claim import Number, Place, Predicate, Results, at
from parity_study.claims.shapes import (
    FORMS,
    OF,
    called,
    counted,
    is_met,
    number,
    shape,
    wilson_interval,
)

# --- Success rates and numbers of updates ---


@shape("rows")
def predicted_share(*rows: Place, must_be: str) -> list[Predicate]:
    """Require the success rate predicted from a rate of 0.01 to lie inside, below or above the interval of each row.
    """
    def holds(row: Place, results: Results) -> bool:
        found = at(results, *row)
        settings = results["defaults"] | found["settings"]
        slope, middle = results["predicted"][str(settings["bits"])]
        share = 1 / (1 + exp(slope * (middle - log2(settings["batch_size"] * (0.01 / settings["lr"])**2))))
        low, high = wilson_interval(found["solved"], found["seeds"])
        return {"inside": low <= share <= high, "below": share < low, "above": share > high}[must_be]
    return [counted(f"{called(row)}: the predicted share is {must_be} the interval", row, partial(holds, row))
            for row in rows]


@shape("rows")
def even_lengths_are_easier(row: Place) -> list[Predicate]:
    """Require that each group of five lengths with three even lengths is easier than each group with two."""
    def holds(results: Results) -> bool:
        shares = at(results, *row, "by_length", "mean")
        return min(shares[1::2]) > max(shares[::2])
    return [Predicate(f"{row[-1]}: more correct answers in groups with three even lengths", holds)]


# --- Gradients ---

@shape("words")
def gradient_left(net: str, key: str = "ratio", end: str = "median") -> Number:
    """Return the fraction of the gradient at the last time step that remains at the first time step.

    If the key is ``cell_ratio``, return the fraction for the cell states.
    """
    states = {"ratio": "h₁ divided by that at h₅₀", "cell_ratio": "c₁ divided by that at c₄₉"}
    seeds = {"median": "median over seeds", "high": "upper quartile over seeds"}
    return number(net, f"Gradient at {states[key]}, {seeds[end]}", ("nets", net, key, end, 0))


# --- Names of towns ---


@shape("words")
def number_of_seeds(count: int, *place: str) -> list[Predicate]:
    """Require that the network was trained with ``count`` different seeds."""
    return [Predicate(f"{', '.join(place)}: {count} seeds", lambda results: len(at(results, *place, "test")) == count)]


@shape("words")
def gap_in_errors(rate: str, cell: str, of: str) -> Number:
    """Return the bits that a network saves over the best n-grams, in standard errors, for the seed chosen by ``of``."""
    place = ("writing", rate, cell)
    return Number(f"{cell}, rate {rate}, {of}", "Bits saved compared with the best n-grams, in standard errors",
                  lambda results: OF[of]([gap / error for gap, error in zip(
                      at(results, *place, "gap"), at(results, *place, "gap_error"), strict=True)]))


@shape("words")
def rise_of_bits(*place: str, of: str) -> Number:
    """Return how much the validation bits rise from their minimum to the last epoch, for the lowest or highest seed."""
    return Number(f"{', '.join(place)}, {of}", "Rise of the bits in validation until the end",
                  lambda results: OF[of]([curve[-1] - min(curve) for curve in at(results, *place, "validation")]),
                  FORMS["three decimals"])


@shape("words")
def difference_with_a_mark() -> Number:
    """Return the gap in accuracy between the two labels with a mark for the end, divided by the gap without it."""
    plain, marked = ([(*place, "test") for place in places] for places in zip(*(
        (("reading", label, "6 epochs, rate 0.01", "gru"), ("with_end", label))
        for label in ("label at the end", "label at every character")), strict=True))

    def difference(results: Results, places: list[Place]) -> float:
        return median(at(results, *places[0])) - median(at(results, *places[1]))

    return Number("GRU", "Difference between the labels in correct countries, with a mark divided by without",
                  lambda results: difference(results, marked) / difference(results, plain))


# --- Certificates ---


@shape("words")
def share_of_all(words: str, of: str, must_be: str) -> list[Predicate]:
    """Create a predicate on the share of all networks that received a certain verdict."""
    key, of_key = of.split(" / ")

    def totals(results: Results) -> list[int]:
        return [sum(row[name] for row in results["nets"].values()) for name in (key, of_key)]

    return [Predicate(words, lambda results: is_met(must_be, *totals(results)),
                      lambda results: [("", "{}: {} of {}".format(key.replace("_", " "), *totals(results)))])]
