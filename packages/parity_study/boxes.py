"""A search for proofs that a network is correct on every string.

Chapter: *What did it learn?* A proof consists of boxes of states. :func:`search_proof` searches in two ways. The first
way starts with a few large boxes around visited states, and splits those for which the proof fails. The second way
starts with a box that contains only the initial state, and adds small boxes around the sets of states that follow. Both
use zonotopes in float64 with an allowance for rounding instead of outward rounding. :mod:`~parity_study.verify` checks
every published proof again, with ball arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from parity_lib.data import running_parity
from parity_study.extraction import NumpyNetwork
from parity_study.zonotopes import Zonotopes, answers_proved, image

MOST_NUMBERS = 128  # the largest size of a state: NumpyNetwork.rounding allows for sums of that many terms
# Large boxes
DEPTH = 14  # time steps within which every string has to lead from a box into a box again
MOST_CUTS = 40  # how often a box may be cut into pieces before its states are split into two boxes instead
STRINGS_ALIVE = 64  # a piece of a box is cut if more strings than this are outside the boxes at the same time
NUMBERS_AT_ONCE = 1024  # the number of pieces that are followed together, times the size of a state
ROUNDS = 40  # how often boxes may grow before their states are split
NEW = -1  # in place of the number of a box: the set gets a box of its own
GAP = 0.3  # visited states are separated at gaps of this many standard deviations in some coordinate
# Small boxes
MARGINS = (0.03, 0.02, 0.01, 0.006, 0.003, 0.002, 0.001, 0.0006, 0.0003)  # between a set and the sides of its box
AT_ONCE = 32  # the number of boxes that are followed together
SMALL_DEPTH = 12  # time steps after which a set that is still wide gets a box of its own


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
        """Concatenate several lists of boxes."""
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("low", "high", "odd")))

    def grow(self, number: int, low: np.ndarray, high: np.ndarray) -> None:
        """Enlarge a box so that it contains another box.

        Box ``number`` is enlarged, and the other box ranges from ``low`` to ``high [size]``.
        """
        self.low[number], self.high[number] = np.minimum(self.low[number], low), np.maximum(self.high[number], high)
        self.__post_init__()

    def hold(self, low: np.ndarray, high: np.ndarray, odd: np.ndarray) -> np.ndarray:
        """Check whether each set of states lies inside a single box of the same parity.

        Returns a boolean array ``[sets]``. The sets range from ``low`` to ``high [sets, size]`` and have the parities
        ``odd [sets]``.
        """
        held = np.zeros(len(odd), dtype=bool)
        for parity in (False, True):
            boxes = self.odd == parity
            for rows in np.array_split(np.flatnonzero(odd == parity), len(odd) // 256 + 1):  # saves memory
                inside = (low[rows, None] >= self.low[boxes]) & (high[rows, None] <= self.high[boxes])
                held[rows] = inside.all(axis=2).any(axis=1)
        return held


def periodic_strings(steps: int) -> np.ndarray:
    """Return all strings that consist of a short prefix and a short repeated pattern.

    The prefix has up to three bits, and the pattern up to five. The strings are ``[count, steps]``.
    """
    rows = {tuple((start + pattern * steps)[:steps])
            for first in range(4) for start in product((0, 1), repeat=first)
            for period in range(1, 6) for pattern in product((0, 1), repeat=period)}
    return np.array(sorted(rows), dtype=np.uint8)


def search_proof(network: NumpyNetwork, effort: int) -> tuple[str, Boxes | None]:
    """Search for boxes of states that prove a network correct on every string.

    Returns ``"closed"`` and the boxes, or a reason and None. The reason is ``"effort"`` if a search was abandoned after
    ``effort`` sets of states. Otherwise it is ``"threshold"``: we cannot prove that the answers in some box are
    correct, and cannot make this box smaller.
    """
    end, boxes = large_boxes(network, effort)
    ends = [end]
    for margin in MARGINS:
        if "closed" in ends or "effort" in ends[1:]:
            break
        end, boxes = small_boxes(network, margin, effort)
        ends.append(end)
    if end == "closed":
        return end, boxes
    return "effort" if "effort" in ends else "threshold", None


def _follow_both_bits(network: NumpyNetwork, sets: Zonotopes, odd: np.ndarray) -> tuple[Zonotopes, np.ndarray]:
    """Propagate sets of states through one time step for each possible input bit.

    Returns the new sets and their parities.
    """
    return Zonotopes.joined([image(network, sets, bit) for bit in (0, 1)]), np.concatenate([odd, ~odd])


def large_boxes(network: NumpyNetwork, effort: int) -> tuple[str, Boxes]:
    """Search for a proof that uses a few large boxes.

    Returns how the search ended, and the boxes. The first box contains the initial state. The search ends with
    ``"closed"`` if every string leads from each box back into the boxes with correct answers, with ``"effort"`` after
    ``effort`` sets, and with ``"threshold"`` if a box cannot be made smaller. A box for which the proof fails is
    replaced by two boxes, each for a part of its states. Small sets that end outside the boxes get boxes of their own.
    Then the search begins again.
    """
    states, odd, bits = _visited_states(network)
    # The standard deviation of each coordinate, and a little more in case all states are equal or even 0.
    spread = states.std(axis=0) + 1e-3 * max(np.abs(states).max(), 1e-6)
    groups = [_Group(points, parity) for parity in (False, True) for bit in (0, 1)
              for points in _split_at_gaps(states[(odd == parity) & (bits == bit)], GAP * spread)]
    followed = 0
    while True:
        boxes = _boxes_around(groups, spread)
        failing, outside, sets = _check_round(network, boxes, spread, effort - followed)
        followed += sets
        if followed > effort:
            return "effort", boxes
        new: list[_Group] = []
        for number, low, high, parity in outside:
            if number == NEW and not any(group.odd == parity and (group.points[0] <= low).all()
                                         and (high <= group.points[1]).all() for group in new):
                new.append(_Group(np.array([low - (high - low) / 2, high + (high - low) / 2]), bool(parity)))
        if not failing and not new:
            return "closed", boxes
        if 0 in failing or any((np.ptp(groups[number - 1].points, axis=0) <= 1e-4 * spread).all()
                               for number in failing):
            return "threshold", boxes
        for number, low, high, _ in outside:
            if number != NEW:
                groups[number - 1].points = np.vstack([groups[number - 1].points, low, high])
        groups = [part for number, group in enumerate(groups, 1)
                  for part in (group.halves(spread) if number in failing else [group])] + new


def _visited_states(network: NumpyNetwork, steps: int = 120) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Run the network on various strings and return the states that it visits.

    Also returns the parity and the last bit that belong to each state. The strings have few ones, many ones, or regular
    patterns. The states are ``[count, size]``.
    """
    rng = np.random.default_rng(0)
    share = np.repeat([0.02, 0.08, 0.2, 0.35, 0.5, 0.65, 0.8, 0.92, 0.98], 60)[:, None]
    bits = np.vstack([(rng.random((len(share), steps)) < share).astype(np.uint8), periodic_strings(steps)[::7]])
    return network.visited(bits).reshape(-1, network.size), running_parity(bits).ravel() == 1, bits.ravel()


