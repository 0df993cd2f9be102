"""The check of ``lstm_step``."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import torch
from torch import nn

from parity_checks import assertions
from parity_checks.plain_data import kind_of
from parity_checks.reporting import check

READY_STEP = ("torch.nn:LSTM", "torch.nn:LSTMCell", "torch:lstm_cell", "torch:lstm", "parity_lib:ParityRNN")
GATES = "gates#the-lstm-gate-by-gate"
BLOCKS = {"i": "input gate", "f": "forget gate", "g": "candidate", "o": "output gate"}     # in PyTorch's order
SLIPS = dict.fromkeys(("could not be broadcast", "matmul", "not aligned"), "With the batch first, `U x` is `x @ U.T`, "
                      "[batch, 1] @ [1, 4H], and `V h` is `h @ V.T`.") | {
    **dict.fromkeys(("unpack", "array split"), "np.split(a, 4, axis=1) gives four blocks, each [batch, H]."),
    "KeyError": "`weights` has the keys weight_ih, weight_hh, bias_ih and bias_hh."}
Pair = tuple[np.ndarray, np.ndarray]


@check("lstm_step: h and c of nn.LSTMCell on the same weights")
def lstm_step(seed: int = 0) -> None:
    """Check ``lstm_step(x, h, c, weights)``, which returns ``(h, c)``; all four states are ``[batch, H]``."""
    rng = np.random.default_rng(seed)
    for batch, hidden in ((5, 3), (1, 2), (4, 4)):
        weights = {"weight_ih": rng.normal(size=(4 * hidden, 1)), "weight_hh": rng.normal(size=(4 * hidden, hidden)),
                   "bias_ih": rng.normal(size=4 * hidden), "bias_hh": rng.normal(size=4 * hidden)}
        x = rng.integers(2, size=(batch, 1)).astype(float)
        h, c = rng.normal(size=(batch, hidden)), 2 * rng.normal(size=(batch, hidden))
        what = f"lstm_step with a batch of {batch} and {hidden} hidden units"
        result = assertions.ask("lstm_step", what, x, h, c, weights, forbid=READY_STEP, see=GATES, slips=SLIPS)
        got_h, got_c = got = _pair(result, what, (batch, hidden))
        right_h, right_c = right = _lstm_cell(x, h, c, weights)
        hint = _hint(got, right, x, h, c, weights)
        assertions.close(got_c, right_c, f"{what}: c, the second of the pair", hint, GATES)     # h is computed from c
        assertions.close(got_h, right_h, f"{what}: h, the first of the pair", hint, GATES)


def _pair(result: Any, what: str, shape: tuple[int, int]) -> list[np.ndarray]:
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        got, hint = kind_of(result), "Return the new h and the new c, because the next time step needs both."
        if isinstance(result, (tuple, list)):
            got, hint = f"{len(result)} of them", "nn.LSTM returns (output, (h, c)). Here it is the pair (h, c) alone."
        assertions.fail(what, "a pair (h, c)", got, hint, GATES)
    return [assertions.array(value, f"{what}: {name}", shape, see=GATES).astype(float)
            for name, value in zip("hc", result, strict=True)]


def _lstm_cell(x: np.ndarray, h: np.ndarray, c: np.ndarray, weights: dict[str, np.ndarray]) -> Pair:
    """Return the pair of nn.LSTMCell."""
    cell = nn.LSTMCell(1, h.shape[1], dtype=torch.float64)
    cell.load_state_dict({name: torch.from_numpy(value) for name, value in weights.items()})
    with torch.no_grad():
        new_h, new_c = cell(torch.from_numpy(x), (torch.from_numpy(h), torch.from_numpy(c)))
    return new_h.numpy(), new_c.numpy()


def _sigmoid(a: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-a))


def _states(blocks: list[np.ndarray], c: np.ndarray, order: str = "ifgo") -> Pair:
    """Return h and c if the four blocks of pre-activations ``[batch, H]`` are read in this order."""
    gate = dict(zip(order, blocks, strict=True))
    new = _sigmoid(gate["f"]) * c + _sigmoid(gate["i"]) * np.tanh(gate["g"])
    return _sigmoid(gate["o"]) * np.tanh(new), new


def _hint(got: Pair, right: Pair, x: np.ndarray, h: np.ndarray, c: np.ndarray, weights: dict[str, np.ndarray]) -> str:
    """Return words for the mistake that gives this pair, or else this c or this h."""
    def without(*names: str) -> Pair:
        return _lstm_cell(x, h, c, weights | {name: 0 * weights[name] for name in names})

    a = sum((x @ weights["weight_ih"].T, h @ weights["weight_hh"].T, weights["bias_ih"], weights["bias_hh"]))
    blocks = np.split(a, 4, axis=1)
    (i, f, o), g = (_sigmoid(blocks[number]) for number in (0, 1, 3)), np.tanh(blocks[2])
    new_h, new_c = right
    shut = (1 - f) * c + (1 - i) * g
    pairs = [
        ((new_c, new_h), "The pair is in the other order: return h first, then c."),
        *((_states(blocks, c, order), _order_hint(order)) for order in map("".join, itertools.permutations("ifgo"))
          if order != "ifgo"),
        (without("bias_hh"), "Only bias_ih takes part; PyTorch adds bias_hh, too."),
        (without("bias_ih"), "Only bias_hh takes part; PyTorch adds bias_ih, too."),
        (without("bias_ih", "bias_hh"), "No bias takes part; PyTorch adds bias_ih and bias_hh."),
        (without("weight_hh"), "The old state h does not take part."),
        (((1 - o) * np.tanh(shut), shut), "Each gate is open where it should be shut: the sigmoid of a is "
         "1 / (1 + e^-a), with a minus."),
        (_states([a[:, number::4] for number in range(4)], c), "You read the rows in fours. Each gate has H rows in "
         "one block."),
    ]
    new_cells = [
        (f * c + i * _sigmoid(blocks[2]), "The candidate g goes through a sigmoid, but g is the one that gets tanh."),
        (f * (c + i * g), "The forget gate scales the new c, too. It scales the old c alone."),
        (i * g, "The old c does not take part. The forget gate keeps a share of it."),
        (c + i * g, "The forget gate is missing: c + i * g keeps all of the old c."),
        (f * c + g, "The input gate is missing. It scales the candidate g."),
        ((1 - i) * c + i * g, "You use (1 - i) where the forget gate f belongs. That is how a GRU does it."),
        (f * c + (1 - f) * g, "You use (1 - f) where the input gate i belongs. That is how a GRU does it."),
        (np.tanh(new_c), "You return tanh(c) as the new c. The tanh belongs into h only."),
    ]
    new_states = [
        (o * new_c, "The tanh on c is missing in h: it is o * tanh(c)."),
        (np.tanh(new_c), "The output gate o is missing in h: it is o * tanh(c)."),
        (np.tanh(o * new_c), "You take the tanh of the product. It belongs on c alone: o * tanh(c)."),
        (o * np.tanh(c), "You compute h from the old c. It is o * tanh(c) with the new one."),
    ]
    words = assertions.likely(np.stack(got), [(np.stack(pair), words) for pair, words in pairs])
    words = words or assertions.likely(got[1], new_cells)
    if not words and assertions.same(got[1], new_c):
        words = assertions.likely(got[0], new_states) or "c is right and h is not: h = o * tanh(c), with the new c."
    return words or ("The check cannot tell which gate is wrong. Set all weights and biases to 0: i, f and o are then "
                     "1/2, and g is 0.")


def _order_hint(order: str) -> str:
    """Return words for blocks that are read in this order."""
    swapped = [name for name, right in zip(order, BLOCKS, strict=True) if name != right]
    if len(swapped) == 2:
        return f"The {BLOCKS[swapped[0]]} and the {BLOCKS[swapped[1]]} are swapped: the blocks are {', '.join(BLOCKS)}."
    return f"You read the gates in the order {', '.join(order)}; PyTorch's blocks are {', '.join(BLOCKS)}."
