"""Checks for the student's ``memory_cell`` function."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from parity_checks.assertions import Query
from parity_checks.lstm_comparison.cell import GATES
from parity_checks.reporting import check

READY = ("parity_lib.models:by_hand",)
SHAPES = {"weight_ih": (4, 4), "weight_hh": (4, 1), "bias_ih": (4,), "bias_hh": (4,)}
STEPS, SHOWN, HIDDEN = 1000, 0.5, 0.1       # a value that is read is beyond SHOWN, and else h is within HIDDEN
INFINITE = "Infinity times 0 is not a number. A weight of 100 is large enough for a gate."
VALUE, WRITE, CLEAR, READ = range(4)        # the columns of the inputs
EVERY_INPUT = np.array(list(itertools.product((0, 1), repeat=4)))
Weights = dict[str, np.ndarray]


@check("memory_cell: stores, keeps and shows one bit, through 1,000 steps")
def memory_cell(seed: int = 0) -> None:
    """Check that the student's LSTM unit stores the value at each write, keeps it, and outputs it at each read.

    ``memory_cell()`` returns the weights of an LSTM with one unit and four inputs, in a dict as for ``lstm_step``.
    """
    query = Query("memory_cell()", GATES)
    weights = _as_weights(query, query.call("memory_cell", forbid=READY))
    rng = np.random.default_rng(seed)
    for inputs in (random_inputs(rng, 200, 12), long_inputs(rng)):
        place = first_error(weights, inputs)
        if place is not None:
            _fail(weights, inputs[place[0], :place[1] + 1])


def _as_weights(query: Query, result: Any) -> Weights:
    """Convert the student's weights to float arrays, or raise CheckFailed."""
    if not isinstance(result, dict) or set(result) != set(SHAPES):
        query.fail(f"a dict with the keys {', '.join(SHAPES)}", sorted(result) if isinstance(result, dict) else result,
                   "The weights have the form that lstm_step takes.")
    weights = {name: query.part(name).as_array(result[name], shape, nan_hint=INFINITE).astype(float)
               for name, shape in SHAPES.items()}
    if not all(np.isfinite(value).all() for value in weights.values()):
        query.fail("finite numbers", "an infinite weight", INFINITE)
    return weights


def random_inputs(rng: np.random.Generator, count: int, steps: int, writes: float = 0.3) -> np.ndarray:
    """Draw random input sequences as an array ``[count, steps, 4]``.

    The four inputs at each step are value, write, clear and read.
    """
    inputs = rng.integers(2, size=(count, steps, 4))
    inputs[..., WRITE] = rng.random((count, steps)) < writes
    inputs[..., CLEAR] = rng.random((count, steps)) < writes / 2
    return inputs


def long_inputs(rng: np.random.Generator) -> np.ndarray:
    """Draw input sequences of 1,000 steps, ranging from no writes at all to a write at every step.

    Returns an array ``[count, steps, 4]``.
    """
    waits = []
    for stored, distraction, read in itertools.product((0, 1, None), (0, 1, None), (0, 1, None)):
        sequence = rng.integers(2, size=(STEPS, 4))
        sequence[:, [WRITE, CLEAR]] = 0
        for column, constant in ((VALUE, distraction), (READ, read)):
            if constant is not None:
                sequence[:, column] = constant
        if stored is not None:          # otherwise nothing is ever written
            sequence[0, [VALUE, WRITE]] = stored, 1
        sequence[-1, READ] = 1
        waits.append(sequence)
    return np.concatenate([waits, *(random_inputs(rng, 3, STEPS, writes) for writes in (0.01, 0.5, 1))])


def hidden_states(weights: Weights, inputs: np.ndarray) -> np.ndarray:
    """Compute the hidden state of the LSTM unit after each time step.

    ``inputs`` has the shape ``[batch, steps, 4]`` and the result ``[batch, steps]``.
    """
    h, c, states = np.zeros(len(inputs)), np.zeros(len(inputs)), []
    for x in inputs.swapaxes(0, 1):
        i, f, g, o = _gates(weights, x, h)
        c = f * c + i * g
        h = o * np.tanh(c)
        states.append(h)
    return np.stack(states, axis=1)


def _gates(weights: Weights, x: np.ndarray, h: np.ndarray) -> np.ndarray:
    """Compute the gates and the candidate of the LSTM unit for one time step.

    Returns i, f, g and o as an array ``[4, batch]`` for inputs ``[batch, 4]`` and hidden states ``[batch]``.
    """
    a = (x @ weights["weight_ih"].T + h[:, None] @ weights["weight_hh"].T + weights["bias_ih"] + weights["bias_hh"]).T
    gates = (1 + np.tanh(a / 2)) / 2        # the sigmoid, without overflow
    gates[2] = np.tanh(a[2])
    return gates


def stored_values(inputs: np.ndarray) -> np.ndarray:
    """Return the value that a correct memory cell stores after each time step.

    The result, ``[batch, steps]``, is 1 for a stored one, -1 for a stored zero, and 0 if nothing is stored.
    """
    stored, states = np.zeros(len(inputs), dtype=int), []
    for x in inputs.swapaxes(0, 1):
        stored = np.where(x[:, WRITE] == 1, 2 * x[:, VALUE] - 1, np.where(x[:, CLEAR] == 1, 0, stored))
        states.append(stored)
    return np.stack(states, axis=1)


