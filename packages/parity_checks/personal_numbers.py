"""Numbers that students quote in their written answers.

The numbers depend on the student's id, so that an answer cannot quote somebody else's number. Students count over
random bits that are drawn from their own seed, and the instructor who reads the answer computes the same count. NumPy's
generator draws the same bits on every machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np

from parity_lib.errors import require, require_choice, require_int


def seed_of(student_id: str) -> int:
    """Return the random seed derived from a student's id.

    The id is the one in the instructor's list. Upper and lower case and blanks do not matter. Raises ValueError if the
    id has no letter or digit.

    >>> seed_of("s1234567") == seed_of(" S123 4567")
    True
    """
    require(isinstance(student_id, str) and any(map(str.isalnum, student_id)), "student_id", student_id,
            "a string with your id")
    plain = "".join(student_id.casefold().split())
    return int.from_bytes(hashlib.sha256(plain.encode("utf8")).digest()[:4], "big")


def strings_for(seed: int, count: int = 1000, steps: int = 24) -> np.ndarray:
    """Generate random bit strings ``[count, steps]`` from a student's seed."""
    require_int("seed", seed, 0)
    return np.random.default_rng(seed).integers(2, size=(count, steps))


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


COUNTS: dict[str, Callable[[np.ndarray], int]] = {
    "what_convinces": with_long_pause,
    "explanation": correct_if_always_even,
    "what_truncation_cannot_teach": correct_from_last_bits,
}


def number_for(task: str, seed: int) -> int:
    """Return the number that a student has to quote in a written answer.

    It depends on the ``task`` and on the student's ``seed``. Raises ValueError for a task that asks for no count.
    """
    require_choice("task", task, tuple(COUNTS))
    return COUNTS[task](strings_for(seed))
