"""A verdict on a network for strings of every length: a proof that it is right, or a string on which it errs.

Chapter: *What did it learn?* :func:`certify` decides, where it can, whether a net
is right for ever: it searches for a string on which the net errs, and where there
is none it looks for finitely many boxes of states that the net never leaves.
:func:`parity_intervals` is the same for the net by hand, whose state is one number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from parity_lib.boxes import MOST_NUMBERS, Boxes, periodic, proof
from parity_lib.data import running_parity
from parity_lib.errors import require, require_int
from parity_lib.machine import NumpyCell
from parity_lib.models import ParityRNN

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


def _hardest(cell: NumpyCell, width: int, steps: int, last: int = 2) -> np.ndarray | None:
    """A string found by always keeping the ``width`` states that are nearest to a wrong answer (a beam search).

    Kept are as many for each of the ways in which the parity and the ``last`` bits
    can stand, so that no kind of string is lost. None where all stay right.
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
            kinds, kind = 2**(last + 1), odd.astype(int)
            for place in range(1, last + 1):
                kind = 2 * kind + strings[:, -place]
            order = np.argsort(margin, kind="stable")
            kept = np.concatenate([order[kind[order] == k][:width // kinds] for k in range(kinds)])
            states, odd, strings = states[kept], odd[kept], strings[kept]
    return None


def _wrong_string(model: ParityRNN, cell: NumpyCell) -> np.ndarray | None:
    """Search: the hardest strings, then periodic ones, then hard ones of more kinds. The net itself confirms each."""
    hardest = [_hardest(cell, width, steps) for width, steps in ((64, 300), (1024, 300))]
    found = _refuting(model, [bits for bits in hardest if bits is not None])
    if found is not None:
        return found
    candidates = periodic(2000)
    errors = first_error(model, candidates, chunk=100)
    if errors.any():
        return _refuting(model, [bits[:end] for bits, end in zip(candidates, errors) if end])
    hard = _hardest(cell, 8192, 150, last=5)
    return None if hard is None else _refuting(model, [hard])


# ---------------------------------------------------------------- the verdict


@dataclass(frozen=True)
class Certificate:
    """What is known of a net on strings of every length.

    ``verdict`` is ``"certified"`` (right after every bit of every string; ``boxes``
    are the proof, for others to check), ``"refuted"`` (``string`` holds the bits of
    one on which the net is wrong at the last) or ``"undecided"``. ``why`` says in
    words what was found, and ``blocked`` why an undecided net has no proof: ``"effort"``,
    there was too much to follow, or ``"threshold"``, sets that cannot be made smaller reach it.
    """

    verdict: str
    why: str
    string: str | None = None
    boxes: Boxes | None = None
    blocked: str | None = None


def certify(model: ParityRNN, *, effort: int = 30_000) -> Certificate:
    """Is the net right after every bit of every string, however long?

    First a search for a string on which it errs, each confirmed by the net
    itself in its own dtype. Then the proof: boxes of states that hold the start
    and into which every string leads back, few and large ones first, more and
    smaller ones where that fails, each time for at most ``effort`` sets of states.
    Raises ValueError where the net is no ParityRNN of one layer.

    The proof covers the rounding of the net (see :mod:`~parity_lib.zonotopes`) on
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
    end, boxes = proof(cell, effort)
    if boxes is not None:
        return Certificate("certified", f"every string leads from {len(boxes)} boxes back into them", None, boxes)
    why = "there was too much to follow" if end == "effort" else "the sets of states reach the threshold"
    return Certificate("undecided", f"no wrong string found, and no proof: {why}", blocked=end)
