"""Checks for the student's ``lstm_step`` function."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from parity_checks.assertions import Mistakes, Query, agree, likely_cause
from parity_checks.reporting import check

READY_STEP = ("torch.nn:LSTM", "torch.nn:LSTMCell", "torch:lstm_cell", "torch:lstm", "parity_lib:ParityRNN")
GATES = "gates#the-lstm-gate-by-gate"
ERROR_CAUSES = dict.fromkeys(("could not be broadcast", "matmul", "not aligned", "unpack", "array split"), "With the "
                             "batch first, `U x` is `x @ U.T`, [batch, features] @ [features, 4H], and `V h` is "
                             "`h @ V.T`; np.split(a, 4, axis=1) gives four blocks, each [batch, H].")
Weights = dict[str, np.ndarray]


@check("lstm_step: h and c of nn.LSTMCell on the same weights")
def lstm_step(seed: int = 0) -> None:
    """Check that the student's ``lstm_step`` function computes the same states as ``nn.LSTMCell``.

    ``lstm_step(x, h, c, weights)`` returns ``(h, c)``. The inputs are ``[batch, features]``, and the old and the new
    states are all ``[batch, H]``.
    """
    rng = np.random.default_rng(seed)
    for batch, features, hidden, size in ((5, 1, 3, 1), (1, 1, 2, 1), (4, 1, 4, 1), (3, 3, 1, 1), (6, 2, 3, 15)):
        weights = {"weight_ih": rng.normal(size=(4 * hidden, features)),
                   "weight_hh": rng.normal(size=(4 * hidden, hidden)),
                   "bias_ih": rng.normal(size=4 * hidden), "bias_hh": rng.normal(size=4 * hidden)}
        x = rng.integers(2, size=(batch, features)).astype(float)
        h, c = rng.normal(size=(batch, hidden)), 2 * rng.normal(size=(batch, hidden))
        query = Query(f"lstm_step with a batch of {batch}, {features} input(s) and {hidden} hidden unit(s)", GATES)
        if size > 1:
            weights, c = {name: size * value for name, value in weights.items()}, 1e5 * c
            query = Query(f"{query.text}, large weights and a large c", GATES)
        result = query.call("lstm_step", x, h, c, weights, forbid=READY_STEP, causes=ERROR_CAUSES)
        got, expected = _as_pair(query, result, (batch, hidden)), next_states(x, h, c, weights)
        hint = "" if agree(got, expected) else likely_cause(got, _mistakes(x, h, c, weights))
        if size > 1:
            hint = hint or "The step is correct for small sums and not for large ones. Is something clipped or rounded?"
        for name, k, formula in (("c, the second of the pair", 1, "The new c is f * c + i * g. With all weights and "
                                  "biases 0, i, f and o are 1/2, and g is 0."),
                                 ("h, the first of the pair", 0, "h is o * tanh(c), with the new c.")):
            query.part(name).require_close(got[k], expected[k], hint or formula)


def _as_pair(query: Query, result: Any, shape: tuple[int, int]) -> np.ndarray:
    """Convert the student's LSTM state ``(h, c)`` to a single array ``[2, batch, H]``."""
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        query.fail("a pair (h, c)", result, "Return the new h and the new c alone; the next time step needs both.")
    return np.array(query.as_arrays(result, {"h": shape, "c": shape}))


def next_states(x: np.ndarray, h: np.ndarray, c: np.ndarray, weights: Weights) -> np.ndarray:
    """Compute the next LSTM state ``[2, batch, H]`` as ``nn.LSTMCell`` does."""
    i, f, g, o = _pre_activations(x, h, weights)
    new_c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
    return np.stack([_sigmoid(o) * np.tanh(new_c), new_c])


def _pre_activations(x: np.ndarray, h: np.ndarray, weights: Weights) -> list[np.ndarray]:
    a = x @ weights["weight_ih"].T + h @ weights["weight_hh"].T + weights["bias_ih"] + weights["bias_hh"]
    return np.split(a, 4, axis=1)


def _sigmoid(a: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-a))


def _mistakes(x: np.ndarray, h: np.ndarray, c: np.ndarray, weights: Weights) -> Mistakes:
    """Yield the LSTM states ``[2, batch, H]`` that result from common mistakes."""
    correct = next_states(x, h, c, weights)
    yield correct[::-1], "The pair is in the wrong order: return h first, then c."
    rows = {name: np.split(value, 4) for name, value in weights.items()}
    for order in itertools.permutations(range(4)):
        reordered = {name: np.concatenate([blocks[k] for k in order]) for name, blocks in rows.items()}
        if order != (0, 1, 2, 3):
            yield (next_states(x, h, c, reordered), "The gates are in the wrong order; PyTorch's blocks are input "
                   "gate, forget gate, candidate, output gate.")
    for missing in (("bias_hh",), ("bias_ih",), ("bias_ih", "bias_hh")):
        yield (next_states(x, h, c, weights | {name: 0 * weights[name] for name in missing}),
               "A bias is missing; PyTorch adds bias_ih and bias_hh.")
    i, f, g, o = _pre_activations(x, h, weights)
    yield (_sigmoid(o) * correct[1], correct[1]), "The tanh on c is missing in h: it is o * tanh(c)."
    new_c = _sigmoid(f) * c + _sigmoid(i) * _sigmoid(g)
    yield ((_sigmoid(o) * np.tanh(new_c), new_c),
           "The candidate g goes through a sigmoid; it should go through tanh.")
