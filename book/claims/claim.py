"""Classes and functions for claims and their conditions.

A claim is a sentence with the conditions that it amounts to. For each of these conditions there are results on which it
fails.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from parity_study.experiments import load

from .words import rates

Results = Any
Path = tuple[Any, ...]


@dataclass(frozen=True)
class Condition:
    """A named condition on the results of an experiment.

    ``falsify`` returns a copy of the results, altered so that this condition fails while the others of its claim hold.
    Only conditions that read the same numbers may fail with it. ``reads`` lists these numbers as paths into the
    results.
    """

    name: str
    holds: Callable[[Results], bool]
    falsify: Callable[[Results], Results]
    reads: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Claim:
    """A sentence in the book together with the conditions under which it holds.

    Taken together, the ``conditions`` mean the same as the sentence. ``figures`` returns the numbers behind it in
    words; without it, they are the success rates of the rows that the conditions read. ``block`` is the part of the
    file of results that is read. That file is ``source``: it has the name of the module that contains the claim.
    """

    id: str
    says: str
    conditions: Sequence[Condition]
    figures: Callable[[Results], str] | None = None
    block: str = "results"
    source: str = ""

    def results(self, folder=None) -> Results:
        """Load the results that the claim is about."""
        return load(self.source, self.block, folder)

    def failing(self, results: Results) -> list[str]:
        """Return the names of all conditions that do not hold."""
        return [condition.name for condition in self.conditions if not condition.holds(results)]

    def shows(self, results: Results) -> str:
        """Return the numbers behind the claim in words."""
        if self.figures:
            return self.figures(results)
        rows = dict.fromkeys(name for condition in self.conditions for _, name in condition.reads)
        return rates(results, *rows)

    @property
    def command(self) -> str:
        """The command that reproduces the results."""
        return "parity bench --save" if self.source == "bench" else f"parity experiment {self.source}"


def at(results: Results, *path: Any) -> Any:
    """Return the value at a path of keys and indices."""
    for key in path:
        results = results[key]
    return results


def replaced(results: Results, *path: Any, by: Any) -> Results:
    """Return a copy of the results in which one value is replaced.

    ``by`` is the new value at ``path``, or a function that computes it from the old value.
    """
    key, *rest = path
    altered = results.copy()
    if rest:
        altered[key] = replaced(results[key], *rest, by=by)
    else:
        altered[key] = by(results[key]) if callable(by) else by
    return altered


def value(name: str, holds: Callable[[Any], bool], *path: Any, wrong: Any) -> Condition:
    """Create a condition on the value at a path.

    It is falsified by ``wrong`` in place of that value. ``wrong`` may also be a function of that value.
    """
    return Condition(name, lambda results: holds(at(results, *path)),
                     lambda results: replaced(results, *path, by=wrong))


def each(name: str, holds: Callable[[Any], bool], *path: Any, wrong: Any, place: int = 0) -> Condition:
    """Create a condition on each value of the list at a path.

    It is falsified by ``wrong`` at one ``place`` of that list.
    """
    return Condition(name, lambda results: all(map(holds, at(results, *path))),
                     lambda results: replaced(results, *path, place, by=wrong))
