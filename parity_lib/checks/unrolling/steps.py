"""Checks of ``parity``, ``rnn_step`` and ``unroll``."""

from __future__ import annotations

from functools import partial

import numpy as np
import torch
from torch import nn

from parity_lib import data, models
from parity_lib.checks import expect
from parity_lib.checks.constants import constant, counted, is_published, said
from parity_lib.checks.plain import CheckFailed
from parity_lib.checks.reporting import check

READY_PARITY = (data.running_parity, data.final_parity, data.bits_and_parity)
READY_CELL = (nn.RNN, nn.RNNCell, torch.rnn_tanh, torch.rnn_tanh_cell, models.NumpyRNN.step, models.NumpyRNN.forward)
PICTURE, CELL = "one-bit#say-it-in-a-picture", "unrolling#the-cell-in-numpy"
TOLERANCE = 1e-4        # float32 is welcome


# ---------------------------------------------------------------- task 1


@check("parity: right for single strings, batches, and strings with many ones")
def parity(seed: int = 0) -> None:
    """``parity(bits)``: integers ``[batch, steps]`` -> ``[batch]``, 1 where the count of ones is odd."""
    rng = np.random.default_rng(seed)
    cases = [np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [1, 1, 1]]), np.array([[1, 0, 1, 1, 0]]),
             rng.integers(2, size=(4, 4)), rng.integers(2, size=(7, 13)), rng.integers(2, size=(3, 600)),
             np.ones((2, 300), dtype=int)]
    for bits in cases:
        what = f"parity of {expect.show(bits, 60)}, an array of shape {bits.shape}"
        result = expect.ask("parity", what, bits, forbid=READY_PARITY, see=PICTURE)
        got = expect.array(result, what, see=PICTURE)
        hint = _parity_hint(got, bits)
        if got.shape != (len(bits),):
            expect.fail(what, f"shape {(len(bits),)}", f"shape {got.shape}", hint, PICTURE)
        expect.equal(got, _said(_counted(bits).sum(axis=1)), what, hint, PICTURE)


_counted, _said = partial(counted, "unrolling"), partial(said, "unrolling")


def _parity_hint(got: np.ndarray, bits: np.ndarray) -> str:
    marked, ones, odd = _counted(bits), constant("unrolling", "counted"), constant("unrolling", "says")
    count, right = marked.sum(axis=1), _said(marked.sum(axis=1))
    return expect.likely(got, [
        *((bits.sum(axis=1) % 2, f"this is the published exercise's answer; here 1 stands for an {odd} number of "
           f"{ones}") for _ in range(not is_published("unrolling", "counted", "says"))),
        (count, f"this is the count of {ones}; the parity is its remainder modulo 2"),
        (1 - right, f"even and odd are swapped: 1 stands for {odd}"),
        (bits[:, -1], "this is the last bit, not the parity of all of them"),
        (_said(marked.sum(axis=0)), "this runs down the batch, across strings; one string is one row: axis=1"),
        (_said(marked.sum()), "this is one answer for the whole batch; each row has its own: axis=1"),
        (_said(np.cumsum(marked, axis=1)), "this is the parity after every bit; asked for is the one after the last"),
        *((_said(marked[:, -2] + marked[:, -1]), "this is the parity of the last two bits: each step has to go on "
           "from the parity so far") for _ in range(bits.shape[1] > 2)),
        (np.flatnonzero(right), f"these are the numbers of the {odd} rows; a 0 or a 1 is asked for each row"),
        (right[:, None], "the axis that was summed is still there, with size 1"),
    ])


# ---------------------------------------------------------------- tasks 2 and 3


@check("rnn_step: one step of nn.RNN, for a whole batch")
def rnn_step(seed: int = 0) -> None:
    """``rnn_step(x, h, U, V, b)``: ``[batch, 1]`` and ``[batch, H]`` -> ``[batch, H]``."""
    rng = np.random.default_rng(seed)
    for batch, hidden in ((5, 3), (1, 2), (4, 4)):
        U, V, b = rng.normal(size=(hidden, 1)), rng.normal(size=(hidden, hidden)), rng.normal(size=hidden)
        x, h = rng.normal(size=(batch, 1)), rng.normal(size=(batch, hidden))
        what = f"rnn_step with a batch of {batch} and {hidden} hidden units"
        result = expect.ask("rnn_step", what, x, h, U, V, b, forbid=READY_CELL, see=CELL, slips=PRODUCT_SLIPS)
        got = expect.array(result, what, None, see=CELL)
        if batch != hidden and got.shape == (hidden, batch):
            expect.fail(what, f"shape {(batch, hidden)}", f"shape {got.shape}", TURNED, CELL)
        got = expect.array(got, what, (batch, hidden), see=CELL)
        hint = expect.likely(got, [(step(x, h, U, V, b), words) for step, words in STEP_SLIPS], TOLERANCE)
        expect.close(got, _step(x, h, U, V, b), what, hint, CELL, TOLERANCE)


