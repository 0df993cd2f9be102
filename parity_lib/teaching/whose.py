"""What in an answer belongs to its student: the numbers of their seed, which it should quote, and their names.

Chapter: *For instructors*. Numbers are counted again by :mod:`parity_lib.checks.numbers` and looked for in the text;
one that is missing is for a person to look at. Names are hidden from a reader who is not to know whose answer it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode

from parity_lib.checks.numbers import COUNTS, number_for, seed_of

EXAMPLE = "s1234567"        # the id that stands in the notebooks until a student puts in their own
NOT_WRITTEN = ("", "YOUR ANSWER HERE")
HIDDEN = "(the student)"
SHORTEST = 3                # characters of a name or an id that is worth hiding
GROUPED = re.compile("(?<![\\d.,])\\d{1,3}(?:[ ,.'\u2019\u00a0\u2009\u202f]\\d{3})+(?!\\d)")


@dataclass(frozen=True)
class Quoted:
    """The numbers that belong to a student, and which of them an answer quotes."""

    seed: int
    count: int
    has_seed: bool
    has_count: bool
    has_example: bool

    @property
    def looks_generic(self) -> bool:
        """No number in it comes from the student's seed."""
        return not (self.has_seed or self.has_count)

    def __str__(self) -> str:
        """What deserves a look, in words; nothing where both numbers are there."""
        words = {(True, True): "", (True, False): f"its count, {self.count}, is not in it",
                 (False, True): f"its seed, {self.seed}, is not in it",
                 (False, False): f"neither its seed nor its count, {self.count}, is in it"}[
                     self.has_seed, self.has_count]
        example = f"it has the seed of the notebook's example, {EXAMPLE}" if self.has_example else ""
        return "; ".join(filter(None, (words, example)))


def numbers_in(text: str) -> set[int]:
    """The whole numbers in a text, however their digits are grouped.

    >>> numbers_in("17,753 of 24000 places, 0.74 of them, for s2; seed 5.") == {5, 17753, 24000}
    True
    """
    joined = GROUPED.sub(lambda one: re.sub(r"\D", "", one[0]), text)
    return {int(one) for one in re.findall(r"(?<![\w.,])\d{1,20}(?![\w]|[.,]\d)", joined + " " + text)}


def quoted(task: str, text: str, seed: int) -> Quoted | None:
    """What an answer quotes of its student's numbers; None for a task that asks for none, and where nothing is written.

    ``task`` is the name of the answer's cell.
    """
    task = task.replace("-", "_")
    if task not in COUNTS or text.strip() in NOT_WRITTEN:
        return None
    count, found, example = number_for(task, seed), numbers_in(text), seed_of(EXAMPLE)
    return Quoted(seed, count, seed in found, count in found, example in found and example != seed)


def seed_or_none(student: str) -> int | None:
    """The seed of an id, if it has one."""
    try:
        return seed_of(student)
    except ValueError:
        return None


# ---------------------------------------------------------------- names


def names_of(student: str, first: str | None, last: str | None, email: str | None = None) -> list[str]:
    """What gives a student away in a text: id, address, both names together, in either order, or the only one."""
    both = [f"{first} {last}", f"{last}, {first}", f"{last} {first}"] if first and last else [first, last]
    return [one for one in (email, *both, student) if one and len(one) >= SHORTEST]


def without(value: Any, names: Iterable[str]) -> Any:
    """A text, or texts in lists and mappings, with other words in the place of these names; images stay.

    >>> without(["Ada Lovelace, s204501"], ["s204501", "Ada Lovelace"])
    ['(the student), (the student)']
    """
    wanted = "|".join(re.escape(one) for one in sorted(names, key=len, reverse=True))
    return _without(value, re.compile(rf"(?<!\w)(?:{wanted})(?!\w)", re.IGNORECASE)) if wanted else value


def _without(value: Any, pattern: re.Pattern) -> Any:
    if isinstance(value, str):
        return pattern.sub(HIDDEN, value)
    if isinstance(value, list):
        return [_without(one, pattern) for one in value]
    if isinstance(value, dict):
        return type(value)({key: one if str(key).startswith("image/") else _without(one, pattern)
                            for key, one in value.items()})
    return value


def hide(nb: NotebookNode, names: Iterable[str]) -> None:
    """Take a student's names out of what they wrote and of what their cells printed."""
    names = list(names)
    for cell in nb.cells:
        cell.source = without(cell.source, names)
        if cell.cell_type == "code":
            cell.outputs = without(cell.outputs, names)
