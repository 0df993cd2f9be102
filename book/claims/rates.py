"""Conditions on success rates and on the number of steps to a solution.

A row is what a file keeps of one network or condition: ``seeds``, ``solved``, ``steps``. A row is named by its path in
the results, or by its name alone if it is one of the ``conditions`` of a series. Each condition on a count is falsified
by the nearest count that breaks it, so that it is no weaker than one run.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from parity_lib import statistics
from parity_lib.statistics import median_updates
from parity_study.experiments import comparisons
from parity_study.experiments.comparisons import holm, logrank_p

from .claim import Condition, Path, Results, at, replaced

MARGIN = 0.2    # success rates are called alike if they differ by less than 20 points, here and everywhere
LEVEL = 0.05    # and different if chance gives such a difference less often than this, after Holm's correction

Row = str | Path
Pair = tuple[Row, Row]

# The same few counts are asked again and again.
wilson_interval, equivalent_rates, fisher_p = map(cache, (
    statistics.wilson_interval, comparisons.equivalent_rates, comparisons.fisher_p))


def path_to(row: Row) -> Path:
    """Return the path to a row in the results."""
    return ("conditions", row) if isinstance(row, str) else row


def called(row: Row) -> str:
    """Return a readable name for a row."""
    return ", ".join(part for part in path_to(row) if part not in ("conditions", "nets"))


def counted(name: str, row: Row, holds: Callable[[Results], bool], key: str | tuple[str, int] = "solved",
            of: str = "seeds", reads: Sequence[Path] = ()) -> Condition:
    """Create a condition on a count in the results.

    The count is at ``key`` in a row, and lies between 0 and the count at ``of``. The condition is falsified by the
    nearest count that breaks it.
    """
    path = path_to(row)
    place = (*path, *((key,) if isinstance(key, str) else key))

    def falsify(results: Results) -> Results:
        actual = at(results, *place)
        for count in sorted(range(at(results, *path, of) + 1), key=lambda count: abs(count - actual)):
            altered = replaced(results, *place, by=count)
            if not holds(altered):
                return altered
        raise ValueError(f"no number of successes breaks the condition {name!r}")
    return Condition(name, holds, falsify, (path, *reads))


def counts(words: str, holds: Callable[[int, int], bool], key: str | tuple[str, int] = "solved",
           of: str = "seeds") -> Callable[..., list[Condition]]:
    """Return a function that creates a condition on a count for each of the rows that it is given.

    ``holds`` takes the count at ``key`` and the number at ``of``, which the count cannot exceed.
    """
    def condition(row: Row) -> Condition:
        path, place = path_to(row), (key,) if isinstance(key, str) else key
        return counted(f"{called(row)}: {words}", row, lambda results: holds(
            at(results, *path, *place), at(results, *path, of)), key, of)
    return lambda *rows: [condition(row) for row in rows]


def above_half(count: int, of: int) -> bool:
    """Return True if Wilson's interval of the fraction lies above one half."""
    return wilson_interval(count, of)[0] > 0.5


always = counts("solved with every seed", lambda count, of: count == of)
never = counts("solved with no seed", lambda count, of: count == 0)
some = counts("solved with some seed", lambda count, of: count > 0)
not_all = counts("not solved with every seed", lambda count, of: count < of)
mostly = counts("the interval lies above one half", above_half)
seldom = counts("the interval lies below one half", lambda count, of: wilson_interval(count, of)[1] < 0.5)
more_than_half = counts("solved with more than half of the seeds", lambda count, of: 2 * count > of)
less_than_half = counts("solved with less than half of the seeds", lambda count, of: 2 * count < of)


def successes(results: Results, row: Row, key: str = "solved") -> tuple[int, int]:
    """Return the number of runs in a row with the outcome ``key``, and the number of all runs."""
    found = at(results, *path_to(row))
    return found[key], found["seeds"]


def same_rate(*pairs: Pair) -> list[Condition]:
    """Create conditions that require the interval of the difference within each pair to lie within 20 points."""
    return [counted(f"{called(one)} and {called(other)}: rates within {100 * MARGIN:.0f} points", one,
                    lambda results, one=one, other=other: equivalent_rates(
                        successes(results, one), successes(results, other), MARGIN), reads=[path_to(other)])
            for one, other in pairs]