def first_error(weights: Weights, inputs: np.ndarray) -> tuple[int, int] | None:
    """Find the unit's earliest wrong hidden state.

    Returns its row and its step in ``inputs``, ``[batch, steps, 4]``, or None if every state is correct.
    """
    shown = stored_values(inputs) * inputs[..., READ]
    h = hidden_states(weights, inputs)
    wrong = ~np.where(shown == 0, np.abs(h) < HIDDEN, h * shown > SHOWN)
    if not wrong.any():
        return None
    step = int(wrong.any(axis=0).argmax())
    return int(wrong[:, step].argmax()), step


def _fail(weights: Weights, sequence: np.ndarray) -> None:
    """Raise CheckFailed for a sequence ``[steps, 4]`` whose last hidden state is wrong."""
    steps, stored = len(sequence), stored_values(sequence[None])[0, -1]
    changes = np.flatnonzero(sequence[:, WRITE] | sequence[:, CLEAR])
    if steps <= 12:
        shown = "the inputs (value write clear read) " + ", ".join("".join(map(str, x)) for x in sequence)
    else:
        last = f"the last write or clear {steps - 1 - changes[-1]} steps ago" if len(changes) else "no write"
        shown = f"{steps} steps, {last}, and now value {{}}, write {{}}, clear {{}}, read {{}}".format(*sequence[-1])
    expected = "h above 0.5, a stored one" if stored > 0 else "h below -0.5, a stored zero"
    if not sequence[-1, READ]:
        expected = "h between -0.1 and 0.1, because read is 0"
    elif not stored:
        expected = "h between -0.1 and 0.1, because nothing is stored"
    Query(f"memory_cell after {shown}", GATES).fail(
        expected, f"h = {hidden_states(weights, sequence[None])[0, -1]:.3g}", _hint(weights, sequence))


def _hint(weights: Weights, sequence: np.ndarray) -> str:
    """Return a hint about the likely mistake in the student's weights."""
    short = random_inputs(np.random.default_rng(0), 200, 12)

    def corrects(**changed: np.ndarray) -> bool:
        return all(first_error(weights | changed, inputs) is None for inputs in (short, sequence[None]))

    for order in itertools.permutations(range(4)):
        if corrects(**{name: value[list(order)] for name, value in weights.items()}):
            return "The rows are in the wrong order. It should be input gate, forget gate, candidate, output gate."
    for columns in itertools.permutations(range(4)):
        if corrects(weight_ih=weights["weight_ih"][:, columns]):
            return "The columns of weight_ih are in the wrong order. It should be value, write, clear, read."
    wrong_gate = _wrong_gate(weights)
    if wrong_gate:
        return wrong_gate
    if weights["weight_hh"].any() and corrects(weight_hh=np.zeros((4, 1))):
        return ("With weight_hh = 0 the unit is correct. What h shows depends on the reads, and it should change no "
                "gate.")
    i, f, _, _ = _gates(weights, EVERY_INPUT, np.zeros(16))
    idle = EVERY_INPUT[:, WRITE] == 0
    keeps, lets_in = f[idle & (EVERY_INPUT[:, CLEAR] == 0)].min(), i[idle].max()
    return ("Each gate is on the correct side of one half, but not near enough to 0 or 1. While it waits, the forget "
            f"gate keeps {keeps:.6g} of c at each step, which is {keeps**STEPS:.2g} after 1,000 steps, and the input "
            f"gate lets in {lets_in:.2g} of the candidate at each step, and these add up. Larger weights help.")


def _wrong_gate(weights: Weights) -> str:
    """Describe the first gate that is open or shut at the wrong time, or return an empty string."""
    i, f, g, o = _gates(weights, EVERY_INPUT, np.zeros(16))
    value, write, clear, read = EVERY_INPUT.T == 1
    for wrong, words in (
            (f[write] > 0.5, "The forget gate is open at a write, so the new value is added to the old one and does "
             "not replace it."),
            (f[clear] > 0.5, "The forget gate is open at a clear, so the old value stays."),
            (f[~write & ~clear] < 0.5, "The forget gate is shut at a step without a write or a clear, so the stored "
             "value is lost."),
            (i[~write] > 0.5, "The input gate is open at a step without a write, so something is stored at that step "
             "too."),
            (i[write] < 0.5, "The input gate is shut at a write, so nothing is stored."),
            ((g[value & write] < -0.5).tolist() + (g[~value & write] > 0.5).tolist(), "Ones and zeros are swapped: the "
             "candidate should be near 1 for the value 1, and near -1 for the value 0."),
            (g[~value & write] > -0.5, "A stored zero should be negative, so the candidate should be near -1 for the "
             "value 0. A candidate of 0 stores nothing that a read could show."),
            (g[value & write] < 0.5, "The candidate should be near 1 for the value 1."),
            (o[~read] > 0.5, "The output gate is open without a read, so h shows the stored value all the time."),
            (o[read] < 0.5, "The output gate is shut at a read, so nothing is shown.")):
        if np.any(wrong):
            return words
    return ""