def _step(x, h, U, V, b) -> np.ndarray:
    return np.tanh(_sum(x, h, U, V, b))


def _sum(x, h, U, V, b) -> np.ndarray:
    return _gain() * (x @ U.T + h @ V.T + b)


def _gain() -> float:
    """What the sum is multiplied with before tanh; more than 1 makes tanh steeper."""
    return constant("unrolling", "gain")


TURNED = ("the equation has columns, and a batch has rows: `U x` becomes `x @ U.T`, [batch, 1] @ [1, H], and `V h` "
          "becomes `h @ V.T`")
PRODUCT_SLIPS = dict.fromkeys(("could not be broadcast", "matmul", "not aligned", "cannot be multiplied"), TURNED)
PART = "tanh goes round the whole sum, not round a part of it"
STEP_SLIPS = [
    (lambda x, h, U, V, b: np.tanh(_gain() * (U @ x.T + V @ h.T + b[:, None])), TURNED),
    (lambda x, h, U, V, b: np.tanh(_gain() * (U @ x.T + V @ h.T + b[:len(x)])) if len(x) == len(b) else np.zeros(0),
     TURNED),
    (_sum, "the activation tanh is missing"),
    (lambda *given: np.tanh(_sum(*given) / _gain()), "this is the published exercise's step: in this one the sum is "
     "multiplied by a number before tanh"),
    (lambda *given: _gain() * np.tanh(_sum(*given) / _gain()), "the number that the sum is multiplied with belongs "
     "inside of tanh"),
    (lambda x, h, U, V, b: _step(x, h, U, V, b / _gain()), "b is not multiplied: the whole sum is, before tanh"),
    (lambda x, h, U, V, b: _step(x, h, U, V.T, b),
     "V is transposed: the new state is h @ V.T, row i of V makes unit i"),
    (lambda x, h, U, V, b: _step(x, h, U, V, 0), "the bias b is missing"),
    (lambda x, h, U, V, b: _step(x, 0 * h, U, V, b), "the old state h does not take part"),
    (lambda x, h, U, V, b: _step(0 * x, h, U, V, b), "the input x does not take part"),
    (lambda x, h, U, V, b: np.tanh(_gain() * (x @ U.T)) + h @ V.T + b, PART),
    (lambda x, h, U, V, b: np.tanh(_gain() * (x @ U.T + b)) + h @ V.T, PART),
    (lambda x, h, U, V, b: np.tanh(_gain() * (x @ U.T + h * V.diagonal() + b)), "each unit sees its own old state "
     "alone; `h @ V.T` gives it those of all"),
    (lambda x, h, U, V, b: _step(x, h, U, V, 0) + b, "the bias is added after tanh; it belongs inside"),
    (lambda *given: np.maximum(_sum(*given), 0), "this is relu; here the activation is tanh"),
    (lambda *given: 1 / (1 + np.exp(-_sum(*given))), "this is a sigmoid; here the activation is tanh"),
]


@check("unroll: every state of nn.RNN on copied weights, from any h0")
def unroll(seed: int = 0) -> None:
    """``unroll(xs, h0, U, V, b)``: ``[batch, steps, 1]`` and ``[batch, H]`` -> ``[batch, steps, H]``."""
    rng = np.random.default_rng(seed)
    for batch, steps, hidden in ((2, 5, 3), (3, 3, 3), (1, 1, 2), (4, 20, 2)):
        rnn = _random_rnn(hidden, rng)
        U, V = (getattr(rnn, name).detach().numpy() for name in ("weight_ih_l0", "weight_hh_l0"))
        b = (rnn.bias_ih_l0 + rnn.bias_hh_l0).detach().numpy()
        U, V, b = (one / _gain() for one in (U, V, b))
        xs, h0 = rng.normal(size=(batch, steps, 1)), rng.normal(size=(batch, hidden))
        with torch.no_grad():
            expected = _placed(rnn(torch.from_numpy(_read(xs).copy()), torch.from_numpy(h0)[None])[0].numpy())
        what = f"unroll with a batch of {batch}, {steps} steps and {hidden} hidden units"
        result = expect.ask("unroll", what, xs, h0, U, V, b, forbid=READY_CELL, see=CELL,
                            slips=partial(_unroll_slips, xs, h0))
        got = expect.array(result, what, see=CELL)
        hint = _unroll_hint(got, expected, (xs, h0, U, V, b))
        if got.shape != expected.shape:
            expect.fail(what, f"shape {expected.shape}", f"shape {got.shape}", hint, CELL)
        expect.close(got, expected, what, hint, CELL, TOLERANCE)


