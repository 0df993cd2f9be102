"""Search for the numbers that depend on a student's id in the student's answers in words.

:mod:`parity_checks.personal_numbers` computes the numbers, and :func:`quoted_numbers` looks for them in an answer. A
missing number is a reason for a person to read the answer closely and never costs a point.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from parity_checks.answers import NOT_WRITTEN
from parity_checks.personal_numbers import COUNTS, number_for, seed_of

EXAMPLE_ID = "s1234567"     # the notebooks contain this id until a student replaces it with their own
GROUPED = re.compile("(?<![\\d.,])\\d{1,3}(?:[ ,.'\u2019\u00a0\u2009\u202f]\\d{3})+(?!\\d)")


@dataclass(frozen=True)
class QuotedNumbers:
    """The seed and the count of a student, and whether the student's answer quotes them."""

    seed: int
    count: int
    has_seed: bool
    has_count: bool
    has_example_seed: bool


def numbers_in(text: str) -> set[int]:
    """Return the whole numbers in a text, with or without a separator between groups of three digits.

    >>> numbers_in("17,753 of 24000 places, 0.74 of them, for s2; seed 5.") == {5, 17753, 24000}
    True
    """
    joined = GROUPED.sub(lambda match: re.sub(r"\D", "", match[0]), text)
    return {int(number) for number in re.findall(r"(?<![\w.,])\d{1,20}(?![\w]|[.,]\d)", f"{joined} {text}")}


def quoted_numbers(task: str, answer: str, student: str) -> QuotedNumbers | None:
    """Return the student's numbers and which of them the answer quotes.

    ``task`` is the name of the answer's cell. Return None if the task asks for no such numbers, if the answer is empty,
    or if the id has no letter or digit to make a seed from.
    """
    task = task.replace("-", "_")
    if task not in COUNTS or answer.strip() in NOT_WRITTEN:
        return None
    try:
        seed = seed_of(student)
    except ValueError:
        return None
    count, quoted, example = number_for(task, seed), numbers_in(answer), seed_of(EXAMPLE_ID)
    return QuotedNumbers(seed, count, seed in quoted, count in quoted, example in quoted and example != seed)
