"""Classes and functions for claims and their conditions.

A claim is a sentence with the conditions that it amounts to. For each of these conditions there are results on which it
fails.
"""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from parity_study.experiments import load

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
    reads: frozenset[Path] = frozenset()


@dataclass(frozen=True)
class Claim:
    """A sentence in the book together with the conditions under which it holds.

    Taken together, the ``conditions`` mean the same as the sentence. ``shows`` returns the figures in words, and
    ``block`` is the part of the file of results that is read. That file is ``source``: it has the name of the module
    that contains the claim.
    """

    id: str
    says: str
    conditions: Sequence[Condition]
    shows: Callable[[Results], str]
    block: str = "results"
    source: str = ""

    def results(self, folder=None) -> Results:
        """Load the results that the claim is about."""
        return load(self.source, self.block, folder)

    def failing(self, results: Results) -> list[str]:
        """Return the names of all conditions that do not hold."""
        return [condition.name for condition in self.conditions if not condition.holds(results)]

    @property
    def command(self) -> str:
        """The command that reproduces the results."""
        return "parity bench --save" if self.source == "bench" else f"parity experiment {self.source}"


def row(name: str) -> tuple[str, str]:
    """Return the path to a condition in the results."""
    return "conditions", name


def names_of(*rows: tuple[str, str]) -> tuple[str, ...]:
    """Extract the names of conditions from their paths."""
    return tuple(name for _, name in rows)


def at(results: Results, *path: Any) -> Any:
    """Return the value at a path of keys and indices."""
    for key in path:
        results = results[key]
    return results


def replaced(*path: Any, by: Any) -> Callable[[Results], Results]:
    """Return a function that replaces one value in a copy of the results.

    ``by`` is the new value at ``path``, or a function that computes it from the old value.
    """
    def falsify(results: Results) -> Results:
        altered = copy.deepcopy(results)
        place = at(altered, *path[:-1])
        place[path[-1]] = by(place[path[-1]]) if callable(by) else by
        return altered
    return falsify
