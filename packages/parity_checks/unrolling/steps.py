"""Checks for the student's ``parity``, ``rnn_step`` and ``unroll`` functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from parity_checks.assertions import Mistakes, Query, agree, show
from parity_checks.reporting import check

READY_PARITY = ("parity_lib.data:running_parity", "parity_lib.data:final_parity", "parity_lib.data:bits_and_parity")
READY_CELL = ("torch.nn:RNN", "torch.nn:RNNCell", "torch:rnn_tanh", "torch:rnn_tanh_cell",
              "parity_lib:NumpyRNN.step", "parity_lib:NumpyRNN.forward")
PICTURE, CELL = "one-bit#parity-in-a-picture", "unrolling#the-cell-in-numpy"
TOLERANCE = 1e-4        # loose enough for an answer in float32


@check("parity: correct for single strings, batches, and strings with many ones")
def parity(seed: int = 0) -> None:
    """Check that the student's ``parity`` function returns the parity of each string.

    ``parity(bits)`` takes integers ``[batch, steps]`` and returns ``[batch]``, with 1 for an odd number of ones.
    """
    rng = np.random.default_rng(seed)
    cases = [np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [1, 1, 1]]), np.array([[1, 0, 1, 1, 0]]),
             rng.integers(2, size=(9, 9)), rng.integers(2, size=(7, 13)), rng.integers(2, size=(9, 600)),
             np.ones((2, 300), dtype=int), (np.arange(5001) > [[-1], [0]]).astype(int)]
    for bits in cases:
        query = Query(f"parity of {show(bits, 60)}, an array of shape {bits.shape}", PICTURE)
        count = bits.sum(axis=1)
        hint = ("All shorter strings are correct. Is the count kept in a float16, which is exact up to 2048 only?"
                if bits.shape[1] > 2048 else "")
        result = query.call("parity", bits, forbid=READY_PARITY)
        query.require_equal(result, count % 2, hint, mistakes=[
            (count, "This is the count of ones; the parity is the count modulo 2."),
            (1 - count % 2, "Even and odd are swapped: 1 means odd."),
            (bits.sum(axis=0) % 2, "This is a parity for each column, over different strings. Each row is one "
             "string, so go along the rows, as with axis=1."),
            *([(bits.sum() % 2, "This is one answer for the whole batch. Each row needs its own, so use axis=1.")]
              if len(bits) > 1 else []),
            (np.cumsum(bits, axis=1) % 2, "This is the parity after every bit. Return the one after the last bit."),
        ])
        query.as_array(result, kind="integer")


def _step(x: np.ndarray, h: np.ndarray, U: np.ndarray, V: np.ndarray, b: np.ndarray | float) -> np.ndarray:
    return np.tanh(x @ U.T + h @ V.T + b)


TRANSPOSED = ("The equation uses column vectors, but in a batch each string is a row: `U x` becomes `x @ U.T`, "
              "[batch, 1] @ [1, H], and `V h` becomes `h @ V.T`.")
OVERFLOW = "For large inputs `np.exp` is infinite, and a quotient of exponentials becomes nan: use `np.tanh`."
PRODUCT_ERRORS = ("could not be broadcast", "matmul", "not aligned", "cannot be multiplied")
LOOP = f"Time step t of all strings is `xs[:, t]`, [batch, 1]; `xs[t]` is string t. {TRANSPOSED}"
STEP_MISTAKES: list[tuple[Callable, str]] = [
    (lambda x, h, U, V, b: x @ U.T + h @ V.T + b, "The activation tanh is missing."),
    (lambda x, h, U, V, b: _step(x, h, U, V.T, b),
     "V is transposed: the new state is h @ V.T, because row i of V belongs to unit i."),
    (lambda x, h, U, V, b: _step(x, h, U, V, 0), "The bias b is missing."),
    (lambda x, h, U, V, b: _step(x, h, U, V, 0) + b, "The bias is added after tanh; it belongs inside."),
    (lambda x, h, U, V, b: _step(x, 0 * h, U, V, b), "The old state h is not used."),
]


@check("rnn_step: one time step of nn.RNN, for a whole batch")
def rnn_step(seed: int = 0) -> None:
    """Check that the student's ``rnn_step`` function computes one time step of a tanh network.

    ``rnn_step(x, h, U, V, b)`` takes inputs ``[batch, 1]`` and states ``[batch, H]``, and returns ``[batch, H]``.
    """
    rng = np.random.default_rng(seed)
    for batch, hidden, scale in ((5, 3, 1), (1, 2, 1), (4, 4, 1), (3, 1, 1), (2, 3, 1e4)):
        arguments = scale * rng.normal(size=(batch, 1)), rng.normal(size=(batch, hidden)), *_draw_weights(rng, hidden)
        inputs = "" if scale == 1 else " and large inputs"
        query = Query(f"rnn_step with a batch of {batch} and {hidden} hidden units{inputs}", CELL)
        got = query.as_array(query.call("rnn_step", *arguments, forbid=READY_CELL,
                                        causes=dict.fromkeys(PRODUCT_ERRORS, TRANSPOSED)), nan_hint=OVERFLOW)
        hint = TRANSPOSED if batch != hidden and got.shape == (hidden, batch) else ""
        query.require_close(got, _step(*arguments), hint, [(step(*arguments), words) for step, words in STEP_MISTAKES],
                            TOLERANCE)


def _draw_weights(rng: np.random.Generator, hidden: int) -> tuple[np.ndarray, ...]:
    return rng.normal(size=(hidden, 1)), rng.normal(size=(hidden, hidden)), rng.normal(size=hidden)


@check("unroll: every state of nn.RNN with the same weights, from any h0")
def unroll(seed: int = 0) -> None:
    """Check that the student's ``unroll`` function returns the hidden states at all time steps.

    ``unroll(xs, h0, U, V, b)`` takes inputs ``[batch, steps, 1]`` and states ``[batch, H]``, and returns ``[batch,
    steps, H]``.
    """
    rng = np.random.default_rng(seed)
    for batch, steps, hidden in ((2, 5, 3), (3, 3, 3), (1, 1, 2), (4, 60, 1)):
        arguments = rng.normal(size=(batch, steps, 1)), rng.normal(size=(batch, hidden)), *_draw_weights(rng, hidden)
        query = Query(f"unroll with a batch of {batch}, {steps} time steps and {hidden} hidden units", CELL)
        _compare_states(query, arguments)
        _compare_states(replace(query, text=f"{query.text}, a second time"), arguments, again=True)
    latch = np.ones((1, 1)), np.array([[2.0]]), np.zeros(1)         # inputs this weak never change the state's sign
    query = Query("unroll with a unit that keeps the sign of h0 for 60 time steps", CELL)
    _compare_states(query, (rng.uniform(0, 0.02, size=(2, 60, 1)), np.array([[-1.0], [1.0]]), *latch))


def _compare_states(query: Query, arguments: tuple[np.ndarray, ...], again: bool = False) -> None:
    """Compare the student's hidden states with the correct states."""
    expected = states(*arguments)
    batch, steps, hidden = expected.shape
    result = query.call("unroll", *arguments, forbid=READY_CELL, causes={
        f"out of bounds for axis 1 with size {steps}": "Does the loop take one step too many?",
        **dict.fromkeys((*PRODUCT_ERRORS, "out of bounds"), LOOP)})
    only_last = "Only the last state was returned. Collect the state after every time step."
    got = query.as_array(result, expected.shape, shape_hints={
        (batch, steps + 1, hidden): "`h0` is in the result; return the states after the first time step and later.",
        (batch, hidden): only_last,
        (1, batch, hidden): only_last,
        (steps, batch, hidden): "The time steps come first; np.stack(states, axis=1) puts the batch first.",
    })
    hint, mistakes = ("The first state is wrong already. Does the check of `rnn_step` above pass? If so, is `h0` the "
                      "state before the first time step, each string's own?"), ()
    if again:
        hint = "The same call gave another result before: is a state kept from call to call?"
    else:
        mistakes = _unroll_mistakes(expected, *arguments)
        if agree(got[:, 0], expected[:, 0], TOLERANCE):
            hint = "The first state is correct and a later one is not."
    query.require_close(got, expected, hint, mistakes, TOLERANCE)


