"""Checks for the exercise *Unrolling*, which need only NumPy."""

import itertools
from dataclasses import replace

import numpy as np

from parity_checks import check, fresh, private  # noqa: F401  (notebooks call them here)
from parity_checks import two_unit_search as search
from parity_checks.assertions import Mistakes, Query, agree, likely_cause, messages, where_different
from parity_checks.core import call, replaced_if_wrong
from parity_checks.plain_data import split_cause
from parity_lib.numpy_rnn import NumpyRNN

WORDS = messages("unrolling")
READY_PARITY = ("parity_lib.data:running_parity", "parity_lib.data:final_parity")
READY_CELL = ("torch.nn:RNN", "torch.nn:RNNCell", "torch:rnn_tanh", "torch:rnn_tanh_cell",
              "parity_lib.numpy_rnn:NumpyRNN.step", "parity_lib.numpy_rnn:NumpyRNN.forward")
PICTURE, CELL = "one-bit#Parity in a picture", "unrolling#The cell in NumPy"
BY_HAND, READY_NETWORK = "unrolling#Two units by hand", ("parity_lib.models:by_hand",)
TOLERANCE = 1e-4        # loose enough for an answer in float32
SHAPES = {"U": (2, 1), "V": (2, 2), "b": (2,), "W": (1, 2), "c": (1,)}


@check("parity: correct for single strings, batches, and strings with many ones")
def parity(seed: int = 0) -> None:
    """Check ``parity(bits)``, which takes integers ``[batch, steps]`` and returns ``[batch]``, with 1 for odd."""
    rng = np.random.default_rng(seed)
    # Five of the first strings are a basis of all strings of five bits, so the bits that an answer leaves out show.
    first = [[0, 0, 0, 0, 0], [1, 0, 0, 0, 0], [0, 1, 1, 0, 0], [1, 1, 1, 0, 0], [0, 0, 1, 0, 1], [1, 0, 1, 1, 1],
             [1, 1, 1, 1, 1], [0, 1, 0, 0, 0]]
    cases = [np.array(first), np.array([[1, 0, 1, 1, 0]]), rng.integers(2, size=(9, 9)), rng.integers(2, size=(7, 13)),
             rng.integers(2, size=(9, 600)), np.ones((2, 300), dtype=int), (np.arange(5001) > [[-1], [0]]).astype(int)]
    for bits in cases:
        strings = ", ".join("".join(map(str, row)) for row in bits)
        these = f"the strings {strings}" if bits.size < 50 else f"{len(bits)} strings of {bits.shape[1]} bits"
        query = Query(f"parity of {these}, an array of shape {bits.shape}", PICTURE)
        expected, long = correct_parity(bits), bits.shape[1] > 2048
        hint = WORDS["half-precision" if long else "parity-unexplained"]
        result = query.call("parity", bits, forbid=READY_PARITY)
        hint = hint if getattr(result, "shape", ()) == expected.shape else ""
        query.require_equal(result, expected, hint, () if long else [
            *WORDS.made(correct_parity, bits), *_some_bits(bits)])
        query.as_array(result, kind="integer")


def _some_bits(bits: np.ndarray) -> Mistakes:
    last = bits.shape[1] - 1
    for count in range(1, last + 1 if last == 4 else 0):
        for left_out in itertools.combinations(range(last + 1), count):
            yield (np.delete(bits, left_out, axis=1).sum(axis=1) % 2,
                   WORDS["bits-left-out"].format(places=", ".join(map(str, left_out)), last=last))


def correct_parity(bits: np.ndarray) -> np.ndarray:
    """Return the parity of each string."""
    count = bits.sum(axis=1)
    return count % 2


def _step(x: np.ndarray, h: np.ndarray, U: np.ndarray, V: np.ndarray, b: np.ndarray) -> np.ndarray:
    parts = {"U x": x @ U.T, "V h": h @ V.T, "b": b}
    a = parts["U x"] + parts["V h"] + parts["b"]
    return np.tanh(a)


PRODUCT_ERRORS = ("could not be broadcast", "matmul", "not aligned", "cannot be multiplied")
STEP_CAUSES = {r"could not be broadcast @ ^(?!.*@).*\*": WORDS["products-of-entries"],
               **dict.fromkeys(PRODUCT_ERRORS, WORDS["column-vectors"])}


