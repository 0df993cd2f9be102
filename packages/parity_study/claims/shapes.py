"""The kinds of requirement that many claims share: counts, comparisons of two rows, numbers and values.

:data:`SHAPES` contains a function for each word that ``holds:`` in ``claims/NAME.yaml`` may use, as in
``- more often: [ROW, ROW]``. It returns requirements (:class:`~parity_study.claims.claim.Predicate`).

A row contains the results of one network or training condition: ``seeds``, ``solved`` and ``steps``, the numbers of
updates. The functions take its place in the results.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache, partial
from statistics import median
from typing import Any, NamedTuple

from parity_lib import statistics
from parity_lib.statistics import updates_to_solve
from parity_study import comparisons
from parity_study.claims.claim import Number, Place, Predicate, Results, at
from parity_study.claims.words import named, percent, power, rate_and_steps
from parity_study.comparisons import holm, logrank_p

MARGIN = 0.2    # two success rates are called similar if they differ by less than 20 percentage points
LEVEL = 0.05    # the significance level for differences, after Holm's correction

Pair = tuple[Place, Place]

# These functions are called many times with the same few counts.
wilson_interval = cache(statistics.wilson_interval)
equivalent_rates, fisher_p = cache(comparisons.equivalent_rates), cache(comparisons.fisher_p)


class Shape(NamedTuple):
    """A function that creates requirements or a number, with the kind of its arguments: "rows", "pairs" or "words"."""

    create: Callable[..., Any]
    takes: str


SHAPES: dict[str, Shape] = {}


def shape(takes: str, words: str = "") -> Callable[[Callable], Callable]:
    """Return a decorator that adds a function to ``SHAPES``, by default under its own name."""
    def add(function: Callable) -> Callable:
        SHAPES[words or function.__name__.replace("_", " ")] = Shape(function, takes)
        return function
    return add


# --- Counts ---

OUTCOMES = {"far_exact": "correct on 10,000 bits"}   # other keys need no words


def called(row: Place) -> str:
    """Return a readable name for a row."""
    return named(", ".join(part for part in row if part not in ("conditions", "nets"))) or "runs"


def shown(results: Results, row: Place, key: Place, of: str) -> str:
    """Format a row's count as text. If it counts successes, append how many updates the successful runs took."""
    found = at(results, *row)
    words = rate_and_steps(found) if (key, of) == (("solved",), "seeds") else (
        f"{at(found, *key)} of {found[of]:,} {OUTCOMES.get(key[0], key[0])}")
    return f"{called(row)}: {words}"


def counted(name: str, row: Place, holds: Callable[[Results], bool], key: Place = ("solved",), of: str = "seeds",
            others: Sequence[Place] = ()) -> Predicate:
    """Create a predicate on a count in the results.

    The count is at ``key`` in a row, and lies between 0 and the count at ``of``. ``others`` lists further rows whose
    counts are shown with it.
    """
    return Predicate(name, holds, lambda results: [("", shown(results, each, key, of)) for each in (row, *others)])


def is_met(must_be: str, count: int, of: int) -> bool:
    """Return True if a count meets a requirement.

    The requirement is "all", "some", "not all", "none", "above 1/2" or "below 1/2" if Wilson's interval of the fraction
    must lie above or below one half, or "at least 1/2" or "more than 1/2" if this is required of the fraction itself.

    >>> is_met("above 1/2", 6, 10), is_met("more than 1/2", 6, 10)
    (False, True)
    """
    whole = {"all": count == of, "some": count > 0, "not all": count < of, "none": count == 0}
    if must_be in whole:
        return whole[must_be]
    words, _, fraction = must_be.rpartition(" ")
    limit = Fraction(fraction)
    if words in ("above", "below"):
        low, high = wilson_interval(count, of)
        return low > limit if words == "above" else high < limit
    return count >= limit * of if words == "at least" else count > limit * of


@shape("rows")
def count(*rows: Place, must_be: str, words: str, of: str = "solved / seeds") -> list[Predicate]:
    """Create predicates on the count of each row. ``of`` names the count and the number that it cannot exceed."""
    outcome, _, total = of.partition(" / ")
    key = tuple(int(part) if part.lstrip("-").isdigit() else part for part in outcome.split())

    def condition(row: Place) -> Predicate:
        return counted(f"{called(row)}: {words}", row, lambda results: is_met(
            must_be, at(results, *row, *key), at(results, *row, total)), key, total)
    return [condition(row) for row in rows]


for words, must_be, meaning in (
        ("always", "all", "solved with every seed"), ("never", "none", "not solved with any seed"),
        ("some", "some", "solved with at least one seed"), ("not all", "not all", "failed with at least one seed"),
        ("mostly", "above 1/2", "the interval lies above one half"),
        ("seldom", "below 1/2", "the interval lies below one half"),
        ("nearly always", "above 9/10", "the interval lies above nine tenths")):
    SHAPES[words] = Shape(partial(count, must_be=must_be, words=meaning), "rows")


# --- Comparisons of two rows ---


def successes(results: Results, pair: Pair, key: Place) -> list[tuple[int, int]]:
    """Return, for each row of a pair, the number of runs with the outcome ``key`` and the number of all runs."""
    return [(at(found, *key), found["seeds"]) for found in (at(results, *row) for row in pair)]


