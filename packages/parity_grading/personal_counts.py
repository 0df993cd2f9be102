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


def first_bit_told(bits: np.ndarray, bias: float = 3.0) -> int:
    """Count the rows of ``bits`` whose first bit has the sign of an LSTM unit's cell state after the last bit.

    The bias of the unit's forget gate is ``bias``, and each bit adds the same amount for a one as it takes away for a
    zero.
    """
    left = (1 / (1 + np.exp(-bias))) ** np.arange(bits.shape[1])[::-1]     # the share of each bit that is left
    return int((((2 * bits - 1) @ left > 0) == (bits[:, 0] == 1)).sum())


COUNTS: dict[str, Callable[[np.ndarray], int]] = {
    "what_convinces": with_long_pause,
    "explanation": correct_if_always_even,
    "what_truncation_cannot_teach": correct_from_last_bits,
    "what_differs": first_bit_told,
}


def count_for(task: str, seed: int) -> int:
    """Return the count that a student has to quote in a written answer.

    It depends on the ``task`` and on the student's ``seed``. Raises ValueError for a task that asks for no count.
    """
    require_choice("task", task, tuple(COUNTS))
    return COUNTS[task](strings_for(seed))
