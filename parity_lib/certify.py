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


class _Boxes:
    """A growing list of boxes of states, those of even and those of odd apart."""

    def __init__(self, size: int) -> None:
        self.low, self.high = ([np.zeros((0, size))] * 2 for _ in "lh")

    def __len__(self) -> int:
        return sum(map(len, self.low))

    def add(self, low: np.ndarray, high: np.ndarray, odd: int) -> None:
        self.low[odd] = np.vstack([self.low[odd], low])
        self.high[odd] = np.vstack([self.high[odd], high])

    def hold(self, sets: Zonotopes, odd: np.ndarray) -> np.ndarray:
        """Which sets lie inside a single box of their own parity, ``[sets]``."""
        radius, held = sets.radius, np.zeros(len(sets), dtype=bool)
        for parity in (0, 1):
            for rows in np.array_split(np.flatnonzero(odd == parity), len(sets) // 64 + 1):
                low, high = (sets.centre - radius)[rows, None], (sets.centre + radius)[rows, None]
                held[rows] = ((low >= self.low[parity]) & (high <= self.high[parity])).all(axis=2).any(axis=1)
        return held


SPREADS = (0.03, 0.02, 0.01, 0.006, 0.003, 0.002, 0.001, 0.0006, 0.0003)  # what a box adds to a set, coarse to fine
DEPTH = 12  # time steps after which a set that has not come to rest gets a box of its own
AT_ONCE = 32  # boxes whose images are computed together
MOST_NUMBERS = 128  # in a state: NumpyCell.rounding allows for the sums that come with it


def _covered(cell: NumpyCell, spread: float, effort: int) -> tuple[int, str | None]:
    """Try to find boxes that hold the start and that no string leaves for good, all answers on the way right.

    From each box all strings are followed. Where a set lies inside a box, its
    string ends; where it is narrower than ``spread``, or after ``DEPTH`` steps, it
    gets a box of its own, wider by ``spread`` all around, which is followed in
    turn. When nothing is left to follow, each box leads back into the boxes, so
    every string does. A box's ends are rounded too, by far less than what
    ``image`` adds to all that starts in it. Returns the number of boxes and ``"closed"``, ``"effort"``
    (more than ``effort`` sets) or the string that leads to a set whose answers are
    not all proved right.
    """
    boxes, start = _Boxes(cell.size), np.zeros((1, cell.size))
    boxes.add(start, start, 0)
    waiting, followed = [(Zonotopes.boxes(start, start), np.array([False]), np.array([""], dtype=object))], 0
    while waiting:
        sets, odd, strings = waiting.pop()
        for age in range(1, DEPTH + 1):
            followed += 2 * len(sets)
            sets = Zonotopes.joined([image(cell, sets, bit) for bit in (0, 1)])
            odd, strings = np.concatenate([odd, ~odd]), np.concatenate([strings + "0", strings + "1"])
            proved = right_in(cell, sets, odd)
            if not proved.all():
                return len(boxes), strings[np.argmin(proved)]
            if followed > effort:
                return len(boxes), "effort"
            left = ~boxes.hold(sets, odd)
            sets, odd, strings = sets[left], odd[left], strings[left]
            rests = (sets.radius <= spread).all(axis=1) | (age == DEPTH)
            waiting += _new_boxes(boxes, sets[rests], odd[rests], strings[rests], spread)
            sets, odd, strings = sets[~rests], odd[~rests], strings[~rests]
            if not len(sets):
                break
    return len(boxes), "closed"


def _new_boxes(boxes: _Boxes, sets: Zonotopes, odd: np.ndarray, strings: np.ndarray, spread: float) -> list[tuple]:
    """Add a box for each set that none of those before it holds; return what is to be followed from them."""
    narrow, wide = sets.radius, sets.radius + spread
    added: list[int] = []
    for row in range(len(sets)):
        inside = (np.abs(sets.centre[row] - sets.centre[added]) + narrow[row] <= wide[added]).all(axis=1)
        if not (inside & (odd[added] == odd[row])).any():
            added.append(row)
    centre, wide, odd, strings = sets.centre[added], wide[added], odd[added], strings[added]
    for parity in (0, 1):
        boxes.add((centre - wide)[odd == parity], (centre + wide)[odd == parity], parity)
    followed = Zonotopes.boxes(centre, wide)
    return [(followed[k:k + AT_ONCE], odd[k:k + AT_ONCE], strings[k:k + AT_ONCE])
            for k in range(0, len(added), AT_ONCE)]


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

    ``verdict`` is ``"certified"`` (right after every bit of every string),
    ``"refuted"`` (``string`` holds the bits of one on which the net is wrong at the
    last) or ``"undecided"``. ``boxes`` is how many boxes of states the proof has,
    or had when it was given up; ``spread`` how much they were widened; ``why`` says
    in words what was found.
    """

    verdict: str
    why: str
    string: str | None = None
    boxes: int = 0
    spread: float | None = None


def certify(model: ParityRNN, *, effort: int = 30_000) -> Certificate:
    """Is the net right after every bit of every string, however long?

    First a search for a string on which it errs, each confirmed by the net
    itself in its own dtype. Then the proof: boxes of states that hold the start
    and into which every string leads back, tried with finer and finer boxes,
    each time for at most ``effort`` sets. A string that leads to a set where the
    proof fails is given to the net too. Raises ValueError where the net is no
    ParityRNN of one layer.

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
        return _refuted(wrong)
    for spread in SPREADS:
        boxes, end = _covered(cell, spread, effort)
        if end == "closed":
            return Certificate("certified", f"every string leads from {boxes} boxes back into them", None,
                               boxes, spread)
        if end == "effort":
            break
        wrong = _refuting(model, [np.array(list(end), dtype=np.uint8)])
        if wrong is not None:
            return _refuted(wrong)
    why = "the boxes were too many" if end == "effort" else "the sets of states reach the threshold"
    return Certificate("undecided", f"no wrong string found, and no proof: {why}", None, boxes, spread)


def _refuted(bits: np.ndarray) -> Certificate:
    return Certificate("refuted", f"wrong after the last of these {len(bits)} bits", "".join(map(str, bits)))
