"""Check of ``lstm_step``: h and c of ``nn.LSTMCell``."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import torch
from torch import nn

from parity_lib import models
from parity_lib.cells import CELLS
from parity_lib.checks import expect
from parity_lib.checks.constants import constant, is_published
from parity_lib.checks.plain import kind_of
from parity_lib.checks.reporting import check

READY_STEP = (nn.LSTM, nn.LSTMCell, torch.lstm_cell, torch.lstm, models.ParityRNN)
GATES = "gates#the-lstm-gate-by-gate"
ORDER = "ifgo"      # PyTorch's
PRODUCT_SLIPS = dict.fromkeys(("could not be broadcast", "matmul", "not aligned"), "with the batch first, `U x` is "
                              "`x @ U.T`, [batch, 1] @ [1, 4H], and `V h` is `h @ V.T`") | {
    **dict.fromkeys(("unpack", "array split"), "np.split(a, 4, axis=1) gives four blocks, each [batch, H]"),
    "KeyError": "`weights` has the keys weight_ih, weight_hh, bias_ih and bias_hh"}


@check("lstm_step: h and c of nn.LSTMCell on the same weights")
def lstm_step(seed: int = 0) -> None:
    """``lstm_step(x, h, c, weights)``: ``[batch, 1]`` and twice ``[batch, H]`` -> ``(h, c)``, each ``[batch, H]``."""
    rng = np.random.default_rng(seed)
    for batch, hidden in ((5, 3), (1, 2), (4, 4)):
        weights = {"weight_ih": rng.normal(size=(4 * hidden, 1)), "weight_hh": rng.normal(size=(4 * hidden, hidden)),
                   "bias_ih": rng.normal(size=4 * hidden), "bias_hh": rng.normal(size=4 * hidden)}
        x = rng.integers(2, size=(batch, 1)).astype(float)
        h, c = rng.normal(size=(batch, hidden)), 2 * rng.normal(size=(batch, hidden))
        what = f"lstm_step with a batch of {batch} and {hidden} hidden units"
        got_h, got_c = _pair(expect.ask("lstm_step", what, x, h, c, weights, forbid=READY_STEP, see=GATES,
                                        slips=PRODUCT_SLIPS), what, (batch, hidden))
        right_h, right_c = _lstm(x, h, c, weights)
        hint = _step_hint(got_h, got_c, x, h, c, weights)
        # c first: h is computed from it.
        expect.close(got_c, right_c, f"{what}: c, the second of the pair", hint, GATES)
        expect.close(got_h, right_h, f"{what}: h, the first of the pair", hint, GATES)


def _pair(result: Any, what: str, shape: tuple[int, int]) -> list[np.ndarray]:
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        given, hint = kind_of(result), "only one state came back; the next step needs both"
        if isinstance(result, (tuple, list)):
            given, hint = f"{len(result)} of them", "nn.LSTM gives (output, (h, c)); here it is the pair alone"
        elif result is None:
            hint = ""
        expect.fail(what, "a pair (h, c)", given, hint, GATES)
    return [expect.array(value, f"{what}: {name}", shape, see=GATES).astype(float)
            for name, value in zip("hc", result, strict=True)]


def _sigmoid(a: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-a))


def _blocks(x, h, weights, biases=("bias_ih", "bias_hh")) -> list[np.ndarray]:
    """The four blocks that go into the activations, each ``[batch, H]``."""
    a = x @ weights["weight_ih"].T + h @ weights["weight_hh"].T + sum(weights[name] for name in biases)
    return np.split(a, 4, axis=1)


def _order() -> str:
    """In which order the task's weights have the blocks of the gates."""
    return constant("lstm_comparison", "blocks")


def _states(blocks: list[np.ndarray], c: np.ndarray, order: str | None = None) -> tuple[np.ndarray, np.ndarray]:
    gate = dict(zip(order or _order(), blocks, strict=True))
    new = _sigmoid(gate["f"]) * c + _sigmoid(gate["i"]) * np.tanh(gate["g"])
    return _sigmoid(gate["o"]) * np.tanh(new), new


def _lstm(x, h, c, weights) -> tuple[np.ndarray, np.ndarray]:
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    own = [np.concatenate([np.split(weights[name], 4)[_order().index(gate)] for gate in ORDER]) for name in names]
    state = CELLS["lstm"].next_state(x, np.concatenate([h, c], axis=1), *own)
    right_h, right_c = np.split(state, 2, axis=1)
    return right_h, right_c