def states(xs: np.ndarray, h0: np.ndarray, *weights: np.ndarray) -> np.ndarray:
    """Compute the hidden states ``[batch, steps, H]`` of a tanh network at all time steps."""
    collected = [h0]
    for x in xs.swapaxes(0, 1):
        collected.append(_step(x, collected[-1], *weights))
    return np.stack(collected[1:], axis=1)


def _unroll_mistakes(expected: np.ndarray, xs: np.ndarray, h0: np.ndarray, *weights: np.ndarray) -> Mistakes:
    yield states(xs, 0 * h0, *weights), "The loop starts from zeros; it should start from h0."
    yield (np.concatenate([h0[:, None], expected[:, :-1]], axis=1),
           "`h0` is in the result and the last state is not.")
    yield (np.concatenate([expected[:, :-1], 0 * expected[:, -1:]], axis=1),
           "All states are correct but the last. Does the loop end one time step early?")
    yield (np.stack([_step(x, h0, *weights) for x in xs.swapaxes(0, 1)], axis=1),
           "Every time step starts from h0 again: the new state is not carried to the next time step.")
    yield (np.repeat(expected[:, -1:], xs.shape[1], axis=1), "All time steps show the last state, because the same "
           "array was changed in place and appended every time. Append a copy, `h.copy()`.")
    yield (expected.swapaxes(0, 1).reshape(expected.shape), "`reshape` mixes strings and time steps. To change the "
           "order of axes, use np.stack(states, axis=1) or transpose.")
