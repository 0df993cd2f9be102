"""Boxes of states that no string leaves, and in which a net answers right: the proof behind a certificate.

Chapter: *What did it learn?* :func:`proof` looks for them in two ways. The first
begins with few large boxes around states that the net visits, and cuts those that do not come
out right. The second begins with the start alone and adds small boxes where strings lead.
Each is done with zonotopes in float64, whose own rounding is allowed for and not
rounded outward; what is published is checked again, with balls, by :mod:`~parity_lib.verify`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from parity_lib.data import running_parity
from parity_lib.machine import NumpyCell
from parity_lib.zonotopes import Zonotopes, image, right_in


@dataclass
class Boxes:
    """Boxes of states: ``low`` and ``high`` ``[boxes, size]``, float64 that float32 holds, and ``odd [boxes]``."""

    low: np.ndarray
    high: np.ndarray
    odd: np.ndarray

    def __post_init__(self) -> None:
        low, high = self.low.astype(np.float32), self.high.astype(np.float32)  # outward
        self.low = np.where(low > self.low, np.nextafter(low, np.float32(-np.inf)), low).astype(float)
        self.high = np.where(high < self.high, np.nextafter(high, np.float32(np.inf)), high).astype(float)

    def __len__(self) -> int:
        return len(self.odd)

    def __getitem__(self, chosen) -> Boxes:
        return Boxes(self.low[chosen], self.high[chosen], self.odd[chosen])

    @classmethod
    def joined(cls, parts: list[Boxes]) -> Boxes:
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("low", "high", "odd")))

    def grow(self, place: int, low: np.ndarray, high: np.ndarray) -> None:
        """Let a box take in another."""
        self.low[place], self.high[place] = np.minimum(self.low[place], low), np.maximum(self.high[place], high)
        self.__post_init__()

    def hold(self, low: np.ndarray, high: np.ndarray, odd: np.ndarray) -> np.ndarray:
        """Which of other boxes, ``low`` and ``high [others, size]``, lie in a single one of these of their parity."""
        held = np.zeros(len(odd), dtype=bool)
        for parity in (False, True):
            mine = self.odd == parity
            for rows in np.array_split(np.flatnonzero(odd == parity), len(odd) // 256 + 1):
                inside = (low[rows, None] >= self.low[mine]) & (high[rows, None] <= self.high[mine])
                held[rows] = inside.all(axis=2).any(axis=1)
        return held


# ---------------------------------------------------------------- large boxes, cut where they do not come out right


DEPTH = 14  # time steps within which every string has to lead from a box into a box again
MOST_CUTS = 40  # pieces that a box may be cut into before its states are put into two boxes instead
STRINGS_ALIVE = 64  # of one piece of a box: with more of them on the way, the piece is cut
NUMBERS_AT_ONCE = 1024  # the pieces followed together times the numbers of a state
MOST_NUMBERS = 128  # in a state: NumpyCell.rounding allows for the sums that come with it
ROUNDS = 40  # how often boxes may grow before their states are put into others
NEW = -1  # in place of a box's number
GAP = 0.3  # standard deviations without a visited state, in some coordinate, between the first boxes


def _visited(cell: NumpyCell, steps: int = 120) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """States ``[strings, steps, size]``, parities and bits: strings with few ones, many ones, and regular ones."""
    rng = np.random.default_rng(0)
    share = np.repeat([0.02, 0.08, 0.2, 0.35, 0.5, 0.65, 0.8, 0.92, 0.98], 60)[:, None]
    bits = np.vstack([(rng.random((len(share), steps)) < share).astype(np.uint8), periodic(steps)[::7]])
    states, state = [], np.zeros((len(bits), cell.size))
    for bit in bits.T:
        state = cell.state(state, bit)
        states.append(state)
    return np.stack(states, axis=1), running_parity(bits) == 1, bits


def periodic(steps: int) -> np.ndarray:
    """Strings ``[count, steps]`` that begin with up to three bits and then repeat up to five."""
    rows = {tuple((start + pattern * steps)[:steps])
            for first in range(4) for start in product((0, 1), repeat=first)
            for period in range(1, 6) for pattern in product((0, 1), repeat=period)}
    return np.array(sorted(rows), dtype=np.uint8)


@dataclass
class _Group:
    """States of one parity, ``points [count, size]``, that share a box."""

    points: np.ndarray
    odd: bool

    def halves(self, spread: np.ndarray) -> list[_Group]:
        """The group cut in two across its widest side: at the widest gap there, or in the middle."""
        widths = np.ptp(self.points, axis=0)
        side = (widths / spread).argmax()
        values = np.sort(self.points[:, side])
        gaps = np.diff(values)
        cut = (values[gaps.argmax()] if gaps.max() > 0.1 * widths[side] else (values[0] + values[-1]) / 2)
        below = self.points[:, side] <= cut
        return [_Group(self.points[below], self.odd), _Group(self.points[~below], self.odd)]


def _boxes(groups: list[_Group], spread: np.ndarray, margin: float = 0.1, floor: float = 0.005) -> Boxes:
    """The start, then each group's box, wider by a share of its own width and of the spread."""
    low = np.array([group.points.min(axis=0) for group in groups])
    high = np.array([group.points.max(axis=0) for group in groups])
    wider, start = margin * (high - low) / 2 + floor * spread, np.zeros((1, len(spread)))
    return Boxes(np.vstack([start, low - wider]), np.vstack([start, high + wider]),
                 np.array([False, *(group.odd for group in groups)]))


