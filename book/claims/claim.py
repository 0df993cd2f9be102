"""What a claim is: a sentence, the conditions that it amounts to, and for each of them results on which it fails."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from parity_study.experiments import load

Results = Any
Path = tuple[Any, ...]


@dataclass(frozen=True)
class Condition:
    """One thing that must hold, under a name.

    ``falsify`` returns a copy of the results, altered so that this condition
    fails while the others of its claim hold. Only those that read the same
    numbers may fail with it: ``reads`` says which, as paths into the results.
    """

    name: str
    holds: Callable[[Results], bool]
    falsify: Callable[[Results], Results]
    reads: frozenset[Path] = frozenset()


@dataclass(frozen=True)
class Claim:
    """A sentence and what it rests on.

    ``conditions`` say together what the sentence says. ``shows`` gives the
    figures in words, and ``block`` is what is read of the file of results. That
    file is ``source``: it has the name of the module in which the claim stands.
    """

    id: str
    says: str
    conditions: Sequence[Condition]
    shows: Callable[[Results], str]
    block: str = "results"
    source: str = ""

    def results(self, folder=None) -> Results:
        """The results that the claim is about."""
        return load(self.source, self.block, folder)

    def failing(self, results: Results) -> list[str]:
        """The names of the conditions that do not hold."""
        return [condition.name for condition in self.conditions if not condition.holds(results)]

    @property
    def command(self) -> str:
        """What makes the results again."""
        return "parity bench --save" if self.source == "bench" else f"parity experiment {self.source}"


def at(results: Results, *path: Any) -> Any:
    """What stands at a path of keys and places."""
    for key in path:
        results = results[key]
    return results


def replaced(*path: Any, by: Any) -> Callable[[Results], Results]:
    """A copy of the results in which ``by`` stands at ``path``; a function makes it of what stood there."""
    def falsify(results: Results) -> Results:
        altered = copy.deepcopy(results)
        place = at(altered, *path[:-1])
        place[path[-1]] = by(place[path[-1]]) if callable(by) else by
        return altered
    return falsify
