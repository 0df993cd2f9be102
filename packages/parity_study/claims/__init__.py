"""The measured claims of the book.

A chapter writes ``{claim}`words <id>` ``, and the words lead to the page *Evidence*, which lists the claims. The claims
on ``results/NAME.json`` are in ``NAME.yaml``: for each id, the sentence that it ``says``, and the conditions that must
``hold``, which together mean the same as the sentence. Each condition begins with one of the words in
:data:`~parity_study.claims.shapes.SHAPES`, as in::

    curriculum-is-faster:
      says: Tanh networks, LSTMs and GRUs solve the task in fewer updates if the lengths grow than ...
      holds:
        - sooner: ["{cell}, grows", "{cell}, from the start"]
          each: {cell: [tanh, lstm, gru]}

``each`` repeats a condition, or several under the word ``conditions``, with all combinations of values for the names in
braces; the names in a key such as ``less more`` get their values together. ``shows`` is a template that formats each
row, in place of the numbers that the conditions show. The line ``rows: nets`` says that the rows of a file are not in
its part ``conditions``.

The book reads the claims as data: ``python -m parity_study.claims`` writes them, with the numbers behind them, to
``results/claims.json``. The tests check each condition of each claim against the committed results. They also check
that each condition fails on altered results.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

from parity_lib.errors import require, require_choice
from parity_study.claims import special  # noqa: F401  it adds its functions to SHAPES
from parity_study.claims.claim import Claim, Number, Place, Predicate
from parity_study.claims.shapes import SHAPES
from parity_study.experiments import names
from parity_study.results import FOLDER, write

try:
    import yaml
except ImportError as error:
    raise ImportError("reading the claims needs PyYAML: pip install pyyaml") from error


def read_claims(source: str) -> list[Claim]:
    """Read the claims about a results file."""
    path = Path(__file__).with_name(f"{source}.yaml")
    content = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    rows = content.pop("rows", "conditions")
    return [Claim(id, source, claim["says"],
                  list(read_conditions(claim["holds"], (rows,) if rows else (), {})), claim.get("shows", ""))
            for id, claim in content.items()]


def read_conditions(entries: list[dict[str, Any]], rows: Place, outer: dict[str, Any]) -> Iterator[Predicate]:
    """Yield the conditions described by a list in a claims file.

    ``rows`` is the place of the rows in the results, and ``outer`` contains the values of the names in braces.
    """
    for entry in entries:
        (words, argument), *others = entry.items()
        options = {key.replace(" ", "_"): option for key, option in others if key != "each"}
        combinations = [outer | variables for variables in _combinations(entry.get("each", {}))]
        require_choice("a condition", words, ("conditions", *SHAPES))
        if words == "conditions":
            for variables in combinations:
                yield from read_conditions(argument, rows, variables)
        elif SHAPES[words].takes == "pairs":
            pairs = [pair for variables in combinations for pair in _as_pairs(_filled(argument, variables))]
            yield from SHAPES[words].create(*(tuple(_row(rows, row) for row in pair) for pair in pairs), **options)
        else:
            for variables in combinations:
                yield from _create(words, _filled(argument, variables), _filled(options, variables), rows)


def _create(words: str, argument: Any, options: dict[str, Any], rows: Place) -> list[Predicate]:
    """Create the conditions of a given shape, or those that limit a number."""
    limits = {side: options.pop(side) for side in ("above", "below") if side in options}
    arguments = [_row(rows, row) for row in _as_list(argument)] if SHAPES[words].takes == "rows" else _as_list(argument)
    made = SHAPES[words].create(*arguments, **options)
    require(bool(limits) == isinstance(made, Number), words, limits, "above or below a limit if it is a number")
    return [getattr(made, side)(_limit(limit)) for side, limit in limits.items()] if isinstance(made, Number) else made


def _limit(limit: Any) -> float | Number:
    """Return a limit: a number in the results if ``limit`` is a dict, or a constant such as 0.5 or "2/3"."""
    if isinstance(limit, dict):
        (words, argument), *options = limit.items()
        return SHAPES[words].create(*_as_list(argument), **dict(options))
    return float(Fraction(limit)) if isinstance(limit, str) else limit


def _combinations(each: dict[str, list]) -> Iterator[dict[str, Any]]:
    """Yield all combinations of the values of each name. Names that share a key vary together."""
    for values in product(*each.values()):
        yield {name: part for key, value in zip(each, values)
               for name, part in (zip(key.split(), value, strict=True) if " " in key else [(key, value)])}


def _filled(value: Any, variables: dict[str, Any]) -> Any:
    """Fill in the names in braces. A text that consists of a single name becomes its value, which may be a number."""
    if isinstance(value, dict):
        return {key: _filled(part, variables) for key, part in value.items()}
    if isinstance(value, list):
        return [_filled(part, variables) for part in value]
    if isinstance(value, str):
        return variables[value[1:-1]] if value[1:-1] in variables and value[0] == "{" else value.format(**variables)
    return value


def _row(rows: Place, name: str) -> Place:
    """Return the place of a row in the results. Its name contains " / " if it is nested more deeply than the others."""
    return (*rows, *filter(None, name.split(" / ")))


def _as_list(value: Any) -> list:
    return value if isinstance(value, list) else [value]


def _as_pairs(value: list) -> list:
    return value if isinstance(value[0], list) else [value]


CLAIMS: tuple[Claim, ...] = tuple(claim for source in names() for claim in read_claims(source))


def as_data() -> dict[str, Any]:
    """Return the content of ``claims.json``: the claims, grouped by results file."""
    sources: dict[str, list[dict[str, Any]]] = {}
    for claim in CLAIMS:
        results = claim.results()
        sources.setdefault(claim.source, []).append({
            "id": claim.id, "says": claim.says, "shows": claim.shows(results),
            "conditions": [condition.name for condition in claim.conditions], "failing": claim.failing(results)})
    return {"claims": sources}


def publish() -> Path:
    """Write ``claims.json`` to the folder that holds the book's results, and return the path of the file."""
    return write(FOLDER / "claims.json", as_data())


def failing_claims(source: str, results: Any) -> list[str]:
    """Describe the claims about a results file that are false for ``results`` or cannot be evaluated."""
    failures = []
    for claim in CLAIMS:
        for condition in claim.conditions if claim.source == source else ():
            try:
                if not condition.holds(results):
                    failures.append(f"{claim.id}: {condition.name}")
            except Exception as error:      # for example, the median of no runs
                failures.append(f"{claim.id}: {condition.name} ({type(error).__name__}: {error})")
    return failures
