"""Counts that students have to quote in their written answers.

Students count over random bits of their own (:mod:`parity_checks.personal_numbers`), and the page on which an
instructor reads an answer shows the same count. The counts are here, and not among the checks that students import,
so that nobody is tempted to ask for them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from parity_checks.personal_numbers import strings_for
from parity_lib.errors import require_choice


def correct_from_last_bits(bits: np.ndarray, last: int = 8) -> int:
    """Count the rows of ``bits`` whose last bits have the same parity as the whole row."""
    return int((bits[:, -last:].sum(axis=1) % 2 == bits.sum(axis=1) % 2).sum())


def with_long_pause(bits: np.ndarray, zeros: int = 8) -> int:
    """Count the rows of ``bits`` that contain a one followed by at least ``zeros`` zeros."""
    return sum("1" + "0" * zeros in "".join(map(str, row)) for row in bits.tolist())


def correct_if_always_even(bits: np.ndarray) -> int:
    """Count the positions at which the answer "even" is correct.

    String k is row k of ``bits``, ``[count, steps]``, and is cut to its first 1 + k % steps bits. Beyond the cutoff,
    bits and labels are 0.
    """
    count, steps = bits.shape
    real = np.arange(steps) < 1 + (np.arange(count) % steps)[:, None]
    return int((~(real & (bits.cumsum(axis=1) % 2 == 1))).sum())


def correct_from_first_one(bits: np.ndarray) -> int:
    """Count the positions at which it is correct to answer "even" before the first one and "odd" from then on."""
    ones = bits.cumsum(axis=1)
    return int(((ones > 0) == (ones % 2 == 1)).sum())


def correct_from_last_bit(bits: np.ndarray, longest: int = 10) -> int:
    """Count the strings whose parity is their last bit.

    String k is row k of ``bits``, cut to its first 1 + k % ``longest`` bits.
    """
    rows = np.arange(len(bits))
    last = rows % longest
    return int((bits.cumsum(axis=1)[rows, last] % 2 == bits[rows, last]).sum())


COUNTS: dict[str, Callable[[np.ndarray], int]] = {
    "what_convinces": with_long_pause,
    "explanation": correct_if_always_even,
    "what_truncation_cannot_teach": correct_from_last_bits,
    "one_tanh_unit": correct_from_first_one,
    "what_explains_the_difference": correct_from_last_bit,
}


def count_for(task: str, seed: int) -> int:
    """Return the count that a student has to quote in a written answer.

    It depends on the ``task`` and on the student's ``seed``. Raises ValueError for a task that asks for no count.
    """
    require_choice("task", task, tuple(COUNTS))
    return COUNTS[task](strings_for(seed))
