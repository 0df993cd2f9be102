"""Checks for the student's ``two_unit_weights`` function."""

from __future__ import annotations

import numpy as np

from parity_checks.assertions import Query
from parity_checks.core import call
from parity_checks.reporting import check
from parity_checks.two_unit_search import Weights, find_error, first_error, is_proved
from parity_lib.numpy_rnn import NumpyRNN

READY = ("parity_lib.models:by_hand",)
BY_HAND = "unrolling#two-units-by-hand"
SHAPES = {"U": (2, 1), "V": (2, 2), "b": (2,), "W": (1, 2), "c": (1,)}


@check("two_unit_weights: correct on every string of any length, which is proved")
def two_unit_weights(seed: int = 0) -> None:
    """Check that the student's network with two units computes parity.

    ``two_unit_weights()`` returns ``(U, V, b, W, c)``, for bits coded as -1 and +1.
    """
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
        "If all of U, V and b are doubled, the proof succeeds: a larger K brings the states closer to -1 and 1."
        if is_proved((2 * U, 2 * V, 2 * b, W, c), zero=-1) else "The states of even and odd, or their outputs, may be "
        "too close to each other. Compare them for each of the four pairs of a bit and a parity.")


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
    """Return a hint about the likely mistake in the student's weights."""
    U, V, b, W, c = weights
    changes = [
        ((U / 2, V, b + U[:, 0] / 2, W, c), "These weights fit bits coded as 0 and 1; here they are -1 and +1. Put "
         "x = (x' + 1) / 2 into U and b."),
        ((U, V, b, -W, -c), "The answers are the wrong way round: a positive output means odd. Change the signs of W "
         "and c."),
        ((U, V.T, b, W, c), "V is transposed: row i of V belongs to unit i."),
        ((U / 2, V, b, W, c), "Only half of the substitution was made: x = (x' + 1) / 2 halves U, and adds the other "
         "half to b."),
        ((U, V, b + U[:, 0], W, c), "Only U was changed: x = (x' + 1) / 2 halves U, and adds the other half to b."),
        ((U, V, b + 2 * U[:, 0], W, c), "The half of U that goes into b has the wrong sign: x = (x' + 1) / 2 adds it."),
        ((U, V, b, np.sign(W), -np.ones(1)), "The states are right, but W and c do not fit each other. Compute "
         "W h + c for each of the states."),
        ((2 * U, 2 * V, 2 * b, W, c), "The units are not sharp enough, so the state drifts. A larger K brings the "
         "states closer to -1 and 1."),
    ]
    return next((words for changed, words in changes
                 if all(first_error(changed, bits, zero=-1) is None for bits in (every_string(), string[None]))),
                "This is not one of the usual mistakes. Write down U x' + V h + b for each of the four pairs of a bit "
                "and a parity, and see which unit has the wrong sign.")


def every_string(steps: int = 12) -> np.ndarray:
    """Return all bit strings of a given length as an array ``[2**steps, steps]``."""
    return (np.arange(2**steps)[:, None] >> np.arange(steps)) & 1
