"""Checks for the student's ``lstm_step`` function."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import torch
from torch import nn

from parity_checks.assertions import Mistakes, Query, agree, likely_cause
from parity_checks.plain_data import kind_of
from parity_checks.reporting import check

READY_STEP = ("torch.nn:LSTM", "torch.nn:LSTMCell", "torch:lstm_cell", "torch:lstm", "parity_lib:ParityRNN")
GATES = "gates#the-lstm-gate-by-gate"
BLOCKS = {"i": "input gate", "f": "forget gate", "g": "candidate", "o": "output gate"}     # in PyTorch's order
ERROR_CAUSES = dict.fromkeys(("could not be broadcast", "matmul", "not aligned"), "With the batch first, `U x` is "
                             "`x @ U.T`, [batch, 1] @ [1, 4H], and `V h` is `h @ V.T`.") | {
    **dict.fromkeys(("unpack", "array split"), "np.split(a, 4, axis=1) gives four blocks, each [batch, H]."),
    "KeyError": "`weights` has the keys weight_ih, weight_hh, bias_ih and bias_hh."}
Weights = dict[str, np.ndarray]


@check("lstm_step: h and c of nn.LSTMCell on the same weights")
def lstm_step(seed: int = 0) -> None:
    """Check that the student's ``lstm_step`` function computes the same states as ``nn.LSTMCell``.

    ``lstm_step(x, h, c, weights)`` returns ``(h, c)``. The old and the new states are all ``[batch, H]``.
    """
    rng = np.random.default_rng(seed)
    for batch, hidden in ((5, 3), (1, 2), (4, 4)):
        weights = {"weight_ih": rng.normal(size=(4 * hidden, 1)), "weight_hh": rng.normal(size=(4 * hidden, hidden)),
                   "bias_ih": rng.normal(size=4 * hidden), "bias_hh": rng.normal(size=4 * hidden)}
        x = rng.integers(2, size=(batch, 1)).astype(float)
        h, c = rng.normal(size=(batch, hidden)), 2 * rng.normal(size=(batch, hidden))
        query = Query(f"lstm_step with a batch of {batch} and {hidden} hidden units", GATES)
        result = query.call("lstm_step", x, h, c, weights, forbid=READY_STEP, causes=ERROR_CAUSES)
        got, expected = _as_pair(query, result, (batch, hidden)), _lstm_cell(x, h, c, weights)
        hint = "" if agree(got, expected) else _hint(got, expected, x, h, c, weights)
        for name, k in (("c, the second of the pair", 1), ("h, the first of the pair", 0)):   # h is computed from c
            query.part(name).require_close(got[k], expected[k], hint)


def _as_pair(query: Query, result: Any, shape: tuple[int, int]) -> np.ndarray:
    """Convert the student's LSTM state ``(h, c)`` to a single array.

    The array has the shape ``[2, batch, H]``. Raises CheckFailed unless the result is a pair of states.
    """
    if not isinstance(result, (tuple, list)):
        query.fail("a pair (h, c)", kind_of(result), "Return the new h and the new c, because the next time step needs "
                   "both.")
    if len(result) != 2:
        query.fail("a pair (h, c)", f"{len(result)} values", "nn.LSTM returns (output, (h, c)). Here, return the pair "
                   "(h, c) alone.")
    return np.array(query.as_arrays(result, {"h": shape, "c": shape}))


def _lstm_cell(x: np.ndarray, h: np.ndarray, c: np.ndarray, weights: Weights) -> np.ndarray:
    """Compute the next LSTM state with ``nn.LSTMCell``.

    The state is an array ``[2, batch, H]`` with h and c.
    """
    cell = nn.LSTMCell(1, h.shape[1], dtype=torch.float64)
    cell.load_state_dict({name: torch.from_numpy(value) for name, value in weights.items()})
    with torch.no_grad():
        return torch.stack(cell(torch.from_numpy(x), (torch.from_numpy(h), torch.from_numpy(c)))).numpy()


def _sigmoid(a: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-a))


def _next_pair(blocks: list[np.ndarray], c: np.ndarray, order: str = "ifgo") -> np.ndarray:
    """Compute the next LSTM state from four blocks of pre-activations.

    Each block is ``[batch, H]``, and ``order`` names the gates to which the blocks belong. The result is ``[2, batch,
    H]``.
    """
    gates = dict(zip(order, blocks, strict=True))
    new_c = _sigmoid(gates["f"]) * c + _sigmoid(gates["i"]) * np.tanh(gates["g"])
    return np.stack([_sigmoid(gates["o"]) * np.tanh(new_c), new_c])


def _hint(got: np.ndarray, expected: np.ndarray, x: np.ndarray, h: np.ndarray, c: np.ndarray, weights: Weights) -> str:
    """Return a hint about the likely mistake in the student's ``lstm_step`` function.

    The hint names the mistake that leads to both h and c, or else to one of them.
    """
    a = x @ weights["weight_ih"].T + h @ weights["weight_hh"].T + weights["bias_ih"] + weights["bias_hh"]
    if hint := likely_cause(got, _pair_mistakes(a, expected, x, h, c, weights)):
        return hint
    blocks, new_c = np.split(a, 4, axis=1), expected[1]
    (i, f, o), g = (_sigmoid(blocks[k]) for k in (0, 1, 3)), np.tanh(blocks[2])
    if agree(got[1], new_c):
        return likely_cause(got[0], [
            (o * new_c, "The tanh on c is missing in h: it is o * tanh(c)."),
            (np.tanh(new_c), "The output gate o is missing in h: it is o * tanh(c)."),
            (np.tanh(o * new_c), "You take the tanh of the product. It belongs on c alone: o * tanh(c)."),
            (o * np.tanh(c), "You compute h from the old c. It is o * tanh(c) with the new one."),
        ]) or "c is correct and h is not: h = o * tanh(c), with the new c."
    return likely_cause(got[1], [
        (f * c + i * _sigmoid(blocks[2]), "The candidate g goes through a sigmoid; it should go through tanh."),
        (f * (c + i * g), "The forget gate scales the new c, too. It scales the old c alone."),
        (i * g, "The old c does not take part. The forget gate keeps a share of it."),
        (c + i * g, "The forget gate is missing: c + i * g keeps all of the old c."),
        (f * c + g, "The input gate is missing. It scales the candidate g."),
        ((1 - i) * c + i * g, "You use (1 - i) where the forget gate f belongs. That is how a GRU does it."),
        (f * c + (1 - f) * g, "You use (1 - f) where the input gate i belongs. That is how a GRU does it."),
        (np.tanh(new_c), "You return tanh(c) as the new c. The tanh belongs into h only."),
    ]) or "This is not one of the usual mistakes. With all weights and biases 0, i, f and o are 1/2, and g is 0."


def _pair_mistakes(a: np.ndarray, expected: np.ndarray, x: np.ndarray, h: np.ndarray, c: np.ndarray,
                   weights: Weights) -> Mistakes:
    """Yield the LSTM states that result from common mistakes.

    Each state is an array ``[2, batch, H]`` and comes with the description of the mistake. ``a`` contains the
    pre-activations ``[batch, 4H]``.
    """
    blocks = np.split(a, 4, axis=1)
    yield expected[::-1], "The pair is in the other order: return h first, then c."
    for order in itertools.permutations("ifgo"):
        swapped = [BLOCKS[name] for name, correct in zip(order, BLOCKS, strict=True) if name != correct]
        words = f"You read the gates in the order {', '.join(order)}; PyTorch's blocks are {', '.join(BLOCKS)}."
        if len(swapped) == 2:
            words = f"The {swapped[0]} and the {swapped[1]} are swapped: the blocks are {', '.join(BLOCKS)}."
        if swapped:
            yield _next_pair(blocks, c, "".join(order)), words
    for missing, words in ((("bias_hh",), "Only bias_ih takes part; PyTorch adds bias_hh, too."),
                           (("bias_ih",), "Only bias_hh takes part; PyTorch adds bias_ih, too."),
                           (("bias_ih", "bias_hh"), "No bias takes part; PyTorch adds bias_ih and bias_hh."),
                           (("weight_hh",), "The old state h does not take part.")):
        yield _lstm_cell(x, h, c, weights | {name: 0 * weights[name] for name in missing}), words
    i, f, g, o = blocks
    yield (_next_pair([-i, -f, g, -o], c),
           "Each gate is open where it should be shut: the sigmoid of a is 1 / (1 + e^-a), with a minus.")
    yield (_next_pair([a[:, k::4] for k in range(4)], c),
           "You read the rows in fours. Each gate has H rows in one block.")