def fewer(*pairs: Pair) -> list[Condition]:
    """Create conditions that require fewer successful runs in the first row of each pair, perhaps by chance."""
    return [counted(f"{called(one)}: solved with fewer seeds than {called(other)}", one,
                    lambda results, one=one, other=other: successes(results, one)[0] < successes(results, other)[0],
                    reads=[path_to(other)]) for one, other in pairs]


def rate_p_values(results: Results, pairs: Sequence[Pair], key: str = "solved") -> list[float]:
    """Compute p-values of Fisher's exact test for pairs of rows, with Holm's correction for their number."""
    return holm([fisher_p(*(successes(results, row, key) for row in pair)) for pair in pairs])


def more_often(*pairs: Pair, key: str = "solved") -> list[Condition]:
    """Create conditions that require a higher success rate in the first row of each pair.

    The differences are tested as one family with Holm's correction.

    ``key`` names another outcome than ``solved``, with a count of its own in each row.
    """
    def holds(results: Results, place: int) -> bool:
        one, other = (count / of for count, of in (successes(results, row, key) for row in pairs[place]))
        return rate_p_values(results, pairs, key)[place] < LEVEL and one > other
    return _family(pairs, key, "more often than", holds)


def cannot_tell(*pairs: Pair, key: str = "solved") -> list[Condition]:
    """Create conditions that require no significant difference in success rate in a family of pairs."""
    return _family(pairs, key, "no difference told from",
                   lambda results, place: rate_p_values(results, pairs, key)[place] >= LEVEL)


def _family(pairs: Sequence[Pair], key: str, words: str, holds: Callable[[Results, int], bool]) -> list[Condition]:
    words = words if key == "solved" else f"{key} {words}"
    return [counted(f"{called(one)}: {words} {called(other)}", one, lambda results, place=place: holds(results, place),
                    key, reads=_rows(pairs)) for place, (one, other) in enumerate(pairs)]


def _rows(pairs: Sequence[Pair]) -> list[Path]:
    """Return the paths that each condition of a family reads, because Holm's correction is for all of them."""
    return [path_to(row) for pair in pairs for row in pair]


def cap(results: Results, row: dict[str, Any]) -> int:
    """Return the maximum number of steps allowed for the runs of a row."""
    stated = (row.get("settings", {}), results.get("defaults", {}))
    last = max(filter(None, row["steps"]), default=1)
    return next((part["max_steps"] for part in stated if "max_steps" in part), last)


def middle(results: Results, row: Row) -> float:
    """Compute the number of steps after which half of the runs of a row have solved the task.

    It is the Kaplan-Meier estimate, and infinite if fewer than half of the runs solve it.
    """
    found = at(results, *path_to(row))
    return median_updates(found["steps"], cap(results, found)) or float("inf")


def steps_p_values(results: Results, pairs: Sequence[Pair]) -> list[float]:
    """Compute p-values of the log-rank test for pairs of rows, with Holm's correction for their number."""
    rows = [[at(results, *path_to(row)) for row in pair] for pair in pairs]
    return holm([logrank_p(one["steps"], cap(results, one), other["steps"], cap(results, other))
                 for one, other in rows])


def sooner(*pairs: Pair) -> list[Condition]:
    """Create conditions that require significantly fewer steps in the first row, in a family of pairs."""
    def condition(place: int, one: Row, other: Row) -> Condition:
        return Condition(
            f"{called(one)}: in fewer steps than {called(other)}",
            lambda results: steps_p_values(results, pairs)[place] < LEVEL
            and middle(results, one) < middle(results, other),
            lambda results: replaced(results, *path_to(one), "steps", by=at(results, *path_to(other), "steps")),
            tuple(_rows(pairs)))
    return [condition(place, *pair) for place, pair in enumerate(pairs)]


def cannot_tell_sooner(*pairs: Pair) -> list[Condition]:
    """Create conditions that require no significant difference in the number of steps in a family of pairs."""
    def condition(place: int, one: Row, other: Row) -> Condition:
        return Condition(
            f"{called(one)}: no difference in steps told from {called(other)}",
            lambda results: steps_p_values(results, pairs)[place] >= LEVEL,
            lambda results: replaced(results, *path_to(one), "steps", by=lambda steps: [1] * len(steps)),
            tuple(_rows(pairs)))
    return [condition(place, *pair) for place, pair in enumerate(pairs)]