def _read(xs: np.ndarray) -> np.ndarray:
    """The elements in the order in which they are read."""
    return xs if constant("unrolling", "reading") == "forwards" else xs[:, ::-1]


def _placed(states: np.ndarray) -> np.ndarray:
    """States in the order in which they were made, in the order in which they are asked for; and back."""
    return states[:, ::-1] if constant("unrolling", "reading") == "backwards, in place" else states


def _unroll_slips(xs: np.ndarray, h0: np.ndarray) -> dict[str, str]:
    """Words for an error on the way: of the loop, where the student's own step is right, else of the step."""
    try:
        rnn_step.__wrapped__(0)
    except CheckFailed:
        return PRODUCT_SLIPS
    return dict.fromkeys((*PRODUCT_SLIPS, "out of bounds", "IndexError"), "your `rnn_step` is right, so look at what "
                         f"the loop gives it: step t of all strings is `xs[:, t]`, of shape {xs[:, 0].shape}; `xs[t]` "
                         f"is string t, and the state has the shape {h0.shape}")


def _unroll_hint(got: np.ndarray, expected: np.ndarray, given: tuple[np.ndarray, ...]) -> str:
    xs, h0 = given[:2]
    batch, steps, hidden = expected.shape
    shapes = {
        (batch, steps + 1, hidden): "h0 is in the result; it should hold the states after step 1 to the last",
        (batch, hidden): "only the last state came back; collect the state of every step",
        (1, batch, hidden): "only the last state came back; collect the state of every step",
        (steps, batch, hidden): "the steps come first; np.stack(states, axis=1) puts the batch first",
        (batch, hidden, steps): "the steps come last; np.stack(states, axis=1) puts them between batch and units",
        (batch, steps * hidden): "the states stand side by side; np.stack gives the steps an axis of their own",
        (batch * steps, hidden): "strings and steps share one axis; np.stack gives the steps an axis of their own",
    }
    if got.shape != expected.shape:
        return shapes.get(got.shape, "")
    got, expected, xs = _placed(got), _placed(expected), _read(xs)
    given = (xs, *given[1:])
    end = "end" if is_published("unrolling", "reading") else "beginning"
    found = expect.likely(got, [
        (_states(xs, 0 * h0, *given[2:]), "the loop starts from zeros; it should start from h0"),
        (expected[:, ::-1], "the states are in reverse order"),
        (np.concatenate([h0[:, None], expected[:, :-1]], axis=1), "h0 is in the result and the last state is not"),
        (_states(xs[:, ::-1], *given[1:]), f"the string is read from its {end}"),
        (_states(np.roll(xs, 1, axis=1), *given[1:]), "every step reads the bit of the step before, and the first one "
         "reads the last bit: step t of the loop reads xs[:, t], counted from 0"),
        (_states(np.roll(xs, -1, axis=1), *given[1:]), "every step reads the bit of the step after it: step t of the "
         "loop reads xs[:, t], counted from 0"),
        (_states(*given, carry=False),
         "every step starts from h0 again: the new state is not carried to the next step"),
        (_states(0 * xs + xs[:, :1], *given[1:]), "every step reads the first bit; step t reads xs[:, t]"),
        (np.repeat(expected[:, -1:], steps, axis=1), "all steps show the last state: one array was changed in place "
         "and appended again and again; append a new one, `h.copy()`"),
        (expected.swapaxes(0, 1).reshape(expected.shape), "`reshape` mixes strings and steps; to change the order of "
         "axes use np.stack(states, axis=1) or transpose"),
        (expected.swapaxes(0, 1), "the steps come first; np.stack(states, axis=1) puts the batch first"),
        *((_states(*given, step=step), words) for step, words in STEP_SLIPS if words is not TURNED),
    ], TOLERANCE)
    if not found and steps > 1 and np.allclose(got[:, 0], expected[:, 0], atol=TOLERANCE):
        found = "the first step is right and later ones are not: what goes from one step into the next?"
    return found


def _states(xs, h0, U, V, b, step=_step, carry: bool = True) -> np.ndarray:
    h, states = h0, []
    for t in range(xs.shape[1]):
        states.append(step(xs[:, t], h, U, V, b))
        h = states[-1] if carry else h0
    return np.stack(states, axis=1)


def _random_rnn(hidden: int, rng: np.random.Generator) -> nn.RNN:
    rnn = nn.RNN(1, hidden, batch_first=True).double()
    with torch.no_grad():
        for parameter in rnn.parameters():
            parameter.copy_(torch.from_numpy(rng.normal(size=tuple(parameter.shape))))
    return rnn
