"""Conditions on success rates and on the number of updates after which a task is solved.

A row contains the results of one network or condition: ``seeds``, ``solved`` and ``steps``, the numbers of updates. A
row is identified by its path in the results, or by its name alone if it is one of the ``conditions`` of a series. Each
condition on a count is falsified by the nearest count that breaks it.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from parity_lib import statistics
from parity_lib.statistics import updates_to_solve
from parity_study.experiments import comparisons
from parity_study.experiments.comparisons import holm, logrank_p

from .claim import Condition, Path, Results, at, replaced
from .words import named, rate_and_steps

MARGIN = 0.2    # two success rates are called similar if they differ by less than 20 percentage points
LEVEL = 0.05    # the significance level for differences, after Holm's correction

SOLVED = ("solved",)
OUTCOMES = {"far_exact": "correct on 10,000 bits", "switches": "correct as switches"}   # other keys need no words

Row = str | Path
Pair = tuple[Row, Row]

# These functions are called many times with the same few counts.
wilson_interval, equivalent_rates, fisher_p = map(cache, (
    statistics.wilson_interval, comparisons.equivalent_rates, comparisons.fisher_p))


def path_to(row: Row) -> Path:
    """Return the path to a row in the results."""
    return ("conditions", row) if isinstance(row, str) else row


def called(row: Row) -> str:
    """Return a readable name for a row."""
    return named(", ".join(part for part in path_to(row) if part not in ("conditions", "nets"))) or "runs"


def shown(results: Results, row: Row, key: Path = SOLVED, of: str = "seeds") -> str:
    """Format a count of a row as text. If it counts successes, add the updates of the successful runs."""
    found = at(results, *path_to(row))
    words = rate_and_steps(found) if (key, of) == (SOLVED, "seeds") else (
        f"{at(found, *key)} of {found[of]:,} {OUTCOMES.get(key[0], key[0])}")
    return f"{called(row)}: {words}"


def counted(name: str, row: Row, holds: Callable[[Results], bool], key: Path = SOLVED, of: str = "seeds",
            reads: Sequence[Row] = ()) -> Condition:
    """Create a condition on a count in the results.

    The count is at ``key`` in a row, and lies between 0 and the count at ``of``. The condition is falsified by the
    nearest count that breaks it. ``reads`` lists the other rows that it reads.
    """
    path, rows = path_to(row), (row, *reads)

    def falsify(results: Results) -> Results:
        actual = at(results, *path, *key)
        for count in sorted(range(at(results, *path, of) + 1), key=lambda count: abs(count - actual)):
            altered = replaced(results, *path, *key, by=count)
            if not holds(altered):
                return altered
        raise ValueError(f"no number of successes breaks the condition {name!r}")
    return Condition(name, holds, falsify, [path_to(row) for row in rows],
                     lambda results: [("", shown(results, row, key, of)) for row in rows])


def counts(words: str, holds: Callable[[int, int], bool], key: Path = SOLVED,
           of: str = "seeds") -> Callable[..., list[Condition]]:
    """Return a function that takes rows and creates a condition on a count for each of them.

    ``holds`` takes the count at ``key`` and the number at ``of``, which the count cannot exceed.
    """
    return lambda *rows: [counted(f"{called(row)}: {words}", row, lambda results, row=row: holds(
        at(results, *path_to(row), *key), at(results, *path_to(row), of)), key, of) for row in rows]


def above(share: float) -> Callable[[int, int], bool]:
    """Return a function that tells whether Wilson's interval of a fraction lies above ``share``."""
    return lambda count, of: wilson_interval(count, of)[0] > share


always = counts("solved with every seed", lambda count, of: count == of)
never = counts("not solved with any seed", lambda count, of: count == 0)
some = counts("solved with at least one seed", lambda count, of: count > 0)
not_all = counts("failed with at least one seed", lambda count, of: count < of)
mostly = counts("the interval lies above one half", above(1 / 2))
seldom = counts("the interval lies below one half", lambda count, of: wilson_interval(count, of)[1] < 0.5)


def successes(results: Results, pair: Pair, key: Path = SOLVED) -> list[tuple[int, int]]:
    """Return, for each row of a pair, the number of runs with the outcome ``key`` and the number of all runs."""
    return [(at(found, *key), found["seeds"]) for found in (at(results, *path_to(row)) for row in pair)]


