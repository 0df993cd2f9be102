"""Functions that decide whether a network is correct on strings of every length.

Chapter: *What did it learn?* A verdict is proved by boxes of states or by a string on which the network errs.
:func:`certify` searches for a string on which the network errs. If there seems to be none, it searches for boxes of
states to which every string returns.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
import torch

from parity_lib.data import running_parity
from parity_lib.errors import require, require_int
from parity_lib.models import ParityRNN
from parity_lib.training import single_thread
from parity_study.boxes import MOST_NUMBERS, Boxes, search_proof
from parity_study.extraction import NumpyNetwork


def periodic_strings(steps: int) -> np.ndarray:
    """Return all bit strings that consist of a short prefix followed by a short repeated pattern.

    The prefix has up to three bits, and the pattern up to five. The strings are ``[count, steps]``.
    """
    rows = {tuple((start + pattern * steps)[:steps])
            for first in range(4) for start in product((0, 1), repeat=first)
            for period in range(1, 6) for pattern in product((0, 1), repeat=period)}
    return np.array(sorted(rows), dtype=np.uint8)


@torch.no_grad()
def first_error(model: ParityRNN, bits: np.ndarray, chunk: int = 1000) -> np.ndarray:
    """Return, for each string, the first time step at which a network errs.

    Time steps are counted from 1, and 0 means that the network never errs. ``bits`` is ``[strings, steps]``. The
    strings are processed in chunks of ``chunk`` time steps, and the function returns after the first chunk with an
    error: it then returns 0 for strings without an error so far.

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


@dataclass(frozen=True)
class Certificate:
    """A verdict on a network's correctness for strings of every length.

    ``verdict`` is ``"certified"`` (correct after every bit of every string, as ``boxes`` prove), ``"refuted"`` (wrong
    after the last bit of ``string``) or ``"undecided"``. ``blocked`` says why we have no proof for an undecided
    network: ``"effort"`` if the search took too long, and ``"threshold"`` if sets of states reach the threshold between
    the answers even from the smallest boxes.
    """

    verdict: str
    string: str | None = None
    boxes: Boxes | None = None
    blocked: str | None = None


@single_thread()
def certify(model: ParityRNN, *, effort: int = 30_000) -> Certificate:
    """Try to decide whether a network is correct on strings of every length.

    A correct network answers correctly after every bit. First we search for a string on which the network errs, which
    the network itself confirms in its own dtype. Then we search for a proof, which consists of boxes of states: one of
    them contains the initial state, and every string leads from each box back into the boxes. The search for boxes ends
    after ``effort`` sets of states. The proof covers the network's rounding (see :mod:`~parity_study.zonotopes`) on
    inputs 0 and 1 from the state 0, for single strings and for batches. Raises ValueError unless the network is a small
    ParityRNN of one layer.

    >>> from parity_lib.models import by_hand
    >>> certify(by_hand("tanh")).verdict
    'certified'
    >>> certify(by_hand("tanh", 1.0)).string
    '100000000'
    """
    require_int("effort", effort, least=1)
    network = NumpyNetwork(model)
    require(network.size <= MOST_NUMBERS, "model.hidden_size", model.hidden_size,
            f"so small that a state has at most {MOST_NUMBERS} numbers")
    for candidates in _candidate_strings(model, network):
        wrong = _find_shortest_error(model, candidates)
        if wrong is not None:
            return Certificate("refuted", "".join(map(str, wrong)))
    end, boxes = search_proof(network, effort)
    return Certificate("undecided", blocked=end) if boxes is None else Certificate("certified", boxes=boxes)


def _candidate_strings(model: ParityRNN, network: NumpyNetwork) -> Iterator[list[np.ndarray]]:
    """Yield lists of strings on which the network may err, running the quickest searches first."""
    yield _beam_search(network, 64, 300) + _beam_search(network, 1024, 300)
    periodic = periodic_strings(2000)
    yield [bits[:step] for bits, step in zip(periodic, first_error(model, periodic, chunk=100)) if step]
    yield _beam_search(network, 8192, 150, last=5)


def _find_shortest_error(model: ParityRNN, candidates: list[np.ndarray]) -> np.ndarray | None:
    """Return the shortest prefix of any candidate string on which the network errs, or None if there is none."""
    steps = [int(first_error(model, bits[None])[0]) for bits in candidates]
    return min((bits[:step] for bits, step in zip(candidates, steps) if step), key=len, default=None)


def _beam_search(network: NumpyNetwork, width: int, steps: int, last: int = 2) -> list[np.ndarray]:
    """Run a beam search for a string on which the network errs.

    Returns a list with a string of at most ``steps`` bits, or an empty list. The search keeps the ``width`` states
    whose logits are closest to a wrong answer, equally many for each combination of the parity and the ``last`` bits,
    so that strings of every kind survive.
    """
    states, odd, strings = np.zeros((1, network.size)), np.array([False]), np.zeros((1, 0), dtype=np.uint8)
    for _ in range(steps):
        count = len(states)
        bits = np.repeat(np.array([0, 1], dtype=np.uint8), count)
        states = network.next_states(np.tile(states, (2, 1)), bits)
        odd = np.tile(odd, 2) ^ (bits == 1)
        strings = np.column_stack([np.tile(strings, (2, 1)), bits])
        margin = network.logits(states) * np.where(odd, 1, -1)
        if margin.min() < 0:
            return [strings[margin.argmin()]]
        if 2 * count > width:
            kinds, kind = 2**(last + 1), odd.astype(int)
            for place in range(1, last + 1):
                kind = 2 * kind + strings[:, -place]
            order = np.argsort(margin, kind="stable")
            kept = np.concatenate([order[kind[order] == k][:width // kinds] for k in range(kinds)])
            states, odd, strings = states[kept], odd[kept], strings[kept]
    return []
