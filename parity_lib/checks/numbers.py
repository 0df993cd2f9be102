"""Numbers that belong to one hand-in: they depend on its own seed, and a reader of the answer computes them again.

They are counts over bits that NumPy's generator draws, so they are the same on
every machine, and nobody can quote one without having counted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np

from parity_lib.errors import require, require_choice, require_int


def seed_of(name: str) -> int:
    """The seed of a student, from the name that the instructor knows; case and blanks do not matter.

    Raises ValueError where there is no letter or digit in the name.

    >>> seed_of("Ada Lovelace") == seed_of(" ada  lovelace")
    True
    """
    require(isinstance(name, str) and any(one.isalnum() for one in name), "name", name, "your name or number")
    plain = "".join(name.casefold().split())
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


COUNTS: dict[str, Callable[[np.ndarray], int]] = {"what_truncation_cannot_teach": right_by_the_last}


def number_for(task: str, seed: int) -> int:
    """The count that an answer in words to ``task`` has to quote, for the hand-in with this seed.

    Raises ValueError for a task without one.

    >>> number_for("what_truncation_cannot_teach", seed_of("Ada Lovelace")) in range(1001)
    True
    """
    require_choice("task", task, tuple(COUNTS))
    return COUNTS[task](strings_for(seed))
