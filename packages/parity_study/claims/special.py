"""Requirements and numbers of a few claims, which have no common shape.

The functions are added to :data:`~parity_study.claims.shapes.SHAPES`. The name of a function, with spaces in place of
underscores, is its word in ``claims/NAME.yaml``: to find the claim of ``fewer``, search for ``- fewer:``.
"""

from functools import partial
from math import exp, log2
from operator import lt
from statistics import median

from parity_study.claims.claim import Number, Place, Predicate, Results, at, replaced
from parity_study.claims.shapes import (
    FORMS,
    OF,
    called,
    counted,
    is_met,
    middle,
    number,
    required,
    shape,
    successes,
    wilson_interval,
)
from parity_study.claims.words import named, percent

# --- Success rates and numbers of updates ---


@shape("rows")
def fewer(one: Place, other: Place) -> list[Predicate]:
    """Require fewer successes in one row than in the other, not necessarily significantly."""
    return [counted(f"{one[-1]}: solved with fewer seeds than {other[-1]}", one,
                    lambda results: lt(*successes(results, (one, other), ("solved",))), reads=[other])]


@shape("rows")
def relative_updates(row: Place, usual: Place, label: str, quantity: str) -> Number:
    """Return the number of updates after which half of the runs of a row are solved, divided by that of another row."""
    return Number(label, quantity, lambda results: middle(results, row) / middle(results, usual),
                  lambda results, wrong: replaced(results, *row, "steps", by=lambda steps: [
                      wrong * middle(results, usual)] * len(steps)), reads=(row, usual))