def _step_hint(got_h, got_c, x, h, c, weights) -> str:
    blocks = _blocks(x, h, weights)
    right_h, right_c = _lstm(x, h, c, weights)
    gate = dict(zip(_order(), blocks, strict=True))
    i, f, o = (_sigmoid(gate[name]) for name in "ifo")
    g = np.tanh(gate["g"])
    both = np.stack([got_h, got_c])
    pairs = [
        ((right_c, right_h), "the pair is in the other order: return h first, then c"),
        *((_states(blocks, c, "".join(order)), _order_hint(order)) for order in itertools.permutations(ORDER)
          if order != tuple(_order())),
        (_states(_blocks(x, h, weights, ("bias_ih",)), c), "only bias_ih takes part; PyTorch adds bias_hh too"),
        (_states(_blocks(x, h, weights, ("bias_hh",)), c), "only bias_hh takes part; PyTorch adds bias_ih too"),
        (_states(_blocks(x, h, weights, ()), c), "no bias takes part; PyTorch adds bias_ih and bias_hh"),
        (((1 - o) * np.tanh((1 - f) * c + (1 - i) * g), (1 - f) * c + (1 - i) * g),
         "each gate is open where it should be shut: the sigmoid of a is 1 / (1 + e^-a), with a minus"),
        (_lstm(x, 0 * h, c, weights), "the old state h does not take part"),
        (_lstm(x, h, c, weights | {"weight_hh": np.concatenate([V.T for V in np.split(weights["weight_hh"], 4)])}),
         "each gate's block of weight_hh is transposed: row i of it makes unit i"),
        (_states([np.concatenate(blocks, axis=1).reshape(4, *h.shape)[k] for k in range(4)], c), "`reshape` mixes "
         "strings and gates; `np.split(a, 4, axis=1)` takes the blocks apart"),
        (_states(_interleaved(blocks), c), "the rows are read in fours; each gate has H rows in one block"),
    ]
    new_c = [
        (f * c + i * _sigmoid(gate["g"]), "the candidate g goes through a sigmoid; it is the one that gets tanh"),
        (f * c + i * gate["g"], "the candidate g has no tanh"),
        (f * (c + i * g), "the forget gate scales the new c as well; it scales the old c alone"),
        (i * g, "the old c does not take part; the forget gate keeps a share of it"),
        (c + i * g, "the forget gate is missing: c + i * g keeps all of the old c"),
        (f * c + g, "the input gate is missing: it scales the candidate g"),
        ((1 - i) * c + i * g, "(1 - i) stands where the forget gate f belongs; that is how a GRU does it"),
        (f * c + (1 - f) * g, "(1 - f) stands where the input gate i belongs; that is how a GRU does it"),
        (f * c + i * np.tanh(g), "the candidate g goes through tanh twice"),
        (np.tanh(right_c), "the c that comes back is tanh(c); tanh belongs into h only"),
    ]
    new_h = [
        (o * right_c, "tanh on c is missing in h: it is o * tanh(c)"),
        (np.tanh(right_c), "the output gate o is missing in h: it is o * tanh(c)"),
        (o * np.tanh(c), "h is made from the old c; it is o * tanh(c) with the new one"),
        (np.tanh(o * right_c), "tanh stands around the product; it belongs on c alone: o * tanh(c)"),
    ]
    found = expect.likely(both, pairs) or expect.likely(got_c, new_c)
    if not found and expect.same(got_c, right_c):
        found = expect.likely(got_h, new_h) or "c is right and h is not: h = o * tanh(c), with the new c"
    return found


def _order_hint(order: tuple[str, ...]) -> str:
    right = ", ".join(_order())
    swapped = [name for name, other in zip(order, _order(), strict=True) if name != other]
    names = {"i": "input gate", "f": "forget gate", "g": "candidate", "o": "output gate"}
    if len(swapped) == 2:
        return f"the {names[swapped[0]]} and the {names[swapped[1]]} are swapped: the blocks are {right}"
    whose = "PyTorch's blocks" if is_published("lstm_comparison", "blocks") else "here the blocks"
    return f"the gates are read in the order {', '.join(order)}; {whose} are {right}"


def _interleaved(blocks: list[np.ndarray]) -> list[np.ndarray]:
    together = np.concatenate(blocks, axis=1)
    return [together[:, k::4] for k in range(4)]
