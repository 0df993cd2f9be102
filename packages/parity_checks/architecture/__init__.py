"""Checks for the exercise *Architecture*."""

import numpy as np

from parity_checks import check, fresh, private  # noqa: F401  (notebooks call them here)
from parity_checks.architecture.counts_and_rates import count_parameters, success_rate  # noqa: F401
from parity_checks.assertions import Query, messages
from parity_checks.core import call
from parity_checks.decorator import not_installed
from parity_checks.two_unit_search import Weights, words_for_repair

try:
    from parity_checks.architecture.building import build_model, learns
except ModuleNotFoundError as error:
    build_model = learns = not_installed(error)

WORDS = messages("architecture")
GATED_UNIT = "unrolling#Two units by hand"
MOST_UNITS, MOST_STATES = 8, 2000
MULTIPLE, NO_MULTIPLE = "above 0, a multiple of three", "at most 0, not a multiple of three"


@check("multiple_of_three: correct in every state that the network can reach")
def multiple_of_three(seed: int = 0) -> None:
    """Check ``multiple_of_three()``, which returns the weights ``(U, V, b, W, c)`` of a relu network."""
    query = Query("multiple_of_three()", GATED_UNIT)
    arrays = query.as_arrays(call("multiple_of_three"), dict.fromkeys("UVbWc"))
    units = len(arrays[0]) if arrays[0].ndim else 0
    if not 1 <= units <= MOST_UNITS:
        query.part("U").fail(f"shape (H, 1) with H from 1 to {MOST_UNITS}", f"shape {arrays[0].shape}")
    weights = query.as_arrays(arrays, {"U": (units, 1), "V": (units, units), "b": (units,), "W": (1, units), "c": (1,)})
    string, count = find_wrong_string(weights)
    if string is not None:
        shown, ones = "".join(map(str, string[:300])) + " …" * (len(string) > 300), int(string.sum())
        Query(f"multiple_of_three: the output after {shown}, with {ones} ones in {len(string)} bits", GATED_UNIT).fail(
            *((NO_MULTIPLE, MULTIPLE) if ones % 3 else (MULTIPLE, NO_MULTIPLE)), _hint(weights, string))
    if count >= MOST_STATES:
        Query("multiple_of_three: the states that your network can reach", GATED_UNIT).fail(
            "a few states, to which the network returns", f"more than {MOST_STATES} different states",
            WORDS["never-returns"])


def find_wrong_string(weights: Weights) -> tuple[np.ndarray | None, int]:
    """Find the shortest string that the network classifies incorrectly.

    Returns this string, or None if there is none, and the number of different states. The search is breadth first. It
    ends when there is no new state, which proves that the network is correct on strings of any length, or at
    ``MOST_STATES``. If the weights are whole numbers, states repeat exactly.
    """
    U, V, b, W, c = weights
    level, seen = [(np.zeros(len(b)), 0, ())], set()
    while level and len(seen) < MOST_STATES:
        next_level = []
        for state, remainder, string in level:
            for bit in (0, 1):
                after = np.maximum(bit * U[:, 0] + V @ state + b, 0)
                count, longer = (remainder + bit) % 3, (*string, bit)
                if not np.isfinite(after).all() or (W[0] @ after + c[0] > 0) != (count == 0):
                    return np.array(longer), len(seen)
                key = (count, (after + 0.0).tobytes())      # + 0.0 turns -0.0 into 0.0
                if key not in seen:
                    seen.add(key)
                    next_level.append((after, count, longer))
        level = next_level
    return None, len(seen)


def _hint(weights: Weights, string: np.ndarray) -> str:
    U, V, b, W, c = weights
    repairs: list[tuple[str, Weights]] = [
        ("V-transposed", [U, V.T, b, W, c]), ("threshold", [U, V, b, W, np.array([0.5])]),
        ("remainder-returned", [U, V, b, -W, np.array([0.5])]),
        *((mistake, [U, V, b + by * unit, W, c]) for mistake, by in (("opens-late", 1), ("opens-early", -1))
          if by > 0 or _is_whole(weights) for unit in np.eye(len(b))),
        ("subtracts-two", [U, np.where(V == -2, -3, V), b, np.where(W == 2, 3, W), c]),
        ("V-not-remainder", [U, np.tile(-W, (len(b), 1)), b, W, c]), ("W-not-remainder", [U, V, b, -V[:1], c])]

    def is_correct(changed: Weights) -> bool:
        wrong, count = find_wrong_string(changed)
        # In a network of whole numbers, a number and a half would be a strange repair.
        return wrong is None and count < MOST_STATES and (_is_whole(changed) or not _is_whole(weights))

    return words_for_repair(WORDS, WORDS["one-entry"], weights, repairs, is_correct) or (
        WORDS["leftover" if len(string) > 12 else "make-the-table"])


def _is_whole(weights: Weights) -> bool:
    return all((array % 1 == 0).all() for array in weights[:4])     # c is a threshold between two whole numbers
