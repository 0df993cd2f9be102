"""Numbers that belong to one hand-in: they depend on its own seed, and a reader of the answer computes them again.

They are counts over bits that NumPy's generator draws, so they are the same on
every machine, and nobody can quote one without having counted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np

from parity_lib.errors import require, require_choice, require_int


def seed_of(student_id: str) -> int:
    """The seed of a student, from the id in the instructor's list; case and blanks do not matter.

    Raises ValueError where there is no letter or digit in the id.

    >>> seed_of("s1234567") == seed_of(" S123 4567")
    True
    """
    require(isinstance(student_id, str) and any(one.isalnum() for one in student_id), "student_id", student_id,
            "your id, as text")
    plain = "".join(student_id.casefold().split())
    return int.from_bytes(hashlib.sha256(plain.encode("utf8")).digest()[:4], "big")


def strings_for(seed: int, count: int = 1000, steps: int = 24) -> np.ndarray:
    """The strings of one hand-in: random bits ``[count, steps]``.

    >>> strings_for(0).shape
    (1000, 24)
    """
    require_int("seed", seed, 0)
    return np.random.default_rng(seed).integers(2, size=(count, steps))


def right_by_the_last(bits: np.ndarray, last: int = 8) -> int:
    """On how many strings ``[count, steps]`` the parity of the last bits is that of the whole."""
    return int((bits[:, -last:].sum(axis=1) % 2 == bits.sum(axis=1) % 2).sum())


def with_a_long_wait(bits: np.ndarray, zeros: int = 8) -> int:
    """How many strings ``[count, steps]`` have a one with so many zeros right behind it."""
    return sum("1" + "0" * zeros in "".join(map(str, row)) for row in bits.tolist())


def right_for_always_even(bits: np.ndarray) -> int:
    """How many places of ``[count, steps]`` "even" is right for, string k cut to its first 1 + k % steps bits.

    Behind the cut, inputs and labels are 0.
    """
    count, steps = bits.shape
    real = np.arange(steps) < 1 + (np.arange(count) % steps)[:, None]
    return int((~(real & (bits.cumsum(axis=1) % 2 == 1))).sum())


COUNTS: dict[str, Callable[[np.ndarray], int]] = {
    "what_convinces": with_a_long_wait,
    "explanation": right_for_always_even,
    "what_truncation_cannot_teach": right_by_the_last,
}


def number_for(task: str, seed: int) -> int:
    """The count that an answer in words to ``task`` has to quote, for the hand-in with this seed.

    Raises ValueError for a task without one.

    >>> number_for("what_truncation_cannot_teach", seed_of("s1234567")) in range(1001)
    True
    """
    require_choice("task", task, tuple(COUNTS))
    return COUNTS[task](strings_for(seed))
