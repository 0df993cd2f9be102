"""Tools for finding strings that a two-unit tanh network classifies incorrectly."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from parity_lib.numpy_rnn import NumpyRNN

Weights = Sequence[np.ndarray]      # U [H, 1], V [H, H], b [H], W [1, H] and c [1], in this order
PER_SIDE = 400                      # squares along each side of the space of states


def outputs(weights: Weights, bits: np.ndarray, zero: int = 0) -> np.ndarray:
    """Return the outputs ``[batch, steps]`` after each bit of every string. The network reads ``zero`` for a 0."""
    return NumpyRNN(*weights).forward(np.where(bits == 1, 1, zero)[..., None])[0][..., 0]


def first_error(weights: Weights, bits: np.ndarray, zero: int = 0) -> tuple[int, int] | None:
    """Return the row and time step of the first wrong answer on ``bits [batch, steps]``, or None if there is none."""
    return first_true((outputs(weights, bits, zero) > 0) != (np.cumsum(bits, axis=1) % 2 == 1))


def first_true(wrong: np.ndarray) -> tuple[int, int] | None:
    """Return the row and column of a True entry in the earliest possible column, or None if there is no such entry."""
    if not wrong.any():
        return None
    step = int(wrong.any(axis=0).argmax())
    return int(wrong[:, step].argmax()), step


def every_string(steps: int = 12) -> np.ndarray:
    """Return all bit strings of a given length as an array ``[2**steps, steps]``."""
    return (np.arange(2**steps)[:, None] >> np.arange(steps)) & 1


def find_error(weights: Weights, longest: int, zero: int = 0, keep: int = 200) -> np.ndarray | None:
    """Search for a string that the network classifies incorrectly.

    Returns a string of at most ``longest`` bits, or None if the search finds none. After each bit, the search continues
    from the ``keep`` states of each parity with the smallest outputs and the ``keep`` states with the largest outputs.
    It tries every string, and returns a shortest one, if ``keep`` is at least ``2**longest``. Otherwise a search that
    finds nothing proves nothing.
    """
    U, V, b, W, c = weights
    states, odd, trail = np.zeros((1, 2)), np.zeros(1, dtype=int), []
    for _ in range(longest):
        bits, parents = np.repeat([0, 1], len(states)), np.tile(np.arange(len(states)), 2)
        odd = odd[parents] ^ bits
        states = np.tanh(np.where(bits == 1, 1, zero)[:, None] * U[:, 0] + states[parents] @ V.T + b)
        values = states @ W[0] + c[0]
        wrong = np.flatnonzero((values > 0) != (odd == 1))
        if len(wrong):
            string, index = [], int(wrong[0])
            for earlier, added in reversed([*trail, (parents, bits)]):
                string.append(int(added[index]))
                index = int(earlier[index])
            return np.array(string[::-1])
        order = np.argsort(np.where(odd, values, -values), kind="stable")       # the nearest to a wrong answer first
        kept = np.concatenate([np.delete(places, slice(keep, -keep))
                               for places in (order[odd[order] == 0], order[odd[order] == 1])])
        trail.append((parents[kept], bits[kept]))
        states, odd = states[kept], odd[kept]
    return None


def is_proved(weights: Weights, zero: int = 0) -> bool:
    """Return True if the network is proved correct after every bit of every string.

    The proof is a set of squares of states for each parity. Every bit leads from the first state, and from each square,
    to states that lie in these squares and on which the answer is correct. A correct network may remain unproved.
    """
    U, V, b, W, c = weights
    rounding = 1e-12 * (np.abs(U[:, 0]) + np.abs(V).sum(axis=1) + np.abs(b))
    low, high, odd = np.zeros((1, 2)), np.zeros((1, 2)), np.array([False])
    reached = np.zeros((2, PER_SIDE + 2, PER_SIDE + 2), dtype=bool)
    while len(odd):
        bits, odd = np.repeat([zero, 1], len(odd))[:, None], np.concatenate([odd, ~odd])
        low, high = (np.tile(bound, (2, 1)) + bits * U[:, 0] + b for bound in _bounds(V, low, high))
        low, high = np.tanh(low - rounding) - 1e-12, np.tanh(high + rounding) + 1e-12
        least, most = (bound[:, 0] + c for bound in _bounds(W, low, high))
        if not np.where(odd, least > 0, most <= 0).all():
            return False
        first, last = (np.floor((bound + 1) / 2 * PER_SIDE).astype(int) + 1 for bound in (low, high))
        new = np.zeros_like(reached)
        for parity, (i, j), (k, m) in zip(odd.astype(int), first, last, strict=True):
            new[parity, i:k + 1, j:m + 1] = True
        parity, *corner = np.nonzero(new & ~reached)
        low, odd, reached = (np.stack(corner, axis=1) - 1) / PER_SIDE * 2 - 1, parity == 1, reached | new
        high = low + 2 / PER_SIDE
    return True


def words_for_repair(words: Mapping[str, str], of_entries: str, weights: Weights,
                     repairs: Iterable[tuple[str, Weights]], is_correct: Callable[[Weights], bool]) -> str:
    """Return the message about the first of the ``repairs`` that makes a network correct, or about single entries.

    Each repair is the id of a mistake and the weights without it. The text ``of_entries`` names every entry, such as
    "V[1, 0]", that makes the network correct if it alone has another value. Returns "" if there is none.
    """
    for mistake, changed in repairs:
        if is_correct(changed):
            return words[mistake]
    entries = []
    for k, (name, array) in enumerate(zip("UVbWc", weights, strict=True)):
        for index in np.ndindex(array.shape):
            old = array[index]
            values = (-old, 0.0, 2 * old, old / 2, *(old + step for step in (-2, -1, -0.5, 0.5, 1, 2)))
            for value in dict.fromkeys(values):
                changed = [part.copy() for part in weights]
                changed[k][index] = value
                if is_correct(changed):
                    entries.append(f"{name}{list(index)}")
                    break
    return of_entries.format(name=" or ".join(entries)) if entries else ""


def _bounds(matrix: np.ndarray, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the bounds of ``matrix @ h`` for all h between ``low`` and ``high``, each ``[count, size]``."""
    positive, negative = np.maximum(matrix, 0).T, np.minimum(matrix, 0).T
    return low @ positive + high @ negative, high @ positive + low @ negative
