"""Random bits, seeds of training runs and countries that differ from student to student.

They depend on the student's id, so that a written answer cannot quote somebody else's count or table. NumPy's generator
draws the same numbers on every machine. :mod:`parity_teaching.rubric` has the counts.
"""

import hashlib

import numpy as np

from parity_lib.errors import require, require_int


def seed_of(student_id: str) -> int:
    """Return the random seed derived from a student's id.

    The id is the one in the instructor's list. Upper and lower case and blanks do not matter. Raises ValueError if the
    id has no letter or digit.
    """
    require(isinstance(student_id, str) and any(map(str.isalnum, student_id)), "student_id", student_id,
            "a string with your id")
    plain = "".join(student_id.casefold().split())
    return int.from_bytes(hashlib.sha256(plain.encode("utf8")).digest()[:4], "big")


def strings_for(seed: int, count: int = 1000, steps: int = 24) -> np.ndarray:
    """Generate random bit strings ``[count, steps]`` from a student's seed."""
    require_int("seed", seed, 0)
    return np.random.default_rng(seed).integers(2, size=(count, steps))


def seeds_for(seed: int, count: int = 5) -> list[int]:
    """Draw ``count`` different seeds below 10,000 for a student's own training runs, from the student's seed."""
    require_int("seed", seed, 0)
    return np.random.default_rng(seed).choice(10_000, size=count, replace=False).tolist()


def countries_for(seed: int) -> tuple[str, str]:
    """Draw two different country codes from a student's seed, for the exercise on town names. Needs PyTorch."""
    from parity_study.town_names import COUNTRIES

    require_int("seed", seed, 0)
    first, second = np.random.default_rng(seed).choice(list(COUNTRIES), 2, replace=False)
    return str(first), str(second)
