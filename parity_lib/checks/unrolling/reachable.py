"""The states that a two-unit net can reach, searched for one that answers wrongly.

From the first state every state is followed by two, one for each bit. They are infinitely many, so the square
[-1, 1] x [-1, 1] is cut into cells, and one state stands for all in its cell that mean the same parity: the first that
a breadth-first search meets. A drift that is slower than a cell would stop there; therefore the states that are nearest
to a wrong answer are followed as well, whatever their cell. Every state comes with the string that leads to it, so what
is found is a counterexample and no estimate. That nothing is found proves nothing.
"""

from __future__ import annotations

import numpy as np

CELL, SLOW_CELL = 2e-3, 1e-9
LEVELS, SLOW, MOST = 600, 48, 120_000


def wrong_string(weights: list[np.ndarray], levels: int = LEVELS,
                 coded: tuple[float, float] = (-1, 1)) -> np.ndarray | None:
    """A string of bits, 0 or 1, after which the net's answer is wrong; None where none is found.

    ``weights`` are U, V, b, W, c for a 0 and a 1 that are ``coded`` as these numbers. Of the strings that are found
    it is a shortest.
    """
    U, V, b, W, c = weights
    low, high = coded
    states, odd = np.zeros((1, 2)), np.zeros(1, dtype=bool)
    seen, trail, settled = np.empty(0, dtype=np.int64), [], set()
    for _ in range(levels):
        bits = np.repeat([False, True], len(states))
        following = np.tile(states, (2, 1))
        parents = np.tile(np.arange(len(states)), 2)
        following = np.tanh(np.where(bits, float(high), low)[:, None] * U[:, 0] + following @ V.T + b)
        parity = np.tile(odd, 2) ^ bits
        margin = np.where(parity, 1, -1) * (following @ W[0] + c[0])
        wrong = np.flatnonzero(np.where(parity, margin <= 0, margin < 0))
        if len(wrong):
            return _string([*trail, (parents, bits)], int(wrong[np.argmin(margin[wrong])]))
        keys = _cells(following, parity, CELL)
        first = np.unique(keys, return_index=True)[1]
        first = first[~np.isin(keys[first], seen)] if len(seen) < MOST else first[:0]
        seen = np.concatenate([seen, keys[first]])
        chosen = np.unique(np.concatenate([first, *(_slow(following, parity, margin, one) for one in (False, True))]))
        trail.append((parents[chosen], bits[chosen]))
        states, odd = following[chosen], parity[chosen]
        if not len(first):      # nothing new is met any more: once the same states come again, they always will
            here = np.unique(np.column_stack([states, odd]), axis=0).tobytes()
            if here in settled:
                return None
            settled.add(here)
    return None


def _cells(states: np.ndarray, odd: np.ndarray, size: float) -> np.ndarray:
    """The number of each state's cell, another for each parity."""
    places = np.floor((states + 1) / size).astype(np.int64)
    width = int(np.ceil(2 / size)) + 1
    return (places[:, 0] * width + places[:, 1]) * 2 + odd


def _slow(states: np.ndarray, odd: np.ndarray, margin: np.ndarray, parity: bool) -> np.ndarray:
    """The states of this parity that are nearest to a wrong answer, each once."""
    which = np.flatnonzero(odd == parity)
    which = which[np.argsort(margin[which], kind="stable")[:4 * SLOW]]
    return which[np.sort(np.unique(_cells(states[which], odd[which], SLOW_CELL), return_index=True)[1])][:SLOW]


def _string(trail: list[tuple[np.ndarray, np.ndarray]], last: int) -> np.ndarray:
    """The bits that lead to entry ``last`` of the last level."""
    bits = []
    for parents, added in reversed(trail):
        bits.append(bool(added[last]))
        last = int(parents[last])
    return np.array(bits[::-1], dtype=int)
