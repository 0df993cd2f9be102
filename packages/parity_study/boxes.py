"""A search for proofs that a network is correct on every string.

Chapter: *What did it learn?* A proof consists of boxes of states. :func:`search_proof` starts with a box that contains
only the initial state, and adds small boxes around the sets of states that follow. The sets are zonotopes in float64
with an allowance for rounding instead of outward rounding. :mod:`~parity_study.verify` checks every published proof
again, with ball arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from parity_study.extraction import NumpyNetwork
from parity_study.zonotopes import Zonotopes, answers_proved, image

MOST_NUMBERS = 128  # the largest size of a state: NumpyNetwork.rounding allows for sums of that many terms
MARGINS = (0.03, 0.02, 0.01, 0.006, 0.003, 0.002, 0.001, 0.0006, 0.0003)  # between a set and the sides of its box
AT_ONCE = 32  # the number of boxes that are followed together
DEPTH = 12  # time steps after which a set that is still wide gets a box of its own


@dataclass
class Boxes:
    """A collection of boxes in state space, each labelled with a parity.

    The boxes range from ``low`` to ``high [boxes, size]``, and ``odd [boxes]`` holds their parities. ``low`` and
    ``high`` are float64 arrays, rounded outward to numbers that float32 can represent.
    """

    low: np.ndarray
    high: np.ndarray
    odd: np.ndarray

    def __post_init__(self) -> None:
        low, high = self.low.astype(np.float32), self.high.astype(np.float32)
        self.low = np.where(low > self.low, np.nextafter(low, np.float32(-np.inf)), low).astype(float)
        self.high = np.where(high < self.high, np.nextafter(high, np.float32(np.inf)), high).astype(float)

    def __len__(self) -> int:
        return len(self.odd)

    def __getitem__(self, rows) -> Boxes:
        return Boxes(self.low[rows], self.high[rows], self.odd[rows])

    @classmethod
    def joined(cls, parts: list[Boxes]) -> Boxes:
        """Concatenate several collections of boxes."""
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("low", "high", "odd")))

    def hold(self, low: np.ndarray, high: np.ndarray, odd: np.ndarray) -> np.ndarray:
        """Check whether each set of states lies inside a single box of the same parity.

        Returns a boolean array ``[sets]``. The sets range from ``low`` to ``high [sets, size]`` and have the parities
        ``odd [sets]``.
        """
        held = np.zeros(len(odd), dtype=bool)
        for rows in np.array_split(np.arange(len(odd)), len(odd) // 256 + 1):  # saves memory
            inside = (low[rows, None] >= self.low) & (high[rows, None] <= self.high)
            held[rows] = (inside.all(axis=2) & (odd[rows, None] == self.odd)).any(axis=1)
        return held


def search_proof(network: NumpyNetwork, effort: int) -> tuple[str, Boxes | None]:
    """Search for boxes of states that prove a network correct on every string.

    Returns ``"closed"`` and the boxes, or a reason and None. The reason is ``"effort"`` if a search was abandoned after
    ``effort`` sets of states. Otherwise it is ``"threshold"``: we cannot prove that all answers are correct, even with
    the narrowest margin around the boxes.
    """
    end, boxes = "threshold", None
    for margin in MARGINS:
        end, boxes = search_with_margin(network, margin, effort)
        if end != "threshold":
            break
    return end, boxes if end == "closed" else None


def search_with_margin(network: NumpyNetwork, margin: float, effort: int) -> tuple[str, Boxes]:
    """Search for a proof whose boxes have a given margin.

    Returns how the search ended, and the boxes. The first box contains the initial state. We follow all strings from
    each box until their sets of states lie inside a box. A set that is narrower than ``margin``, or still outside after
    ``DEPTH`` time steps, gets a box of its own, which exceeds it by ``margin`` on all sides and is followed in
    turn. The search ends with ``"closed"`` if no box is left to follow, with ``"effort"`` after ``effort`` sets, and
    with ``"threshold"`` at the first answer that is not proved correct.
    """
    start, followed = np.zeros((1, network.size)), 0
    boxes = Boxes(start, start, np.array([False]))
    waiting = [boxes]
    while waiting:
        followed_boxes = waiting.pop()
        sets, odd = Zonotopes.boxes(followed_boxes.low, followed_boxes.high), followed_boxes.odd
        for age in range(1, DEPTH + 1):
            followed += 2 * len(sets)
            sets = Zonotopes.joined([image(network, sets, bit) for bit in (0, 1)])
            odd = np.concatenate([odd, ~odd])
            if not answers_proved(network, sets, odd).all():
                return "threshold", boxes
            if followed > effort:
                return "effort", boxes
            low, high = sets.centre - sets.radius, sets.centre + sets.radius
            left = ~boxes.hold(low, high, odd)
            ends = (sets.radius <= margin).all(axis=1) | (age == DEPTH)
            added = _boxes_with_margin(low[left & ends], high[left & ends], odd[left & ends], margin)
            boxes = Boxes.joined([boxes, added])
            waiting += [added[first:first + AT_ONCE] for first in range(0, len(added), AT_ONCE)]
            sets, odd = sets[left & ~ends], odd[left & ~ends]
            if not len(sets):
                break
    return "closed", boxes


def _boxes_with_margin(low: np.ndarray, high: np.ndarray, odd: np.ndarray, margin: float) -> Boxes:
    """Enlarge boxes by ``margin`` on all sides, skipping any that lie inside an enlarged box of the same parity."""
    chosen: list[int] = []
    for row in range(len(odd)):
        inside = (low[row] >= low[chosen] - margin).all(axis=1) & (high[row] <= high[chosen] + margin).all(axis=1)
        if not (inside & (odd[chosen] == odd[row])).any():
            chosen.append(row)
    return Boxes(low[chosen] - margin, high[chosen] + margin, odd[chosen])