def rate_p_values(results: Results, pairs: Sequence[Pair], key: Path = SOLVED) -> list[float]:
    """Compute p-values of Fisher's exact test for pairs of rows, with Holm's correction for their number."""
    return holm([fisher_p(*successes(results, pair, key)) for pair in pairs])


def _family(pairs: Sequence[Pair], words: str, holds: Callable[[Results, int], bool], key: Path = SOLVED,
            wrong: Callable[[list, list], list] | None = None) -> list[Condition]:
    """Create a condition on each pair, which reads the rows of all of them because of Holm's correction.

    It is falsified by the nearest count of the first row that breaks it. If ``wrong`` is given, the condition is
    falsified instead by the numbers of updates that ``wrong`` computes from those of the two rows.
    """
    rows = [row for pair in pairs for row in pair]

    def condition(place: int, one: Row, other: Row) -> Condition:
        made = counted(f"{called(one)}: {words} {called(other)}", one, lambda results: holds(results, place), key,
                       reads=rows)
        return made if wrong is None else replace(made, falsify=lambda results: replaced(
            results, *path_to(one), "steps", by=lambda steps: wrong(steps, at(results, *path_to(other), "steps"))))
    return [condition(place, *pair) for place, pair in enumerate(pairs)]


def same_rate(*pairs: Pair) -> list[Condition]:
    """Create conditions that require the interval of the difference within each pair to lie within 20 points."""
    return [condition for pair in pairs for condition in _family(
        [pair], f"success rate within {100 * MARGIN:.0f} percentage points of that of",
        lambda results, _, pair=pair: equivalent_rates(*successes(results, pair), MARGIN))]


def more_often(*pairs: Pair, key: Path = SOLVED) -> list[Condition]:
    """Create conditions that require a higher success rate in the first row of each pair.

    The differences are tested as one family with Holm's correction. ``key`` can name an outcome other than ``solved``,
    which has its own count in each row.
    """
    def holds(results: Results, place: int) -> bool:
        one, other = (count / of for count, of in successes(results, pairs[place], key))
        return rate_p_values(results, pairs, key)[place] < LEVEL and one > other
    return _family(pairs, f"{key[0]} significantly more often than", holds, key)


def cannot_tell(*pairs: Pair, key: Path = SOLVED) -> list[Condition]:
    """Create conditions that require no significant difference in success rate in a family of pairs."""
    return _family(pairs, f"{key[0]} neither significantly more nor significantly less often than",
                   lambda results, place: rate_p_values(results, pairs, key)[place] >= LEVEL, key)


def cap(results: Results, row: dict[str, Any]) -> int:
    """Return the maximum number of updates allowed for the runs of a row."""
    stated = (row.get("settings", {}), results.get("defaults", {}))
    last = max(filter(None, row["steps"]), default=1)
    return next((part["max_steps"] for part in stated if "max_steps" in part), last)


def middle(results: Results, row: Row) -> float:
    """Compute the number of updates after which half of the runs of a row have solved the task.

    It is infinite if fewer than half of the runs solve it.
    """
    return updates_to_solve(at(results, *path_to(row))["steps"]) or float("inf")


def steps_p_values(results: Results, pairs: Sequence[Pair]) -> list[float]:
    """Compute p-values of the log-rank test for pairs of rows, with Holm's correction for their number."""
    rows = [[at(results, *path_to(row)) for row in pair] for pair in pairs]
    return holm([logrank_p(one["steps"], cap(results, one), other["steps"], cap(results, other))
                 for one, other in rows])


def sooner(*pairs: Pair) -> list[Condition]:
    """Create conditions that require significantly fewer updates in the first row, in a family of pairs."""
    def holds(results: Results, place: int) -> bool:
        one, other = (middle(results, row) for row in pairs[place])
        return steps_p_values(results, pairs)[place] < LEVEL and one < other
    return _family(pairs, "solved in significantly fewer updates than", holds, wrong=lambda one, other: other)


def cannot_tell_sooner(*pairs: Pair) -> list[Condition]:
    """Create conditions that require no significant difference in the number of updates, in a family of pairs."""
    return _family(pairs, "solved in neither significantly fewer nor significantly more updates than",
                   lambda results, place: steps_p_values(results, pairs)[place] >= LEVEL,
                   wrong=lambda one, other: [1] * len(one))