def _spread(points: np.ndarray) -> np.ndarray:
    """The standard deviation of each coordinate, and a little where there is none, even if all states are 0."""
    return points.std(axis=0) + 1e-3 * max(np.abs(points).max(), 1e-6)


def _first_groups(points: np.ndarray, odd: np.ndarray, bits: np.ndarray, spread: np.ndarray) -> list[_Group]:
    """States grouped by parity, last bit and gaps."""
    return [_Group(group, parity) for parity in (False, True) for bit in (0, 1)
            for group in _without_gaps(points[(odd == parity) & (bits == bit)], GAP * spread)]


def _without_gaps(points: np.ndarray, gap: np.ndarray) -> list[np.ndarray]:
    """Points cut in two at the widest gap, again and again, while a coordinate leaves one wider than ``gap [size]``."""
    waiting, done = [points], []
    while waiting:
        points = waiting.pop()
        ordered = np.sort(points, axis=0)
        gaps = np.diff(ordered, axis=0) / gap
        if len(points) < 2 or gaps.max() <= 1:
            done.append(points)
            continue
        place, axis = np.unravel_index(gaps.argmax(), gaps.shape)
        before = points[:, axis] <= ordered[place, axis]
        waiting += [points[before], points[~before]]
    return done


@dataclass
class _Followed:
    """What came of pieces of boxes: the side to cut ``[pieces]``, -1: none; and sets that ended outside, to take in."""

    side: np.ndarray
    outside: list[tuple[int, np.ndarray, np.ndarray, bool]]
    sets: int


def _follow(cell: NumpyCell, boxes: Boxes, pieces: Boxes, spread: np.ndarray) -> _Followed:
    """Follow all strings from pieces of boxes until they lead into a box.

    A piece is to be cut where some answer on the way is not proved right, or too many
    strings are on the way. What is outside all boxes after ``DEPTH`` steps, but not by
    much, is to be taken in by the box that needs to grow least for it.
    """
    sets, odd, piece = Zonotopes.boxes((pieces.low + pieces.high) / 2, (pieces.high - pieces.low) / 2), pieces.odd, None
    piece, done = np.arange(len(pieces)), _Followed(np.full(len(pieces), -1), [], 0)
    for age in range(1, DEPTH + 1):
        done.sets += 2 * len(sets)
        sets = Zonotopes.joined([image(cell, sets, bit) for bit in (0, 1)])
        odd, piece = np.concatenate([odd, ~odd]), np.tile(piece, 2)
        from_sides = np.abs(sets.generators[:, :, :cell.size])  # the others came on the way
        for row in np.flatnonzero(~right_in(cell, sets, odd)):
            done.side[piece[row]] = (np.abs(cell.W) @ from_sides[row, :cell.hidden]).argmax()
        low, high = sets.centre - sets.radius, sets.centre + sets.radius
        left = ~boxes.hold(low, high, odd) & (done.side[piece] < 0)
        alive = np.bincount(piece[left], minlength=len(pieces))
        for one in np.flatnonzero(alive > (0 if age == DEPTH else STRINGS_ALIVE)):
            rows = np.flatnonzero(left & (piece == one))
            grown = [_grown(boxes, low[row], high[row], odd[row], spread) for row in rows] if age == DEPTH else [None]
            if None in grown:
                widest = rows[(sets.radius[rows] / spread).max(axis=1).argmax()]
                done.side[one] = (from_sides[widest] / spread[:, None]).sum(axis=0).argmax()
            else:
                done.outside += grown
        left &= done.side[piece] < 0
        sets, odd, piece = sets[left], odd[left], piece[left]
        if not len(sets):
            break
    return done