@shape("rows")
def predicted_share(*rows: Place, must_be: str) -> list[Predicate]:
    """Require that the share predicted from a rate of 0.01 lies inside the interval of each row, or below or above it.
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


@shape("words")
def correct_of_the_failed(name: str, place: int, lengths: str) -> Number:
    """Return the accuracy of the failed networks in one range of lengths, if all other networks are always correct."""
    def read(results: Results) -> float:
        row = results["conditions"][name]
        return (row["by_length"]["mean"][place] * row["seeds"] - row["solved"]) / (row["seeds"] - row["solved"])

    def write(results: Results, wrong: float) -> Results:
        row = results["conditions"][name]
        return replaced(results, "conditions", name, "by_length", "mean", place,
                        by=(wrong * (row["seeds"] - row["solved"]) + row["solved"]) / row["seeds"])
    return Number(named(name), f"Correct on strings of {lengths} bits", read, write, percent)


@shape("words")
def not_all_in_some_row(name: str, place: str, key: str) -> list[Predicate]:
    """Require that in some row, a count is smaller than the number of networks that solved the task."""
    return [required(name, lambda rows: any(row[key] < row["solved"] for row in rows.values()), place,
                     wrong=lambda rows: {called: row | {key: row["solved"]} for called, row in rows.items()})]


@shape("rows")
def even_lengths_are_easier(row: Place) -> list[Predicate]:
    """Require that each group of five lengths with three even ones is easier than each group with two."""
    return [required(f"{row[-1]}: more correct answers in groups with three even lengths",
                     lambda shares: min(shares[1::2]) > max(shares[::2]), *row, "by_length", "mean", wrong=sorted)]


# --- Gradients ---

@shape("words")
def gradient_left(net: str, key: str = "ratio", end: str = "median") -> Number:
    """Return the fraction of the gradient at the last time step that remains at the first.

    If the key is ``cell_ratio``, return the fraction for the cell states.
    """
    states = {"ratio": "h₁ divided by that at h₅₀", "cell_ratio": "c₁ divided by that at c₄₉"}
    seeds = {"median": "median over seeds", "high": "upper quartile over seeds"}
    return number(net, f"Gradient at {states[key]}, {seeds[end]}", ("nets", net, key, end, 0))


@shape("words")
def more_than_the_gates(bias: int) -> list[Predicate]:
    """Require that more of the gradient reaches the first cell state than the forget gates alone let through."""
    return [gradient_left(f"forget bias {bias}", "cell_ratio").above((1 + exp(-bias)) ** -48)]


# --- Longer strings ---


@shape("words")
def strings_missed(net: str) -> Number:
    """Return the largest number of strings of the same length on which a network is wrong."""
    return Number(net, "strings on which one network is wrong at one length",
                  lambda results: max(round((1 - share) * strings)
                                      for shares in results["nets"][net]["sequence_accuracy"]
                                      for share, strings in zip(shares, results["strings"], strict=True)),
                  lambda results, missed: replaced(results, "nets", net, "sequence_accuracy", 0, 0,
                                                   by=1 - missed / results["strings"][0]))


# --- Names of towns ---


@shape("words")
def number_of_seeds(count: int, *place: str) -> list[Predicate]:
    """Require a number of seeds of a network."""
    return [required(f"{', '.join(place)}: {count} seeds", lambda each: len(each) == count, *place, "test",
                     wrong=lambda each: [*each, each[0]])]


@shape("words")
def gap_in_errors(rate: str, cell: str, of: str) -> Number:
    """Return how many standard errors fewer bits a network needs than the best n-grams, lowest or highest of seeds."""
    place = ("writing", rate, cell)
    return Number(f"{cell}, rate {rate}, {of}", "Bits saved compared with the best n-grams, in standard errors",
                  lambda results: OF[of]([gap / error for gap, error in zip(
                      at(results, *place, "gap"), at(results, *place, "gap_error"), strict=True)]),
                  lambda results, wrong: replaced(results, *place, "gap", 0, by=wrong * at(
                      results, *place, "gap_error", 0)))


@shape("words")
def rise_of_bits(*place: str, of: str) -> Number:
    """Return how far the bits in validation rise from their lowest value to the end, lowest or highest of seeds."""
    return Number(f"{', '.join(place)}, {of}", "Rise of the bits in validation until the end",
                  lambda results: OF[of]([curve[-1] - min(curve) for curve in at(results, *place, "validation")]),
                  lambda results, wrong: replaced(results, *place, "validation", 0, by=lambda curve: [
                      *curve, min(curve) + wrong]), FORMS["three decimals"])


@shape("words")
def difference_with_a_mark() -> Number:
    """Return the difference between the two labels with a mark for the end, divided by that without the mark."""
    plain, marked = ([(*place, "test") for place in places] for places in zip(*(
        (("reading", label, "6 epochs, rate 0.01", "gru"), ("with_end", label))
        for label in ("label at the end", "label at every character")), strict=True))

    def difference(results: Results, places: list[Place]) -> float:
        return median(at(results, *places[0])) - median(at(results, *places[1]))

    return Number("GRU", "Difference between the labels in correct countries, with a mark divided by without",
                  lambda results: difference(results, marked) / difference(results, plain),
                  lambda results, wrong: replaced(results, *marked[0], by=lambda shares: [
                      median(at(results, *marked[1])) + wrong * difference(results, plain)] * len(shares)))


# --- Certificates ---


@shape("words")
def share_of_all(words: str, of: str, must_be: str) -> list[Predicate]:
    """Create a predicate on the fraction of all networks with a verdict.

    It is falsified by changing the verdicts of all networks of one kind, and then of further kinds, until it fails.
    """
    key, of_key = of.split(" / ")

    def totals(results: Results) -> list[int]:
        return [sum(row[name] for row in results["nets"].values()) for name in (key, of_key)]

    def holds(results: Results) -> bool:
        return is_met(must_be, *totals(results))

    def falsify(results: Results) -> Results:
        for all_of_them in (False, True):
            altered = results
            for kind, row in results["nets"].items():
                altered = replaced(altered, "nets", kind, key, by=row[of_key] if all_of_them else 0)
                if not holds(altered):
                    return altered
        raise ValueError(f"no verdicts break the condition {words!r}")

    return [Predicate(words, holds, falsify, [("nets",)],
                      lambda results: [("", "{}: {} of {}".format(key.replace("_", " "), *totals(results)))])]


@shape("words")
def two_units_complete() -> list[Predicate]:
    """Require that the lists about networks of two units have an entry for each network that learned."""
    return [Predicate("one value of each for every network that learned", lambda results: all(
        len(counts) == results["nets"]["tanh 2"]["solved"] > 0 for counts in results["two_units"].values()),
        lambda results: replaced(results, "nets", "tanh 2", "solved", by=lambda solved: solved + 1))]
