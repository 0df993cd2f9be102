"""Classes for claims, their conditions, and the numbers that the conditions limit.

A claim is a sentence together with conditions that mean the same.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import gt, lt
from pathlib import Path
from typing import Any

from parity_study.claims.words import power
from parity_study.results import load

Results = Any
Place = tuple[Any, ...]     # keys and indices that lead to a part of the results


@dataclass(frozen=True)
class Predicate:
    """A named condition on the results of an experiment.

    ``figures`` returns the numbers behind the condition in words, each with the name of its quantity, which may be
    empty.
    """

    name: str
    holds: Callable[[Results], bool]
    figures: Callable[[Results], Iterable[tuple[str, str]]] = lambda results: ()


@dataclass(frozen=True)
class Claim:
    """A sentence in the book together with the conditions under which it holds.

    Taken together, the ``conditions`` mean the same as the sentence. The numbers behind it are those of the conditions,
    or those of each row in the words of ``template``. ``source`` is the name of the results file.
    """

    id: str
    source: str
    says: str
    conditions: Sequence[Predicate]
    template: str = ""

    def results(self, folder: Path | None = None) -> Results:
        """Load the results that the claim is about."""
        return load(self.source, folder=folder)

    def failing(self, results: Results) -> list[str]:
        """Return the names of all conditions that do not hold."""
        return [condition.name for condition in self.conditions if not condition.holds(results)]

    def shows(self, results: Results) -> str:
        """Return text with the numbers behind the claim."""
        if self.template:
            return "; ".join(self.template.format(name=name, **row) for name, row in results["nets"].items()) + "."
        figures: dict[str, dict[str, None]] = {}
        for quantity, text in (figure for condition in self.conditions for figure in condition.figures(results)):
            figures.setdefault(quantity, {})[text] = None
        return " ".join(f"{quantity}: {'; '.join(texts)}.".removeprefix(": ") for quantity, texts in figures.items())


def at(results: Results, *place: Any) -> Any:
    """Return the part of the results at the given place."""
    for key in place:
        results = results[key]
    return results


@dataclass(frozen=True)
class Number:
    """A number that conditions can limit and that the page *Evidence* shows.

    ``quantity`` describes the number, and ``label`` names the network or condition to which it belongs. ``read`` reads
    the number from the results or computes it, and ``form`` formats it. A limit is a constant or another number.
    """

    label: str
    quantity: str
    read: Callable[[Results], float]
    form: Callable[[float], str] = power

    def above(self, limit: "float | Number") -> Predicate:
        """Create a predicate that requires the number to exceed a limit."""
        return self._limited("more", gt, limit)

    def below(self, limit: "float | Number") -> Predicate:
        """Create a predicate that requires the number to be less than a limit."""
        return self._limited("less", lt, limit)

    def _limited(self, word: str, holds: Callable[[float, float], bool], limit: "float | Number") -> Predicate:
        numbers = [self, limit] if isinstance(limit, Number) else [self]
        bound = limit.label if isinstance(limit, Number) else self.form(limit)
        return Predicate(f"{self.label}, {self.quantity}: {word} than {bound}",
                         lambda results: holds(self.read(results),
                                               limit.read(results) if isinstance(limit, Number) else limit),
                         lambda results: [(number.quantity, f"{number.label}: {number.form(number.read(results))}")
                                          for number in numbers])