def _grown(boxes: Boxes, low: np.ndarray, high: np.ndarray, odd: bool,
           spread: np.ndarray) -> tuple[int, np.ndarray, np.ndarray, bool] | None:
    """The box that has to grow least to take in a set, and by what.

    Where it would grow a lot: ``NEW`` for a small set, which gets a box of its own, None for a large one.
    """
    mine = 1 + np.flatnonzero(boxes.odd[1:] == odd)  # the start stays as it is
    over = np.maximum(boxes.low[mine] - low, 0) + np.maximum(high - boxes.high[mine], 0)
    share = (over / (0.15 * (boxes.high - boxes.low)[mine] + 0.02 * spread)).max(axis=1, initial=0)
    if share.min(initial=2) > 1 and (high - low > 0.1 * spread).any():
        return None
    place = int(mine[share.argmin()]) if share.min(initial=2) <= 1 else NEW
    return place, low - 0.005 * spread, high + 0.005 * spread, odd


def _covered(cell: NumpyCell, groups: list[_Group], spread: np.ndarray, effort: int) -> tuple[str, Boxes]:
    """Boxes, the start first, that no string leaves for good, all answers on the way right.

    Ends with ``"closed"``: from each box all strings lead back into the boxes, and each
    answer on the way is proved right; ``"effort"``: more than ``effort`` sets; or
    ``"threshold"``: a box cannot be made smaller. A box that does not come out right
    is replaced by two, each with a part of its states, small sets that ended outside get boxes
    of their own, and all begins anew.
    """
    followed = 0
    while True:
        boxes = _boxes(groups, spread)
        failing, taken_in, sets = _round(cell, boxes, spread, effort - followed)
        followed += sets
        if followed > effort:
            return "effort", boxes
        new = _apart([each for each in taken_in if each[0] == NEW])
        if not failing and not new:
            return "closed", boxes
        if 0 in failing or any(_is_point(groups[place - 1], spread) for place in failing):
            return "threshold", boxes
        for place, low, high, _ in taken_in:
            if place != NEW:
                groups[place - 1].points = np.vstack([groups[place - 1].points, low, high])
        groups = [part for place, group in enumerate(groups, 1)
                  for part in (group.halves(spread) if place in failing else [group])] + new


def _apart(sets: list[tuple]) -> list[_Group]:
    """A group for each set that is not held by the one before it in the list of groups."""
    groups: list[_Group] = []
    for _, low, high, odd in sets:
        if not any(group.odd == odd and (group.points[0] <= low).all() and (high <= group.points[1]).all()
                   for group in groups):
            groups.append(_Group(np.array([low - (high - low) / 2, high + (high - low) / 2]), bool(odd)))
    return groups


def _is_point(group: _Group, spread: np.ndarray) -> bool:
    return bool((np.ptp(group.points, axis=0) <= 1e-4 * spread).all())


