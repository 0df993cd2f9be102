"""Conditions on success rates and on the number of steps to a solution.

A row is what a file keeps of one network or condition: ``seeds``, ``solved``, ``steps``. Each condition is falsified by
the nearest number of successes that breaks it, so that it is no weaker than one run.
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

# The same few counts are asked again and again.
wilson_interval, equivalent_rates, fisher_p = map(cache, (
    statistics.wilson_interval, comparisons.equivalent_rates, comparisons.fisher_p))


def successes(row: dict[str, Any], key: str = "solved") -> tuple[int, int]:
    """Return the number of successful runs and the number of all runs.

    ``key`` names the outcome that is counted.
    """
    return row[key], row["seeds"]


def interval(row: dict[str, Any]) -> tuple[float, float]:
    """Compute Wilson's interval for the success rate of a row."""
    return wilson_interval(*successes(row))


def counted(name: str, path: Path, holds: Callable[[Results], bool], key: str | tuple[str, int] = "solved",
            of: str = "seeds", reads: frozenset[Path] = frozenset()) -> Condition:
    """Create a condition on a count in the results.

    The count is at ``key`` in the row at ``path``, and lies between 0 and the count at ``of``. The condition is
    falsified by the nearest count that breaks it.
    """
    place = (*path, *((key,) if isinstance(key, str) else key))

    def falsify(results: Results) -> Results:
        row = at(results, *path)
        for count in sorted(range(row[of] + 1), key=lambda count: abs(count - at(results, *place))):
            altered = replaced(*place, by=count)(results)
            if not holds(altered):
                return altered
        raise ValueError(f"no number of successes breaks the condition {name!r}")
    return Condition(name, holds, falsify, reads | {path})


def called(path: Path) -> str:
    """Return a readable name for a row."""
    return ", ".join(part for part in path if part not in ("conditions", "nets"))


def one_row(words: str, holds: Callable[[dict[str, Any]], bool]) -> Callable[..., Condition]:
    """Return a function that creates a condition for the row at a path."""
    return lambda *path: counted(f"{called(path)}: {words}", path, lambda results: holds(at(results, *path)))


always = one_row("solved with every seed", lambda row: row["solved"] == row["seeds"])
never = one_row("solved with no seed", lambda row: row["solved"] == 0)
some = one_row("solved with some seed", lambda row: row["solved"] > 0)
not_all = one_row("not solved with every seed", lambda row: row["solved"] < row["seeds"])
mostly = one_row("the interval lies above one half", lambda row: interval(row)[0] > 0.5)
seldom = one_row("the interval lies below one half", lambda row: interval(row)[1] < 0.5)
more_than_half = one_row("solved with more than half of the seeds", lambda row: 2 * row["solved"] > row["seeds"])
less_than_half = one_row("solved with less than half of the seeds", lambda row: 2 * row["solved"] < row["seeds"])


def same_rate(one: Path, other: Path) -> Condition:
    """Create a condition that requires two success rates to be equivalent.

    The interval of their difference must lie within 20 points.
    """
    return counted(f"{called(one)} and {called(other)}: rates within {100 * MARGIN:.0f} points", one,
                   lambda results: equivalent_rates(
                       successes(at(results, *one)), successes(at(results, *other)), MARGIN),
                   reads=frozenset({other}))


def fewer(one: Path, other: Path) -> Condition:
    """Create a condition that requires fewer successful runs in one row than in another.

    The difference may be due to chance.
    """
    return counted(f"{called(one)}: solved with fewer seeds than {called(other)}", one,
                   lambda results: at(results, *one, "solved") < at(results, *other, "solved"),
                   reads=frozenset({other}))


def rate_p_values(results: Results, pairs: Sequence[tuple[Path, Path]], key: str = "solved") -> list[float]:
    """Compute p-values for differences in success rate within pairs of rows.

    They come from Fisher's exact test with Holm's correction for the number of pairs.
    """
    return holm([fisher_p(*(successes(at(results, *path), key) for path in pair)) for pair in pairs])