def _family(pairs: Sequence[Pair], only: Sequence[int] | None, words: str, holds: Callable[[Results, int], bool],
            key: str = "solved") -> list[Predicate]:
    """Create a predicate for each pair; it reads the rows of all pairs, as Holm's correction requires.

    If ``only`` is given, only the pairs in these places get a predicate.
    """
    rows = [row for pair in pairs for row in pair]

    def condition(place: int, one: Place, other: Place) -> Predicate:
        return counted(f"{called(one)}: {words} {called(other)}", one, lambda results: holds(results, place), (key,),
                       others=rows)
    return [condition(place, *pairs[place]) for place in only or range(len(pairs))]


@shape("pairs")
def same_rate(*pairs: Pair) -> list[Predicate]:
    """Create predicates that require the interval for each pair's difference to lie within 20 percentage points."""
    def condition(pair: Pair) -> Predicate:
        return _family([pair], None, f"success rate within {100 * MARGIN:.0f} percentage points of that of",
                       lambda results, _: equivalent_rates(*successes(results, pair, ("solved",)), MARGIN))[0]
    return [condition(pair) for pair in pairs]


@shape("pairs")
def more_often(*pairs: Pair, key: str = "solved", only: Sequence[int] | None = None) -> list[Predicate]:
    """Create predicates that require a higher success rate in the first row of each pair.

    The differences are tested as one family with Holm's correction. ``key`` can name an outcome other than ``solved``,
    which has its own count in each row.
    """
    def holds(results: Results, place: int) -> bool:
        one, other = (count / of for count, of in successes(results, pairs[place], (key,)))
        return _rate_p_values(results, pairs, key)[place] < LEVEL and one > other
    return _family(pairs, only, f"{key} significantly more often than", holds, key)


@shape("pairs")
def cannot_tell(*pairs: Pair, key: str = "solved", only: Sequence[int] | None = None) -> list[Predicate]:
    """Create predicates that require no significant difference in success rate within any pair of a family."""
    return _family(pairs, only, f"{key} neither significantly more nor significantly less often than",
                   lambda results, place: _rate_p_values(results, pairs, key)[place] >= LEVEL, key)


def _rate_p_values(results: Results, pairs: Sequence[Pair], key: str) -> list[float]:
    """Compute the p-values of Fisher's exact test for pairs of rows, adjusted by Holm's method."""
    return holm([fisher_p(*successes(results, pair, (key,))) for pair in pairs])


def _cap(results: Results, row: dict[str, Any]) -> int:
    """Return the maximum number of updates allowed for the runs of a row."""
    stated = (row.get("settings", {}), results.get("defaults", {}))
    last = max(filter(None, row["steps"]), default=1)
    return next((part["max_updates"] for part in stated if "max_updates" in part), last)


def middle(results: Results, row: Place) -> float:
    """Compute the number of updates after which half of a row's runs have solved the task.

    It is infinite if fewer than half of the runs solve it.
    """
    return updates_to_solve(at(results, *row)["steps"]) or float("inf")


def _steps_p_values(results: Results, pairs: Sequence[Pair]) -> list[float]:
    """Compute the p-values of the log-rank test for pairs of rows, adjusted by Holm's method."""
    rows = [[at(results, *row) for row in pair] for pair in pairs]
    return holm([logrank_p(one["steps"], _cap(results, one), other["steps"], _cap(results, other))
                 for one, other in rows])


@shape("pairs")
def sooner(*pairs: Pair, only: Sequence[int] | None = None) -> list[Predicate]:
    """Create predicates that require significantly fewer updates in the first row of each pair in a family."""
    def holds(results: Results, place: int) -> bool:
        one, other = (middle(results, row) for row in pairs[place])
        return _steps_p_values(results, pairs)[place] < LEVEL and one < other
    return _family(pairs, only, "solved in significantly fewer updates than", holds)


@shape("pairs")
def cannot_tell_sooner(*pairs: Pair, only: Sequence[int] | None = None) -> list[Predicate]:
    """Create predicates that require no significant difference in the number of updates within any pair of a family."""
    return _family(pairs, only, "solved in neither significantly fewer nor significantly more updates than",
                   lambda results, place: _steps_p_values(results, pairs)[place] >= LEVEL)


# --- Numbers and values ---

FORMS: dict[str, Callable[[float], str]] = {
    "number": power, "percent": percent, "percent with two decimals": partial(percent, digits=2),
    "three decimals": "{:.3f}".format}
OF: dict[str, Callable[[Sequence[float]], float]] = {"lowest": min, "highest": max, "median": median}


@shape("words")
def number(label: str, quantity: str, place: Place, of: str = "", form: str = "number") -> Number:
    """Return the number at the given place or, with ``of``, the lowest, highest or median number in a list there."""
    return Number(label, quantity,
                  lambda results: OF[of](at(results, *place)) if of else at(results, *place), FORMS[form])


@shape("words")
def each_between(label: str, quantity: str, place: Place, limits: Sequence[float],
                 form: str = "number") -> list[Predicate]:
    """Create predicates that require each number in the list at a place to lie between two limits."""
    low, high = limits
    return [number(f"{label}, lowest", quantity, place, "lowest", form).above(low),
            number(f"{label}, highest", quantity, place, "highest", form).below(high)]


@shape("words")
def value(name: str, place: Place, must_be: Any) -> list[Predicate]:
    """Create a predicate that requires the value at a place to be ``must_be``."""
    return [Predicate(name, lambda results: at(results, *place) == must_be)]