def _round(cell: NumpyCell, boxes: Boxes, spread: np.ndarray, effort: int) -> tuple[set[int], list, int]:
    """Which boxes do not come out right, what others took in, and how many sets were followed; boxes grow in place.

    What is proved of a box stays proved when others grow; one that grows is followed again.
    """
    size, followed, failing, taken_in = max(NUMBERS_AT_ONCE // cell.size, 1), 0, set(), []
    waiting = np.arange(len(boxes))
    for _ in range(ROUNDS):
        pieces, box, cuts, outside = boxes[waiting], waiting, np.zeros(len(boxes), dtype=int), []
        while len(pieces) and followed <= effort:
            done = _follow(cell, boxes, pieces[-size:], spread)
            followed, outside = followed + done.sets, outside + done.outside
            cut = done.side >= 0
            halves, of = _halves(pieces[-size:][cut], done.side[cut]), np.tile(box[-size:][cut], 2)
            np.add.at(cuts, of, 1)
            failing |= {int(place) for place in np.flatnonzero(cuts > MOST_CUTS)} | ({0} & set(of.tolist()))
            pieces, box = Boxes.joined([pieces[:-size], halves]), np.concatenate([box[:-size], of])
            left = ~np.isin(box, list(failing))
            pieces, box = pieces[left], box[left]
        if failing or not outside:
            break
        taken_in += outside
        for place, low, high, _ in outside:
            if place != NEW:
                boxes.grow(place, low, high)
        waiting = np.unique([place for place, *_ in outside if place != NEW]).astype(int)
    else:
        failing |= set(waiting.tolist())
    return failing, taken_in, followed


def _halves(pieces: Boxes, side: np.ndarray) -> Boxes:
    """Both halves of each piece, cut across its ``side [pieces]``."""
    rows = np.arange(len(side))
    middle = (pieces.low + pieces.high)[rows, side] / 2
    below, above = pieces.high.copy(), pieces.low.copy()
    below[rows, side], above[rows, side] = middle, middle
    return Boxes(np.vstack([pieces.low, above]), np.vstack([below, pieces.high]), np.tile(pieces.odd, 2))


# ---------------------------------------------------------------- small boxes, from the start on


SPREADS = (0.03, 0.02, 0.01, 0.006, 0.003, 0.002, 0.001, 0.0006, 0.0003)  # what a box adds to a set, coarse to fine
AT_ONCE = 32  # boxes whose images are computed together
SMALL_DEPTH = 12  # time steps after which a set that stays wide gets a box of its own


def _covered_by_small(cell: NumpyCell, spread: float, effort: int) -> tuple[str, Boxes]:
    """Boxes, the start first, that no string leaves for good, all answers on the way right.

    From each box all strings are followed. Where a set lies inside a box, its string
    ends; where it is narrower than ``spread``, or after ``SMALL_DEPTH`` steps, it gets a
    box of its own, wider by ``spread`` all around, which is followed in turn. Ends
    as :func:`_covered` does, with ``"threshold"`` at the first answer that is not proved right.
    """
    start, followed = np.zeros((1, cell.size)), 0
    boxes = Boxes(start, start, np.array([False]))
    waiting = [boxes]
    while waiting:
        begun = waiting.pop()
        sets, odd = Zonotopes.boxes((begun.low + begun.high) / 2, (begun.high - begun.low) / 2), begun.odd
        for age in range(1, SMALL_DEPTH + 1):
            followed += 2 * len(sets)
            sets, odd = Zonotopes.joined([image(cell, sets, bit) for bit in (0, 1)]), np.concatenate([odd, ~odd])
            if not right_in(cell, sets, odd).all():
                return "threshold", boxes
            if followed > effort:
                return "effort", boxes
            low, high = sets.centre - sets.radius, sets.centre + sets.radius
            left = ~boxes.hold(low, high, odd)
            rests = (sets.radius <= spread).all(axis=1) | (age == SMALL_DEPTH)
            added = _not_in_each_other(low[left & rests], high[left & rests], odd[left & rests], spread)
            boxes = Boxes.joined([boxes, added])
            waiting += [added[first:first + AT_ONCE] for first in range(0, len(added), AT_ONCE)]
            sets, odd = sets[left & ~rests], odd[left & ~rests]
            if not len(sets):
                break
    return "closed", boxes


def _not_in_each_other(low: np.ndarray, high: np.ndarray, odd: np.ndarray, spread: float) -> Boxes:
    """A box, wider by ``spread`` all around, for each set that no box before it in the list holds."""
    chosen: list[int] = []
    for row in range(len(odd)):
        inside = (low[row] >= low[chosen] - spread).all(axis=1) & (high[row] <= high[chosen] + spread).all(axis=1)
        if not (inside & (odd[chosen] == odd[row])).any():
            chosen.append(row)
    return Boxes(low[chosen] - spread, high[chosen] + spread, odd[chosen])


# ---------------------------------------------------------------- both


def proof(cell: NumpyCell, effort: int) -> tuple[str, Boxes | None]:
    """``"closed"`` and boxes that prove the net right on every string; or None, and why there is no proof.

    That is ``"effort"`` where either way was given up after ``effort`` sets of states,
    else ``"threshold"``: a box whose answers cannot be proved right cannot be made smaller.
    """
    states, odd, bits = _visited(cell)
    points = states.reshape(-1, cell.size)
    spread = _spread(points)
    end, boxes = _covered(cell, _first_groups(points, odd.ravel(), bits.ravel(), spread), spread, effort)
    ends = [end]
    for small in SPREADS:
        if "closed" in ends or "effort" in ends[1:]:
            break
        end, boxes = _covered_by_small(cell, small, effort)
        ends.append(end)
    if end == "closed":
        return end, boxes
    return "effort" if "effort" in ends else "threshold", None