@dataclass
class _Group:
    """A group of states that have the same parity and share a box.

    ``points`` is ``[count, size]``.
    """

    points: np.ndarray
    odd: bool

    def halves(self, spread: np.ndarray) -> list[_Group]:
        """Split the group in two along its widest dimension.

        The cut is at the widest gap between states or, if no gap is wide, in the middle.
        """
        widths = np.ptp(self.points, axis=0)
        side = (widths / spread).argmax()
        values = np.sort(self.points[:, side])
        gaps = np.diff(values)
        cut = values[gaps.argmax()] if gaps.max() > 0.1 * widths[side] else (values[0] + values[-1]) / 2
        below = self.points[:, side] <= cut
        return [_Group(self.points[below], self.odd), _Group(self.points[~below], self.odd)]


def _split_at_gaps(points: np.ndarray, gap: np.ndarray) -> list[np.ndarray]:
    """Split points into groups without wide gaps in any coordinate.

    Each cut is at the widest gap. A gap is wide if it exceeds ``gap [size]``.
    """
    waiting, done = [points], []
    while waiting:
        points = waiting.pop()
        ordered = np.sort(points, axis=0)
        gaps = np.diff(ordered, axis=0) / gap
        if len(points) < 2 or gaps.max() <= 1:
            done.append(points)
            continue
        place, axis = np.unravel_index(gaps.argmax(), gaps.shape)
        below = points[:, axis] <= ordered[place, axis]
        waiting += [points[below], points[~below]]
    return done