@check("rnn_step: one time step of nn.RNN, for a whole batch")
def rnn_step(seed: int = 0) -> None:
    """Check ``rnn_step(x, h, U, V, b)`` for x ``[batch, 1]`` and h ``[batch, H]``. It returns ``[batch, H]``."""
    rng = np.random.default_rng(seed)
    for batch, hidden, scale in ((5, 3, 1), (1, 2, 1), (4, 4, 1), (3, 1, 1), (2, 3, 1e4)):
        arguments = scale * rng.normal(size=(batch, 1)), rng.normal(size=(batch, hidden)), *_draw_weights(rng, hidden)
        inputs = "" if scale == 1 else " and large inputs"
        query = Query(f"rnn_step with a batch of {batch} and {hidden} hidden units{inputs}", CELL)
        result = query.call("rnn_step", *arguments, forbid=READY_CELL, causes=STEP_CAUSES)
        got = query.as_array(result, nan_hint=WORDS["overflow"])
        hint = WORDS["column-vectors"] if batch != hidden and got.shape == (hidden, batch) else ""
        query.require_close(got, _step(*arguments), hint, WORDS.mistakes(_step, *arguments), TOLERANCE)
    query.require_unchanged("rnn_step", dict(zip("xhUVb", arguments, strict=True)), forbid=READY_CELL)


def _draw_weights(rng: np.random.Generator, hidden: int) -> tuple[np.ndarray, ...]:
    return rng.normal(size=(hidden, 1)), rng.normal(size=(hidden, hidden)), rng.normal(size=hidden)


@check("unroll: every state of nn.RNN with the same weights, from any h0")
@replaced_if_wrong(("rnn_step", rnn_step, f"{__name__}:_step"))
def unroll(seed: int = 0) -> None:
    """Check ``unroll(xs, h0, U, V, b)`` for xs ``[batch, steps, 1]``. It returns ``[batch, steps, H]``."""
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
    expected = states(*arguments)
    batch, steps, hidden = expected.shape
    result = query.call("unroll", *arguments, forbid=READY_CELL, causes={
        f"out of bounds for axis 1 with size {steps}": WORDS["one-step-too-many"],
        **dict.fromkeys((*PRODUCT_ERRORS, "out of bounds"), WORDS["string-not-step"])})
    got = query.as_array(result, expected.shape, shape_hints={
        (batch, steps + 1, hidden): WORDS["h0-included"], (batch, steps - 1, hidden): WORDS["state-left-out"],
        (batch, steps * hidden): WORDS["states-joined"], (steps, batch, hidden): WORDS["steps-first"],
        (steps + 1, batch, hidden): WORDS["h0-and-steps-first"],
        (batch, batch, hidden): WORDS["loop-over-strings"],
        **dict.fromkeys(((batch, hidden), (1, batch, hidden)), WORDS["only-last-state"])})
    if again:
        query.require_close(got, expected, WORDS["state-kept"], tolerance=TOLERANCE)
    query.require_close(got, expected, _hint_of_state(got, expected, *arguments),
                        WORDS.made(states, *arguments), TOLERANCE)


def _hint_of_state(got: np.ndarray, expected: np.ndarray, xs: np.ndarray, h0: np.ndarray, *weights: np.ndarray) -> str:
    """Describe from which input and old state the first wrong state was computed, or else where it is."""
    t = next((t for t in range(xs.shape[1]) if not agree(got[:, t], expected[:, t], TOLERANCE)), 0)
    known = {"0": 0 * h0, "`h0`": h0} | {
        f"the state after time step {k}": h for k, h in enumerate(expected.swapaxes(0, 1))}
    right = list(known)[t + 1]
    inputs = {f"`xs[:, {k}]`": x for k, x in enumerate(xs.swapaxes(0, 1))} | {"an input of 0": 0 * xs[:, 0]}
    mistakes = [(h, f"is {old}") for old, h in known.items()] + [
        (_step(x, h, *weights), f"is computed from {new} and {old}")
        for (new, x), (old, h) in itertools.product(inputs.items(), known.items())]
    if found := likely_cause(got[:, t], mistakes, TOLERANCE):
        return WORDS["other-state"].format(t=t, found=found, right=right)
    words = likely_cause(got[:, t], WORDS.mistakes(_step, xs[:, t], known[right], *weights), TOLERANCE)
    where = where_different(got, expected, TOLERANCE)
    return (WORDS["wrong-step"].format(t=t, words=split_cause(words)[1]) if words else
            WORDS["later-state"].format(t=t) if t else f"{WORDS['first-state']} {where}")


