"""A search for a string on which a two-unit network gives a wrong answer.

Each state is followed by two others, one for each bit, so there are infinitely many. The search is breadth-first. It
divides the square [-1, 1] x [-1, 1] into cells and keeps one state for all that lie in the same cell and stand for the
same parity. Because a drift that is slower than a cell would stop there, it also follows the states that are nearest to
a wrong answer. Every state comes with a string that leads to it, so a result is a counterexample. A search
that finds nothing proves nothing.
"""

from __future__ import annotations

import numpy as np

CELL, SMALL_CELL = 2e-3, 1e-9       # widths
MAX_STEPS, MAX_CELLS, NEAREST = 600, 120_000, 48


def wrong_string(weights: list[np.ndarray]) -> np.ndarray | None:
    """Return a string of bits, 0 or 1, after which the network's answer is wrong, or None if none is found.

    ``weights`` are U, V, b, W and c, for bits coded as -1 and +1. Of the strings that are found it is a shortest one.
    """
    U, V, b, W, c = weights
    states, odd = np.zeros((1, 2)), np.zeros(1, dtype=bool)
    visited, trail, repeated = np.empty(0, dtype=np.int64), [], set()
    for _ in range(MAX_STEPS):
        bits = np.repeat([False, True], len(states))
        parents = np.tile(np.arange(len(states)), 2)
        following = np.tanh(np.where(bits, 1.0, -1.0)[:, None] * U[:, 0] + states[parents] @ V.T + b)
        parity = odd[parents] ^ bits
        margin = np.where(parity, 1, -1) * (following @ W[0] + c[0])
        wrong = np.flatnonzero(np.where(parity, margin <= 0, margin < 0))
        if len(wrong):
            return _string([*trail, (parents, bits)], int(wrong[np.argmin(margin[wrong])]))
        keys = _cells(following, parity, CELL)
        new = np.unique(keys, return_index=True)[1]
        new = new[~np.isin(keys[new], visited)] if len(visited) < MAX_CELLS else new[:0]
        visited = np.concatenate([visited, keys[new]])
        nearest = [_nearest(following, parity, margin, one_parity) for one_parity in (False, True)]
        kept = np.unique(np.concatenate([new, *nearest]))
        trail.append((parents[kept], bits[kept]))
        states, odd = following[kept], parity[kept]
        if not len(new):        # without new cells, states that come a second time will come for ever
            known = np.unique(np.column_stack([states, odd]), axis=0).tobytes()
            if known in repeated:
                return None
            repeated.add(known)
    return None


def _cells(states: np.ndarray, odd: np.ndarray, width: float) -> np.ndarray:
    """Return the number of each state's cell, which differs for the two parities."""
    places = np.floor((states + 1) / width).astype(np.int64)
    columns = int(np.ceil(2 / width)) + 1
    return (places[:, 0] * columns + places[:, 1]) * 2 + odd


def _nearest(states: np.ndarray, odd: np.ndarray, margin: np.ndarray, parity: bool) -> np.ndarray:
    """Return the indices of the states of this parity that are nearest to a wrong answer, without repetition."""
    indices = np.flatnonzero(odd == parity)
    indices = indices[np.argsort(margin[indices], kind="stable")[:4 * NEAREST]]
    first = np.unique(_cells(states[indices], odd[indices], SMALL_CELL), return_index=True)[1]
    return indices[np.sort(first)][:NEAREST]


def _string(trail: list[tuple[np.ndarray, np.ndarray]], index: int) -> np.ndarray:
    """Return the bits that lead to the state with this index at the last time step."""
    bits = []
    for parents, added in reversed(trail):
        bits.append(bool(added[index]))
        index = int(parents[index])
    return np.array(bits[::-1], dtype=int)