def more_often(*pairs: tuple[Path, Path], key: str = "solved") -> list[Condition]:
    """Create conditions that require a higher success rate in the first row of each pair.

    The differences are tested as one family with Holm's correction.

    ``key`` names another outcome than ``solved``, with a count of its own in each row.
    """
    return _family(pairs, key, "more often than", lambda results, place, one, other: (
        rate_p_values(results, pairs, key)[place] < LEVEL
        and one[key] / one["seeds"] > other[key] / other["seeds"]))


def cannot_tell(*pairs: tuple[Path, Path], key: str = "solved") -> list[Condition]:
    """Create conditions that require no significant difference in success rate within pairs of rows.

    The differences are tested as one family with Holm's correction.
    """
    return _family(pairs, key, "no difference told from", lambda results, place, one, other:
                   rate_p_values(results, pairs, key)[place] >= LEVEL)


def _family(pairs, key: str, words: str, holds: Callable[..., bool]) -> list[Condition]:
    read = frozenset(path for pair in pairs for path in pair)  # by each of them: the correction is for all
    words = words if key == "solved" else f"{key} {words}"
    return [counted(f"{called(one)}: {words} {called(other)}", one, lambda results, place=place, one=one, other=other:
                    holds(results, place, at(results, *one), at(results, *other)), key=key, reads=read)
            for place, (one, other) in enumerate(pairs)]


def cap(results: Results, row: dict[str, Any]) -> int:
    """Return the maximum number of steps allowed for the runs of a row."""
    stated = (row.get("settings", {}), results.get("defaults", {}))
    last = max(filter(None, row["steps"]), default=1)
    return next((part["max_steps"] for part in stated if "max_steps" in part), last)


def middle(results: Results, row: dict[str, Any]) -> float:
    """Compute the number of steps after which half of the runs have solved the task.

    It is the Kaplan-Meier estimate, and infinite if fewer than half of the runs solve it.
    """
    return median_updates(row["steps"], cap(results, row)) or float("inf")


def steps_p_values(results: Results, pairs: Sequence[tuple[Path, Path]]) -> list[float]:
    """Compute p-values for differences in the number of steps within pairs of rows.

    They come from the log-rank test over all runs with Holm's correction for the number of pairs.
    """
    rows = [[at(results, *path) for path in pair] for pair in pairs]
    return holm([logrank_p(one["steps"], cap(results, one), other["steps"], cap(results, other))
                 for one, other in rows])


def sooner(*pairs: tuple[Path, Path]) -> list[Condition]:
    """Create conditions that require fewer steps in the first row of each pair.

    The differences are tested as one family, by the log-rank test over all runs with Holm's correction.
    """
    def holds(results: Results, place: int) -> bool:
        one, other = (middle(results, at(results, *path)) for path in pairs[place])
        return steps_p_values(results, pairs)[place] < LEVEL and one < other

    return [Condition(f"{called(one)}: in fewer steps than {called(other)}",
                      lambda results, place=place: holds(results, place),
                      lambda results, one=one, other=other: replaced(*one, "steps", by=at(results, *other, "steps"))(
                          results), frozenset(path for pair in pairs for path in pair))
            for place, (one, other) in enumerate(pairs)]


def cannot_tell_sooner(*pairs: tuple[Path, Path]) -> list[Condition]:
    """Create conditions that require no significant difference in the number of steps within pairs of rows.

    The differences are tested as one family, by the log-rank test with Holm's correction.
    """
    return [Condition(f"{called(one)}: no difference in steps told from {called(other)}",
                      lambda results, place=place: steps_p_values(results, pairs)[place] >= LEVEL,
                      lambda results, one=one: replaced(*one, "steps", by=lambda steps: [1] * len(steps))(results),
                      frozenset(path for pair in pairs for path in pair))
            for place, (one, other) in enumerate(pairs)]
