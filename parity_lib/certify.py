"""A verdict on a network for strings of every length: a proof that it is right, or a string on which it errs.

Chapter: *What did it learn?* :func:`certify` decides, where it can, whether a net
is right for ever: it searches for a string on which the net errs, and where there
is none it looks for finitely many boxes of states that the net never leaves.
:func:`parity_intervals` is the same for the net by hand, whose state is one number.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import torch

from parity_lib.data import running_parity
from parity_lib.errors import require, require_int
from parity_lib.machine import NumpyCell
from parity_lib.models import ParityRNN
from parity_lib.zonotopes import Zonotopes, image, right_in

# ---------------------------------------------------------------- the net by hand: intervals on a line


def next_interval(low: float, high: float, bit: int, sharpness: float) -> tuple[float, float]:
    """An interval that holds the next p of :func:`~parity_lib.models.by_hand`'s tanh net for every p in low..high.

    The next p is (tanh(2K(q - 1/2)) - tanh(2K(q - 3/2))) / 2 with q = p + bit. It
    rises up to q = 1 and falls after it. 1e-12 is added for rounding on both sides.

    >>> low, high = next_interval(0.0, 0.1, bit=1, sharpness=3.0)
    >>> round(low, 2), round(high, 2)
    (0.99, 1.0)
    """
    inside = [1.0] if low + bit < 1 < high + bit else []
    q = np.array([low + bit, high + bit, *inside])
    p = (np.tanh(2 * sharpness * (q - 0.5)) - np.tanh(2 * sharpness * (q - 1.5))) / 2
    return float(p.min() - 1e-12), float(p.max() + 1e-12)


def parity_intervals(sharpness: float, rounds: int = 1000) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """Two intervals, of p after even and after odd, that by_hand("tanh", sharpness) never leaves; None if not found.

    Starts from p = 0 and takes in what the next bit adds, until a slightly
    larger pair is mapped into itself. Where an interval crosses 1/2, the threshold
    between the answers, nothing is proved.

    >>> even, odd = parity_intervals(1.25)
    >>> even[1] < 0.5 < odd[0], parity_intervals(1.1)
    (True, None)
    """
    require(sharpness > 0, "sharpness", sharpness, "a number above 0")
    even, odd = (0.0, 0.0), next_interval(0.0, 0.0, 1, sharpness)
    for _ in range(rounds):
        even, odd = ((low - 1e-7, high + 1e-7) for low, high in (even, odd))
        to_even = next_interval(*even, 0, sharpness), next_interval(*odd, 1, sharpness)
        to_odd = next_interval(*even, 1, sharpness), next_interval(*odd, 0, sharpness)
        if even[1] >= 0.5 or odd[0] <= 0.5:
            return None
        if _hull(even, *to_even) == even and _hull(odd, *to_odd) == odd:
            return even, odd
        even, odd = _hull(even, *to_even), _hull(odd, *to_odd)
    return None


def _hull(*intervals: tuple[float, float]) -> tuple[float, float]:
    return min(low for low, _ in intervals), max(high for _, high in intervals)


# ---------------------------------------------------------------- the proof: boxes that are never left


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
    bits = np.vstack([(rng.random((len(share), steps)) < share).astype(np.uint8), _periodic(steps)[::7]])
    states, state = [], np.zeros((len(bits), cell.size))
    for bit in bits.T:
        state = cell.state(state, bit)
        states.append(state)
    return np.stack(states, axis=1), running_parity(bits) == 1, bits


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
    """The standard deviation of each coordinate, and a little where there is none."""
    return points.std(axis=0) + 1e-3 * np.abs(points).max()


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


def _whole_numbers(cell: NumpyCell, most: int = 1000) -> bool | None:
    """Whether a relu net of small whole numbers is right: its states are then exact, and may be finitely many.

    None where the weights are no whole numbers or more than ``most`` states are
    found. Sums of whole numbers below 2**24 are exact in float32, in any order.
    """
    weights = np.concatenate([np.ravel(part) for part in (cell.U, cell.V, cell.b_input, cell.b_state, cell.W, cell.c)])
    if cell.kind != "relu" or not np.array_equal(weights, np.rint(weights)):
        return None
    found = {(False, (0.0,) * cell.size)}
    waiting = list(found)
    while waiting:
        odd, state = waiting.pop()
        for bit in (0, 1):
            after = cell.state(np.array([state]), np.array([bit]))
            if (np.abs(after) @ np.abs(np.vstack([cell.V, cell.W])).T + np.abs(weights).sum()).max() >= 2**24:
                return None
            if cell.odd(after)[0] != odd ^ bit:
                return False
            reached = (odd ^ bool(bit), tuple(after[0]))
            if reached not in found:
                found.add(reached)
                waiting.append(reached)
        if len(found) > most:
            return None
    return True


# ---------------------------------------------------------------- the search for a string on which the net errs


@torch.no_grad()
def first_error(model: ParityRNN, bits: np.ndarray, chunk: int = 1000) -> np.ndarray:
    """The first step, from 1, at which the net itself answers wrongly on each of ``bits [strings, steps]``; 0: at none.

    Stops at the chunk of steps in which some string fails, so that the shortest
    is among those found.

    >>> from parity_lib.models import by_hand
    >>> first_error(by_hand("tanh", 1.0), np.array([[1] + 20 * [0], [1] + 20 * [1]])).tolist()
    [9, 0]
    """
    truth, state = running_parity(bits.astype(np.uint8)) == 1, None
    dtype = model.hidden_to_logits.weight.dtype
    for start in range(0, bits.shape[1], chunk):
        part = torch.from_numpy(bits[:, start:start + chunk, None].astype(np.float32)).to(dtype)
        states, state = model.rnn(part, state)
        wrong = (model.hidden_to_logits(states)[..., 0] > 0).numpy() != truth[:, start:start + chunk]
        if wrong.any():
            return np.where(wrong.any(axis=1), start + 1 + wrong.argmax(axis=1), 0)
    return np.zeros(len(bits), dtype=int)


def _refuting(model: ParityRNN, candidates: list[np.ndarray]) -> np.ndarray | None:
    """The shortest beginning of a candidate on which the net, run on it alone, is wrong at the last bit."""
    found = []
    for bits in candidates:
        step = int(first_error(model, bits[None])[0])
        if step:
            found.append(bits[:step])
    return min(found, key=len, default=None)


def _hardest(cell: NumpyCell, width: int, steps: int) -> np.ndarray | None:
    """A string found by always keeping the ``width`` states that are nearest to a wrong answer (a beam search).

    Kept are as many for each of the eight ways in which the parity and the last
    two bits can stand, so that no kind of string is lost. None where all stay right.
    """
    states, odd, strings = np.zeros((1, cell.size)), np.array([False]), np.zeros((1, 0), dtype=np.uint8)
    for _ in range(steps):
        count = len(states)
        bits = np.repeat(np.array([0, 1], dtype=np.uint8), count)
        states = cell.state(np.tile(states, (2, 1)), bits)
        odd = np.tile(odd, 2) ^ (bits == 1)
        strings = np.column_stack([np.tile(strings, (2, 1)), bits])
        margin = (states[:, :cell.hidden] @ cell.W + cell.c) * np.where(odd, 1, -1)
        if margin.min() < 0:
            return strings[margin.argmin()]
        if 2 * count > width:
            kind = 4 * odd + 2 * strings[:, -1] + strings[:, -2]
            order = np.argsort(margin, kind="stable")
            kept = np.concatenate([order[kind[order] == k][:width // 8] for k in range(8)])
            states, odd, strings = states[kept], odd[kept], strings[kept]
    return None


def _periodic(steps: int) -> np.ndarray:
    """Strings ``[count, steps]`` that begin with up to three bits and then repeat up to five."""
    rows = {tuple((start + pattern * steps)[:steps])
            for first in range(4) for start in product((0, 1), repeat=first)
            for period in range(1, 6) for pattern in product((0, 1), repeat=period)}
    return np.array(sorted(rows), dtype=np.uint8)


def _wrong_string(model: ParityRNN, cell: NumpyCell) -> np.ndarray | None:
    """Search: the hardest strings, then periodic ones. The net itself confirms what it is shown."""
    hardest = [_hardest(cell, width, steps) for width, steps in ((64, 300), (1024, 300))]
    found = _refuting(model, [bits for bits in hardest if bits is not None])
    if found is not None:
        return found
    periodic = _periodic(2000)
    errors = first_error(model, periodic, chunk=100)
    return _refuting(model, [bits[:end] for bits, end in zip(periodic, errors) if end])


# ---------------------------------------------------------------- the verdict


@dataclass(frozen=True)
class Certificate:
    """What is known of a net on strings of every length.

    ``verdict`` is ``"certified"`` (right after every bit of every string; ``boxes``
    are the proof, for others to check), ``"refuted"`` (``string`` holds the bits of
    one on which the net is wrong at the last) or ``"undecided"``. ``why`` says in
    words what was found.
    """

    verdict: str
    why: str
    string: str | None = None
    boxes: Boxes | None = None


def certify(model: ParityRNN, *, effort: int = 30_000) -> Certificate:
    """Is the net right after every bit of every string, however long?

    First a search for a string on which it errs, each confirmed by the net
    itself in its own dtype. Then the proof: boxes of states that hold the start
    and into which every string leads back, few and large ones first, more and
    smaller ones where that fails, for at most ``effort`` sets of states. Raises ValueError where the
    net is no ParityRNN of one layer.

    The proof covers the rounding of the net (see the head of this module) on
    inputs of 0 and 1 and the start h = 0, run one string at a time or in batches.

    >>> from parity_lib.models import by_hand
    >>> certify(by_hand("tanh")).verdict
    'certified'
    >>> certify(by_hand("tanh", 1.0)).string
    '100000000'
    """
    require_int("effort", effort, least=1)
    cell = NumpyCell(model)
    require(cell.size <= MOST_NUMBERS, "model.hidden_size", model.hidden_size, f"small: {MOST_NUMBERS} numbers a state")
    if _whole_numbers(cell):
        return Certificate("certified", "its states are whole numbers, finitely many, and right in each")
    wrong = _wrong_string(model, cell)
    if wrong is not None:
        return Certificate("refuted", f"wrong after the last of these {len(wrong)} bits", "".join(map(str, wrong)))
    return _proof(cell, effort)


def _proof(cell: NumpyCell, effort: int) -> Certificate:
    states, odd, bits = _visited(cell)
    points = states.reshape(-1, cell.size)
    spread = _spread(points)
    end, boxes = _covered(cell, _first_groups(points, odd.ravel(), bits.ravel(), spread), spread, effort)
    if end == "closed":
        return Certificate("certified", f"every string leads from {len(boxes)} boxes back into them", None, boxes)
    why = "there was too much to follow" if end == "effort" else "the sets of states reach the threshold"
    return Certificate("undecided", f"no wrong string found, and no proof: {why}")
