"""Classes for claims, their conditions, and the numbers that conditions limit.

A claim is a sentence together with conditions that mean the same. For each condition, there are altered results on
which it fails.
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

    ``falsify`` returns a copy of the results, altered so that this condition fails while the others of its claim hold.
    Only conditions that read the same numbers may fail with it. ``reads`` lists these numbers, by their places in the
    results or by their names. ``figures`` returns the numbers behind the condition in words, each with the name of its
    quantity, which may be empty.
    """

    name: str
    holds: Callable[[Results], bool]
    falsify: Callable[[Results], Results]
    reads: Sequence[Place | str] = ()
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
        """Return the numbers behind the claim in words."""
        if self.template:
            return "; ".join(self.template.format(name=name, **row) for name, row in results["nets"].items()) + "."
        figures: dict[str, dict[str, None]] = {}
        for quantity, text in (figure for condition in self.conditions for figure in condition.figures(results)):
            figures.setdefault(quantity, {})[text] = None
        return " ".join(f"{quantity}: {'; '.join(texts)}.".removeprefix(": ") for quantity, texts in figures.items())

    @property
    def command(self) -> str:
        """The command that reproduces the results."""
        return f"parity experiment {self.source}"


def at(results: Results, *place: Any) -> Any:
    """Return the part of the results at a place."""
    for key in place:
        results = results[key]
    return results


def replaced(results: Results, *place: Any, by: Any) -> Results:
    """Return a copy of the results in which one value is replaced.

    ``by`` is the new value at ``place``, or a function that computes it from the old value.
    """
    key, *rest = place
    altered = results.copy()
    if rest:
        altered[key] = replaced(results[key], *rest, by=by)
    else:
        altered[key] = by(results[key]) if callable(by) else by
    return altered


@dataclass(frozen=True)
class Number:
    """A number that conditions limit, and that the page *Evidence* shows.

    ``quantity`` describes the number, and ``label`` names the network or condition to which it belongs. ``read`` reads
    the number from the results or computes it. ``write`` returns a copy of the results in which the number is changed.
    ``form`` formats the number. ``reads`` lists the places of rows that other conditions also read. A limit is a
    constant or another number.
    """

    label: str
    quantity: str
    read: Callable[[Results], float]
    write: Callable[[Results, float], Results]
    form: Callable[[float], str] = power
    reads: tuple[Place | str, ...] = ()

    @property
    def name(self) -> str:
        """The label and the quantity together."""
        return f"{self.label}, {self.quantity}"

    def above(self, limit: "float | Number") -> Predicate:
        """Create a predicate that requires the number to exceed a limit."""
        return self._limited("more", gt, limit, -1e-9)

    def below(self, limit: "float | Number") -> Predicate:
        """Create a predicate that requires the number to be less than a limit."""
        return self._limited("less", lt, limit, 1e-9)

    def _limited(self, word: str, holds: Callable[[float, float], bool], limit: "float | Number",
                 rounding: float) -> Predicate:
        numbers = [self, limit] if isinstance(limit, Number) else [self]

        def bound(results: Results) -> float:
            return limit.read(results) if isinstance(limit, Number) else limit

        return Predicate(f"{self.name}: {word} than {limit.label if isinstance(limit, Number) else self.form(limit)}",
                         lambda results: holds(self.read(results), bound(results)),
                         lambda results: self.write(results, bound(results) + rounding * abs(bound(results))),
                         [place for number in numbers for place in [number.name, *number.reads]],
                         lambda results: [(number.quantity, f"{number.label}: {number.form(number.read(results))}")
                                          for number in numbers])
