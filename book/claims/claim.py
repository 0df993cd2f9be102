"""Classes and functions for claims and their conditions.

A claim is a sentence together with conditions that mean the same. For each condition, there are altered results on
which it fails.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import gt, lt
from typing import Any

from parity_study.experiments import load

from .words import power

Results = Any
Path = tuple[Any, ...]


@dataclass(frozen=True)
class Condition:
    """A named condition on the results of an experiment.

    ``falsify`` returns a copy of the results, altered so that this condition fails while the others of its claim hold.
    Only conditions that read the same numbers may fail with it. ``reads`` lists these numbers, as paths into the
    results or by their names. ``figures`` returns the numbers behind the condition in words, each with the name of its
    quantity, which may be empty.
    """

    name: str
    holds: Callable[[Results], bool]
    falsify: Callable[[Results], Results]
    reads: Sequence[Path | str] = ()
    figures: Callable[[Results], Iterable[tuple[str, str]]] = lambda results: ()


@dataclass(frozen=True)
class Claim:
    """A sentence in the book together with the conditions under which it holds.

    Taken together, the ``conditions`` mean the same as the sentence. ``figures`` returns the numbers behind it in
    words; without it, they are those of the conditions. ``block`` is the part of the file of results that is read. That
    file is ``source``: it has the name of the dictionary that contains the claim, where ``id`` is the claim's key.
    """

    says: str
    conditions: Sequence[Condition]
    figures: Callable[[Results], str] | None = None
    block: str = "results"
    id: str = ""
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
        figures: dict[str, dict[str, None]] = {}
        for quantity, text in (figure for condition in self.conditions for figure in condition.figures(results)):
            figures.setdefault(quantity, {})[text] = None
        return " ".join(f"{quantity}: {'; '.join(texts)}.".removeprefix(": ") for quantity, texts in figures.items())

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

    It is falsified by ``wrong``, which replaces this value. ``wrong`` may also be a function of this value.
    """
    return Condition(name, lambda results: holds(at(results, *path)),
                     lambda results: replaced(results, *path, by=wrong))


@dataclass(frozen=True)
class Number:
    """A number that conditions limit, and that the page *Evidence* shows.

    ``quantity`` describes the number, and ``label`` names the network or condition to which it belongs. ``read`` reads
    the number from the results or computes it. ``write`` returns a copy of the results in which the number is changed.
    ``form`` formats the number. ``reads`` lists paths to rows that other conditions also read. A limit is a constant or
    another number.
    """

    label: str
    quantity: str
    read: Callable[[Results], float]
    write: Callable[[Results, float], Results]
    form: Callable[[float], str] = power
    reads: tuple[Path, ...] = ()

    @property
    def name(self) -> str:
        """The label and the quantity together."""
        return f"{self.label}, {self.quantity}"

    def above(self, limit: "float | Number") -> Condition:
        """Create a condition that requires the number to exceed a limit."""
        return self._limited("more", gt, limit, -1e-9)

    def below(self, limit: "float | Number") -> Condition:
        """Create a condition that requires the number to be less than a limit."""
        return self._limited("less", lt, limit, 1e-9)

    def _limited(self, word: str, holds: Callable[[float, float], bool], limit: "float | Number",
                 rounding: float) -> Condition:
        numbers = [self, limit] if isinstance(limit, Number) else [self]

        def bound(results: Results) -> float:
            return limit.read(results) if isinstance(limit, Number) else limit

        return Condition(f"{self.name}: {word} than {limit.label if isinstance(limit, Number) else self.form(limit)}",
                         lambda results: holds(self.read(results), bound(results)),
                         lambda results: self.write(results, bound(results) + rounding * abs(bound(results))),
                         [path for number in numbers for path in (number.name, *number.reads)],
                         lambda results: [(number.quantity, f"{number.label}: {number.form(number.read(results))}")
                                          for number in numbers])


def number(label: str, quantity: str, *path: Any, form: Callable[[float], str] = power,
           of: Callable[[Sequence[float]], float] | None = None, place: int | None = 0) -> Number:
    """Return the number at a path.

    With ``of``, the number is computed from the list at the path, for example by ``min``. To falsify a condition, the
    list is altered at one ``place``, or everywhere if ``place`` is None.
    """
    def write(results: Results, wrong: float) -> Results:
        if of and place is None:
            return replaced(results, *path, by=lambda values: [wrong] * len(values))
        return replaced(results, *path, *[place] * bool(of), by=wrong)
    return Number(label, quantity, lambda results: of(at(results, *path)) if of else at(results, *path), write, form)


def each_between(label: str, quantity: str, low: float, high: float, *path: Any,
                 form: Callable[[float], str] = power) -> list[Condition]:
    """Create conditions that require each number of the list at a path to lie between two limits."""
    return [number(f"{label}, lowest", quantity, *path, form=form, of=min).above(low),
            number(f"{label}, highest", quantity, *path, form=form, of=max).below(high)]