def states(xs: np.ndarray, h0: np.ndarray, U: np.ndarray, V: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Compute the hidden states ``[batch, steps, H]`` of a tanh network at all time steps."""
    after = NumpyRNN(U, V, b, np.zeros((1, len(b))), np.zeros(1)).forward(xs, h0)[1][:, 1:]
    return after


@check("two_unit_weights: correct on every string of any length, which is proved")
def two_unit_weights(seed: int = 0) -> None:
    """Check ``two_unit_weights()``, which returns ``(U, V, b, W, c)``, for bits coded as -1 and +1."""
    weights = Query("two_unit_weights()", BY_HAND).as_arrays(call("two_unit_weights", forbid=READY_NETWORK), SHAPES)
    if search.is_proved(weights, zero=-1):
        return
    string, (U, V, b, W, c) = search.find_error(weights, 600, zero=-1), weights
    if string is not None:
        shown = "".join(map(str, string[:300])) + (" …" if len(string) > 300 else "")
        bits = f"{len(string)} bit{'s' * (len(string) > 1)}"
        query = Query(f'two_unit_weights after the string "{shown}" ({bits}; a 0 stands for -1)', BY_HAND)
        query.fail(*(("odd", "even") if string.sum() % 2 else ("even", "odd")), _hint(weights, string))
    Query("two_unit_weights on strings of any length", BY_HAND).fail(
        "two sets of states, one for even and one for odd, that no string leaves",
        "no string with an error was found, but nothing is proved: some states in the sets may give the wrong answer",
        WORDS["larger-K"] if search.is_proved((2 * U, 2 * V, 2 * b, W, c), zero=-1) else "")


def _hint(weights: search.Weights, string: np.ndarray) -> str:
    U, V, b, W, c = weights
    multiples = U.all() and np.allclose(b / U[:, 0] % 1, 0)
    repairs: list[tuple[str, search.Weights]] = [
        ("bits-0-and-1", (U / 2, V, b + U[:, 0] / 2, W, c)), ("wrong-way-round", (U, V, b, -W, -c)),
        ("weights-transposed", (U, V.T, b, W, c)), ("half-substituted", (U / 2, V, b, W, c)),
        ("b-forgotten", (U, V, b + U[:, 0], W, c)), ("b-sign", (U, V, b + 2 * U[:, 0], W, c)),
        ("inverse-substituted", (U / 4, V, b + 3 / 4 * U[:, 0], W, c)), ("signs-of-b", (U, V, -b, W, c)),
        ("signs-of-V", (U, -V, b, W, c)), ("units-swapped", (U, V, b[::-1], W, c)),
        *[("V-halved", (U, 2 * V, b, W, c))] * np.allclose(2 * np.abs(V), np.abs(U)),
        *[("V-doubled", (U, V / 2, b, W, c))] * np.allclose(np.abs(V), 2 * np.abs(U)),
        *(("b-of-one-unit", (U, V, b + U[:, 0] * unit, W, c)) for unit in np.eye(2) if multiples),
        ("signs-of-U", (-U, V, b, W, c)), ("second-column", (U, V * [1, -1], b, W, c)),
        ("off-diagonal", (U, np.tile(np.diag(V), (2, 1)), b, W, c)),
        *(("readout", (U, V, b, np.array([[sign, -sign]]), -np.ones(1))) for sign in (1, -1)),
        ("not-sharp", (2 * U, 2 * V, 2 * b, W, c))]
    tried = search.every_string(), string[None]
    return search.words_for_repair(WORDS, WORDS["one-entry"], weights, repairs, lambda changed: all(
        search.first_error(changed, bits, zero=-1) is None for bits in tried)) or WORDS["weights-unexplained"]
