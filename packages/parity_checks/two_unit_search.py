"""Tools for finding strings that a two-unit tanh network classifies incorrectly."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

Weights = Sequence[np.ndarray]      # U [2, 1], V [2, 2], b [2], W [1, 2] and c [1], in this order
CELL = 2e-3                         # states of one parity that lie in the same cell of this width count as one


def outputs(weights: Weights, bits: np.ndarray, zero: int = 0) -> np.ndarray:
    """Return the network's output after each bit of every string.

    The strings and the outputs are ``[batch, steps]``. The network reads ``zero`` for a bit 0.
    """
    U, V, b, W, c = weights
    h, values = np.zeros((len(bits), 2)), []
    for bit in np.where(bits == 1, 1, zero).T:
        h = np.tanh(bit[:, None] * U[:, 0] + h @ V.T + b)
        values.append(h @ W[0] + c[0])
    return np.stack(values, axis=1)


def first_error(weights: Weights, bits: np.ndarray, zero: int = 0) -> tuple[int, int] | None:
    """Find the network's first wrong answer on a batch of strings.

    Returns the row and the time step of this answer in ``bits``, ``[batch, steps]``, or None if there is none.
    """
    wrong = (outputs(weights, bits, zero) > 0) != (np.cumsum(bits, axis=1) % 2 == 1)
    if not wrong.any():
        return None
    step = int(wrong.any(axis=0).argmax())
    return int(wrong[:, step].argmax()), step


def find_error(weights: Weights, longest: int, zero: int = 0, keep: int = 200, cell: float = CELL) -> np.ndarray | None:
    """Search for a string that the network classifies incorrectly.

    Returns a string of at most ``longest`` bits, or None if the search finds none. After each bit, the search continues
    from the ``keep`` states of each parity with the smallest outputs and the ``keep`` states with the largest outputs,
    and from one state only of those in the same cell. It tries every string, and returns a shortest one, if ``cell`` is
    0 and ``keep`` is at least ``2**longest``. Otherwise a search that finds nothing proves nothing.
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
            return _string([*trail, (parents, bits)], int(wrong[0]))
        order = np.argsort(np.where(odd, values, -values), kind="stable")       # the nearest to a wrong answer first
        if cell:
            keys = np.column_stack([np.floor(states[order] / cell), odd[order]])
            order = order[np.sort(np.unique(keys, axis=0, return_index=True)[1])]
        kept = np.concatenate([np.delete(places, slice(keep, -keep))
                               for places in (order[odd[order] == 0], order[odd[order] == 1])])
        trail.append((parents[kept], bits[kept]))
        states, odd = states[kept], odd[kept]
    return None


def _string(trail: list[tuple[np.ndarray, np.ndarray]], index: int) -> np.ndarray:
    """Reconstruct the string of bits that leads to the state ``index`` at the last time step."""
    bits = []
    for parents, added in reversed(trail):
        bits.append(int(added[index]))
        index = int(parents[index])
    return np.array(bits[::-1])