def _boxes_around(groups: list[_Group], spread: np.ndarray) -> Boxes:
    """Create a box with a margin around each group of states.

    The first box contains only the initial state.
    """
    low = np.array([group.points.min(axis=0) for group in groups])
    high = np.array([group.points.max(axis=0) for group in groups])
    margin, start = 0.05 * (high - low) + 0.005 * spread, np.zeros((1, len(spread)))
    return Boxes(np.vstack([start, low - margin]), np.vstack([start, high + margin]),
                 np.array([False, *(group.odd for group in groups)]))


def _check_round(network: NumpyNetwork, boxes: Boxes, spread: np.ndarray, effort: int) -> tuple[set[int], list, int]:
    """Check the proof for every box and enlarge boxes where necessary.

    Returns the numbers of the boxes for which the proof fails, and the sets of states that end outside the boxes. The
    third value is the number of sets that were followed. Boxes grow in place to contain the sets that end just outside
    them. If a box grows, the proofs for the other boxes remain valid, so only the boxes that grew are followed again.
    """
    at_once, followed, failing, all_outside = max(NUMBERS_AT_ONCE // network.size, 1), 0, set(), []
    waiting = np.arange(len(boxes))
    for _ in range(ROUNDS):
        pieces, box, cuts, outside = boxes[waiting], waiting, np.zeros(len(boxes), dtype=int), []
        while len(pieces) and followed <= effort:
            side, sets_outside, sets = _follow_pieces(network, boxes, pieces[-at_once:], spread)
            followed, outside = followed + sets, outside + sets_outside
            cut = side >= 0
            halves, box_of_half = _cut_in_half(pieces[-at_once:][cut], side[cut]), np.tile(box[-at_once:][cut], 2)
            np.add.at(cuts, box_of_half, 1)
            failing |= {int(number) for number in np.flatnonzero(cuts > MOST_CUTS)} | ({0} & set(box_of_half.tolist()))
            pieces = Boxes.joined([pieces[:-at_once], halves])
            box = np.concatenate([box[:-at_once], box_of_half])
            left = ~np.isin(box, list(failing))
            pieces, box = pieces[left], box[left]
        if failing or not outside:
            break
        all_outside += outside
        grown = [(number, low, high) for number, low, high, _ in outside if number != NEW]
        for number, low, high in grown:
            boxes.grow(number, low, high)
        waiting = np.unique([number for number, *_ in grown]).astype(int)
    else:
        failing |= set(waiting.tolist())
    return failing, all_outside, followed


def _follow_pieces(network: NumpyNetwork, boxes: Boxes, pieces: Boxes,
                   spread: np.ndarray) -> tuple[np.ndarray, list, int]:
    """Follow all bit strings from parts of boxes until the states lie in a box again.

    Returns the side across which each piece has to be cut, or -1; the sets that ended outside, as
    :func:`_assign_to_box` returns them; and how many sets were followed. A piece has to be cut if an answer is not
    proved correct, or if too many strings are outside the boxes at the same time. A set that is still outside after
    ``DEPTH`` time steps, but not by much, is assigned to the box that has to grow least.
    """
    sets, odd, piece = Zonotopes.boxes(pieces.low, pieces.high), pieces.odd, np.arange(len(pieces))
    side, outside, followed = np.full(len(pieces), -1), [], 0
    for age in range(1, DEPTH + 1):
        followed += 2 * len(sets)
        (sets, odd), piece = _follow_both_bits(network, sets, odd), np.tile(piece, 2)
        from_sides = np.abs(sets.generators[:, :, :network.size])  # the other generators were added by time steps
        for row in np.flatnonzero(~answers_proved(network, sets, odd)):
            side[piece[row]] = (np.abs(network.W) @ from_sides[row, :network.hidden]).argmax()
        low, high = sets.centre - sets.radius, sets.centre + sets.radius
        left = ~boxes.hold(low, high, odd) & (side[piece] < 0)
        alive = np.bincount(piece[left], minlength=len(pieces))
        for number in np.flatnonzero(alive > (0 if age == DEPTH else STRINGS_ALIVE)):
            rows = np.flatnonzero(left & (piece == number))
            assigned = [None]
            if age == DEPTH:
                assigned = [_assign_to_box(boxes, low[row], high[row], odd[row], spread) for row in rows]
            if None in assigned:
                widest = rows[(sets.radius[rows] / spread).max(axis=1).argmax()]
                side[number] = (from_sides[widest] / spread[:, None]).sum(axis=0).argmax()
            else:
                outside += assigned
        left &= side[piece] < 0
        sets, odd, piece = sets[left], odd[left], piece[left]
        if not len(sets):
            break
    return side, outside, followed


def _assign_to_box(boxes: Boxes, low: np.ndarray, high: np.ndarray, odd: bool,
            spread: np.ndarray) -> tuple[int, np.ndarray, np.ndarray, bool] | None:
    """Choose the box that needs to grow the least to contain a set of states.

    Returns the number of the box, and the set with a margin. If that box would have to grow a lot, the number is
    ``NEW`` for a small set, which gets a box of its own. For a large set, the result is None.
    """
    candidates = 1 + np.flatnonzero(boxes.odd[1:] == odd)  # box 0, which contains the initial state, does not grow
    excess = np.maximum(boxes.low[candidates] - low, 0) + np.maximum(high - boxes.high[candidates], 0)
    growth = (excess / (0.15 * (boxes.high - boxes.low)[candidates] + 0.02 * spread)).max(axis=1, initial=0)
    if growth.min(initial=2) > 1 and (high - low > 0.1 * spread).any():
        return None
    number = int(candidates[growth.argmin()]) if growth.min(initial=2) <= 1 else NEW
    return number, low - 0.005 * spread, high + 0.005 * spread, odd


def _cut_in_half(pieces: Boxes, side: np.ndarray) -> Boxes:
    """Cut each piece of a box in half.

    Piece i is cut across its coordinate ``side[i]``.
    """
    rows = np.arange(len(side))
    below, above = pieces.high.copy(), pieces.low.copy()
    below[rows, side] = above[rows, side] = (pieces.low + pieces.high)[rows, side] / 2
    return Boxes(np.vstack([pieces.low, above]), np.vstack([below, pieces.high]), np.tile(pieces.odd, 2))


def small_boxes(network: NumpyNetwork, margin: float, effort: int) -> tuple[str, Boxes]:
    """Search for a proof that uses many small boxes.

    Returns how the search ended, and the boxes. The first box contains the initial state. We follow all strings from
    each box until their sets of states lie inside a box. A set that is narrower than ``margin``, or still outside after
    ``SMALL_DEPTH`` time steps, gets a box of its own, which exceeds it by ``margin`` on all sides and is followed in
    turn. The search ends with ``"closed"`` if no box is left to follow, with ``"effort"`` after ``effort`` sets, and
    with ``"threshold"`` at the first answer that is not proved correct.
    """
    start, followed = np.zeros((1, network.size)), 0
    boxes = Boxes(start, start, np.array([False]))
    waiting = [boxes]
    while waiting:
        followed_boxes = waiting.pop()
        sets, odd = Zonotopes.boxes(followed_boxes.low, followed_boxes.high), followed_boxes.odd
        for age in range(1, SMALL_DEPTH + 1):
            followed += 2 * len(sets)
            sets, odd = _follow_both_bits(network, sets, odd)
            if not answers_proved(network, sets, odd).all():
                return "threshold", boxes
            if followed > effort:
                return "effort", boxes
            low, high = sets.centre - sets.radius, sets.centre + sets.radius
            left = ~boxes.hold(low, high, odd)
            ends = (sets.radius <= margin).all(axis=1) | (age == SMALL_DEPTH)
            added = _boxes_with_margin(low[left & ends], high[left & ends], odd[left & ends], margin)
            boxes = Boxes.joined([boxes, added])
            waiting += [added[first:first + AT_ONCE] for first in range(0, len(added), AT_ONCE)]
            sets, odd = sets[left & ~ends], odd[left & ~ends]
            if not len(sets):
                break
    return "closed", boxes


def _boxes_with_margin(low: np.ndarray, high: np.ndarray, odd: np.ndarray, margin: float) -> Boxes:
    """Create a box with a margin around each set of states.

    A set that lies inside an earlier one of these boxes gets no box of its own.
    """
    chosen: list[int] = []
    for row in range(len(odd)):
        inside = (low[row] >= low[chosen] - margin).all(axis=1) & (high[row] <= high[chosen] + margin).all(axis=1)
        if not (inside & (odd[chosen] == odd[row])).any():
            chosen.append(row)
    return Boxes(low[chosen] - margin, high[chosen] + margin, odd[chosen])
