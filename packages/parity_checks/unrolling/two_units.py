"""Checks for the student's ``two_unit_weights`` function."""

import numpy as np

from parity_checks.assertions import Query, messages
from parity_checks.core import call
from parity_checks.decorator import check
from parity_checks.two_unit_search import Weights, find_error, first_error, is_proved, one_entry_changed
from parity_lib.numpy_rnn import NumpyRNN

WORDS = messages("unrolling")
READY = ("parity_lib.models:by_hand",)
BY_HAND = "unrolling#Two units by hand"
SHAPES = {"U": (2, 1), "V": (2, 2), "b": (2,), "W": (1, 2), "c": (1,)}


@check("two_unit_weights: correct on every string of any length, which is proved")
def two_unit_weights(seed: int = 0) -> None:
    """Check ``two_unit_weights()``, which returns ``(U, V, b, W, c)``, for bits coded as -1 and +1."""
    weights = Query("two_unit_weights()", BY_HAND).as_arrays(call("two_unit_weights", forbid=READY), SHAPES)
    if is_proved(weights, zero=-1):
        return
    string, (U, V, b, W, c) = find_error(weights, 600, zero=-1), weights
    if string is not None:
        shown = "".join(map(str, string[:300])) + (" …" if len(string) > 300 else "")
        bits = f"{len(string)} bit{'s' * (len(string) > 1)}"
        query = Query(f'two_unit_weights after the string "{shown}" ({bits}; a 0 stands for -1)', BY_HAND)
        query.fail(*(("odd", "even") if string.sum() % 2 else ("even", "odd")), _hint(weights, string))
    Query("two_unit_weights on strings of any length", BY_HAND).fail(
        "two sets of states, one for even and one for odd, that no string leaves",
        "no string with an error was found, but nothing is proved: some states in the sets may give the wrong answer",
        WORDS["larger-K"] if is_proved((2 * U, 2 * V, 2 * b, W, c), zero=-1) else "")


def picture() -> dict[str, list[float] | list[list[float]] | int]:
    """Return the states of the student's network after each bit of all strings of 8 bits, so that a page can draw them.

    Each of the ``states`` is a list of both units, rounded, the last bit and the parity so far. The ``readout`` is W
    and c. On ``correct`` of the ``strings``, the answer is correct after every bit. Raises CheckFailed if the weights
    have other shapes.
    """
    weights = Query("two_unit_weights()", BY_HAND).as_arrays(call("two_unit_weights", forbid=READY), SHAPES)
    bits = every_string(8)
    logits, states = NumpyRNN(*weights).forward(2.0 * bits[:, :, None] - 1)
    parities = np.cumsum(bits, axis=1) % 2
    rows = np.column_stack([states[:, 1:].reshape(-1, 2).round(2), bits.ravel(), parities.ravel()])
    return {"states": np.unique(rows, axis=0).tolist(), "readout": [*weights[3][0].tolist(), *weights[4].tolist()],
            "correct": int(((logits[:, :, 0] > 0) == parities).all(axis=1).sum()), "strings": len(bits)}


def _hint(weights: Weights, string: np.ndarray) -> str:
    U, V, b, W, c = weights
    corrected = {
        "bits-0-and-1": (U / 2, V, b + U[:, 0] / 2, W, c), "wrong-way-round": (U, V, b, -W, -c),
        "weights-transposed": (U, V.T, b, W, c), "half-substituted": (U / 2, V, b, W, c),
        "b-forgotten": (U, V, b + U[:, 0], W, c), "b-sign": (U, V, b + 2 * U[:, 0], W, c),
        "inverse-substituted": (U / 4, V, b + 3 / 4 * U[:, 0], W, c), "signs-of-b": (U, V, -b, W, c),
        "signs-of-V": (U, -V, b, W, c), "units-swapped": (U, V, b[::-1], W, c)}
    if np.allclose(2 * np.abs(V), np.abs(U)):
        corrected["V-halved"] = U, 2 * V, b, W, c
    candidates: list[tuple[str, Weights]] = [(WORDS[mistake], changed) for mistake, changed in corrected.items()]
    candidates += [(WORDS["readout"], (U, V, b, np.array([[sign, -sign]]), -np.ones(1))) for sign in (1, -1)]
    candidates += [(WORDS["not-sharp"], (2 * U, 2 * V, 2 * b, W, c))]
    candidates += [(WORDS["one-entry"].format(name=entry), changed) for entry, changed in one_entry_changed(weights)]
    tried = every_string(), string[None]
    return next((words for words, changed in candidates
                 if all(first_error(changed, bits, zero=-1) is None for bits in tried)), WORDS["weights-unexplained"])


def every_string(steps: int = 12) -> np.ndarray:
    """Return all bit strings of a given length as an array ``[2**steps, steps]``."""
    return (np.arange(2**steps)[:, None] >> np.arange(steps)) & 1
