"""Checks of the exercise *Unrolling*."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from parity_lib import data, models
from parity_lib.checks import expect
from parity_lib.checks.core import call
from parity_lib.checks.reporting import check, fresh, private  # noqa: F401  (notebooks call them here)

READY_PARITY = (data.running_parity, data.final_parity, data.bits_and_parity)
READY_CELL = (nn.RNN, nn.RNNCell, models.NumpyRNN.step, models.NumpyRNN.forward)
THE_CELL, BY_HAND = "unrolling#the-cell-in-numpy", "unrolling#two-units-by-hand"


@check(2, "parity: right for single strings, batches, and strings with many ones")
def parity(seed: int = 0) -> None:
    """``parity(bits)``: integers ``[batch, steps]`` -> ``[batch]``, 1 where the count of ones is odd."""
    rng = np.random.default_rng(seed)
    cases = [np.array([[1, 0, 1, 1, 0]]), np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [1, 1, 1]]),
             rng.integers(2, size=(7, 13)), rng.integers(2, size=(3, 600))]
    for bits in cases:
        result = call("parity", bits, forbid=READY_PARITY)
        expected, what = bits.sum(axis=1) % 2, f"parity of {expect.show(bits, 60)}, an array of shape {bits.shape}"
        got = expect.array(result, what, (len(bits),), see="one-bit")
        hint = ""
        if np.array_equal(got, bits.sum(axis=1)):
            hint = "this is the count of ones; the parity is its remainder modulo 2"
        elif np.array_equal(got, 1 - expected):
            hint = "even and odd are swapped: 1 stands for odd"
        elif np.array_equal(got, bits[:, -1]):
            hint = "this is the last bit, not the parity of all of them"
        expect.equal(got, expected, what, hint, "one-bit")


@check(2, "rnn_step: one step of nn.RNN, for a whole batch")
def rnn_step(seed: int = 0) -> None:
    """``rnn_step(x, h, U, V, b)``: ``[batch, 1]`` and ``[batch, H]`` -> ``[batch, H]``."""
    rng = np.random.default_rng(seed)
    for batch, hidden in ((1, 2), (5, 3), (4, 4)):
        U, V, b = rng.normal(size=(hidden, 1)), rng.normal(size=(hidden, hidden)), rng.normal(size=hidden)
        x, h = rng.integers(2, size=(batch, 1)).astype(float), rng.normal(size=(batch, hidden))
        result = call("rnn_step", x, h, U, V, b, forbid=READY_CELL)
        what = f"rnn_step with a batch of {batch} and {hidden} hidden units"
        got = expect.array(result, what, (batch, hidden), see=THE_CELL)
        inside = x @ U.T + h @ V.T + b
        expect.close(got, np.tanh(inside), what, _step_hint(got, x, h, U, V, b), THE_CELL)


def _step_hint(got, x, h, U, V, b) -> str:
    slips = {
        "the activation tanh is missing": x @ U.T + h @ V.T + b,
        "V is transposed: the new state is h @ V.T, row i of V makes unit i": np.tanh(x @ U.T + h @ V + b),
        "the bias b is missing": np.tanh(x @ U.T + h @ V.T),
        "the old state h does not take part": np.tanh(x @ U.T + b),
        "the bias is added after tanh; it belongs inside": np.tanh(x @ U.T + h @ V.T) + b,
    }
    return next((words for words, value in slips.items() if value.shape == got.shape and np.allclose(got, value)), "")


@check(3, "unroll: every state of nn.RNN on copied weights, from any h0")
def unroll(seed: int = 0) -> None:
    """``unroll(xs, h0, U, V, b)``: ``[batch, steps, 1]`` and ``[batch, H]`` -> ``[batch, steps, H]``."""
    rng = np.random.default_rng(seed)
    for batch, steps, hidden in ((2, 5, 3), (3, 3, 3), (4, 20, 2)):
        rnn = _random_rnn(hidden, rng)
        U, V = (getattr(rnn, name).detach().numpy() for name in ("weight_ih_l0", "weight_hh_l0"))
        b = (rnn.bias_ih_l0 + rnn.bias_hh_l0).detach().numpy()
        xs, h0 = rng.integers(2, size=(batch, steps, 1)).astype(float), rng.normal(size=(batch, hidden))
        result = call("unroll", xs, h0, U, V, b, forbid=READY_CELL)
        with torch.no_grad():
            expected = rnn(torch.from_numpy(xs), torch.from_numpy(h0)[None])[0].numpy()
            from_zero = rnn(torch.from_numpy(xs))[0].numpy()
        what = f"unroll with a batch of {batch}, {steps} steps and {hidden} hidden units"
        got = expect.array(result, what, None, see=THE_CELL)
        hint = ""
        if got.shape == (batch, steps + 1, hidden):
            hint = "h0 is in the result; it should hold the states after step 1 to the last"
        elif got.shape == (batch, hidden):
            hint = "only the last state came back; collect the state of every step"
        elif got.shape == (steps, batch, hidden):
            hint = "the steps come first; np.stack(states, axis=1) puts the batch first"
        elif got.shape == expected.shape and np.allclose(got, from_zero):
            hint = "the loop starts from zeros; it should start from h0"
        elif got.shape == expected.shape and np.allclose(got, expected[:, ::-1]):
            hint = "the states are in reverse order"
        elif got.shape == expected.shape and np.allclose(got[:, 0], expected[:, 0]):
            hint = "the first step is right and later ones are not: is the new state carried to the next step?"
        if got.shape != expected.shape:
            expect.fail(what, f"shape {expected.shape}", f"shape {got.shape}", hint, THE_CELL)
        expect.close(got, expected, what, hint, THE_CELL)


def _random_rnn(hidden: int, rng: np.random.Generator) -> nn.RNN:
    rnn = nn.RNN(1, hidden, batch_first=True).double()
    with torch.no_grad():
        for parameter in rnn.parameters():
            parameter.copy_(torch.from_numpy(rng.normal(size=tuple(parameter.shape))))
    return rnn


@check(4, "two_unit_weights: right on every string of 12 bits and on long, unkind ones")
def two_unit_weights(seed: int = 0) -> None:
    """``two_unit_weights()`` -> ``(U, V, b, W, c)`` for bits coded as -1 and +1."""
    result = call("two_unit_weights", forbid=(models.by_hand,))
    if not isinstance(result, (tuple, list)) or len(result) != 5:
        expect.fail("two_unit_weights()", "a tuple of five arrays (U, V, b, W, c)", type(result).__name__,
                    "return all five, in this order", BY_HAND)
    shapes = {"U": (2, 1), "V": (2, 2), "b": (2,), "W": (1, 2), "c": (1,)}
    weights = [expect.array(value, f"two_unit_weights(): {name}", shape, see=BY_HAND).astype(float)
               for value, (name, shape) in zip(result, shapes.items(), strict=True)]
    for name, bits in _unkind_strings(np.random.default_rng(seed)):
        wrong = _first_error(weights, 2.0 * bits - 1, bits)
        if wrong is not None:
            row, step = wrong
            hint = ""
            if _first_error(weights, bits.astype(float), bits) is None:
                hint = "these weights fit bits coded as 0 and 1; here they are -1 and +1: put x = (x' + 1) / 2 into U and b"
            elif name != "every string of 12 bits":
                hint = "right on short strings, wrong later: the units are not sharp enough, so the state drifts"
            start = "".join(map(str, bits[row, :min(step + 1, 20)]))
            expect.fail(f"{name}: after step {step + 1} of {start}{'…' if step > 19 else ''} (0 stands for -1)",
                        "odd" if bits[row, :step + 1].sum() % 2 else "even", "the other", hint, BY_HAND)


def _unkind_strings(rng: np.random.Generator) -> list[tuple[str, np.ndarray]]:
    every = (np.arange(2**12)[:, None] >> np.arange(12)) & 1
    one = np.zeros((3, 5000), dtype=int)
    one[0, 0] = one[1, 17] = 1
    one[2, :2] = 1
    return [("every string of 12 bits", every), ("a 1, then zeros", one), ("ones only", np.ones((1, 5000), dtype=int)),
            ("random strings", rng.integers(2, size=(20, 2000)))]


def _first_error(weights: list[np.ndarray], coded: np.ndarray, bits: np.ndarray) -> tuple[int, int] | None:
    U, V, b, W, c = weights
    odd = np.cumsum(bits, axis=1) % 2 == 1
    h = np.zeros((len(bits), 2))
    for t in range(bits.shape[1]):
        h = np.tanh(coded[:, t:t + 1] @ U.T + h @ V.T + b)
        wrong = ((h @ W.T + c)[:, 0] > 0) != odd[:, t]
        if wrong.any():
            return int(np.argmax(wrong)), t
    return None
