"""The check of ``multiple_of_three``. It follows every state that the network can reach."""

from __future__ import annotations

import numpy as np

from parity_checks import assertions
from parity_checks.core import call
from parity_checks.reporting import check

GATED_UNIT = "unrolling#why-one-gated-unit-can"
PARTS = ("U", "V", "b", "W", "c")
MOST_UNITS, MOST_STATES = 8, 2000
VERDICTS = ("above 0, a multiple of three", "at most 0, not a multiple of three")


@check("multiple_of_three: right in every state that the network can reach")
def multiple_of_three(seed: int = 0) -> None:
    """Check ``multiple_of_three()``, which returns the weights ``(U, V, b, W, c)`` of a relu network."""
    weights = _weights()
    string, states = wrong_string(weights)
    if string is not None:
        shown, ones = "".join(map(str, string[:300])) + " …" * (len(string) > 300), int(string.sum())
        assertions.fail(f"multiple_of_three: the output after {shown}, with {ones} ones in {len(string)} bits",
                        *(VERDICTS if ones % 3 == 0 else reversed(VERDICTS)), _hint(weights, string), GATED_UNIT)
    if states >= MOST_STATES:
        assertions.fail("multiple_of_three: the states that your network can reach", "a few, to which it comes back",
                        f"more than {MOST_STATES} different ones", "Does a unit only grow, or is a little left over "
                        "each "
                        "time you take three away? If the weights are whole numbers, nothing is left over.", GATED_UNIT)


def _weights() -> list[np.ndarray]:
    """Return the five arrays, or raise CheckFailed unless their shapes fit together."""
    what = "multiple_of_three()"
    arrays = assertions.parts(call("multiple_of_three"), what, PARTS, GATED_UNIT)
    units = len(arrays[0]) if arrays[0].ndim else 0
    if not 1 <= units <= MOST_UNITS:
        assertions.fail(f"{what}: U", f"shape (H, 1) with H from 1 to {MOST_UNITS}", f"shape {arrays[0].shape}", "",
                        GATED_UNIT)
    shapes = ((units, 1), (units, units), (units,), (1, units), (1,))
    return [assertions.array(value, f"{what}: {name}", shape, see=GATED_UNIT)
            for value, name, shape in zip(arrays, PARTS, shapes, strict=True)]


def step(weights: list[np.ndarray], states: np.ndarray, bits: np.ndarray) -> np.ndarray:
    """Return the states ``[batch, units]`` after one more bit each, ``bits [batch]``."""
    U, V, b, _, _ = weights
    return np.maximum(bits[:, None] * U[:, 0] + states @ V.T + b, 0)


def wrong_string(weights: list[np.ndarray]) -> tuple[np.ndarray | None, int]:
    """Return a shortest string with a wrong answer, or None, and the number of different states.

    The search is breadth first. It ends where there is no new state, which proves that the network is right for strings
    of any length, or at ``MOST_STATES``. If the weights are whole numbers, states come back exactly.
    """
    _, _, b, W, c = weights
    level, seen = [(np.zeros(len(b)), 0, ())], set()
    while level and len(seen) < MOST_STATES:
        following = []
        for state, remainder, string in level:
            for bit, after in enumerate(step(weights, np.stack([state, state]), np.array([0.0, 1.0]))):
                count, longer = (remainder + bit) % 3, (*string, bit)
                if not np.isfinite(after).all() or (W[0] @ after + c[0] > 0) != (count == 0):
                    return np.array(longer), len(seen)
                key = (count, (after + 0.0).tobytes())      # + 0.0 turns -0.0 into 0.0
                if key not in seen:
                    seen.add(key)
                    following.append((after, count, longer))
        level = following
    return None, len(seen)


def _hint(weights: list[np.ndarray], string: np.ndarray) -> str:
    """Return words for a mistake whose repair makes the network right, or for what is wrong with its answers."""
    U, V, b, W, c = weights
    for repaired, words in (
            ([U, V.T, b, W, c], "V is transposed: row i of V belongs to unit i."),
            ([U, V, b, W, np.array([0.5])], "c is no threshold between remainder 0 and remainder 1."),
            ([U, V, b, -W, np.array([0.5])], "W computes the remainder, but the output should be positive where the "
             "remainder is 0.")):
        if wrong_string(repaired)[0] is None:
            return words
    if _counts_by_two(weights):
        return ("This is right for multiples of two: the chapter's pair counts by two, and the unit that corrects it "
                "is above 0 from p + x = 2 on. Here it should be above 0 at p + x = 3 only.")
    if len(string) > 12:
        return "Short strings are right. Each time you take three away, a little is left over, and it adds up."
    return "Make the table of the hint: for each p and each bit, what is each unit, and which p follows?"


def _counts_by_two(weights: list[np.ndarray]) -> bool:
    """Return whether the network answers on all strings of eight bits whether the number of ones is even."""
    _, _, _, W, c = weights
    every = (np.arange(256)[:, None] >> np.arange(8)) & 1
    states, ones = np.zeros((256, len(W[0]))), every.cumsum(axis=1)
    for bits, count in zip(every.T, ones.T, strict=True):
        states = step(weights, states, bits.astype(float))
        if not np.array_equal((states @ W[0] + c[0]) > 0, count % 2 == 0):
            return False
    return True
