"""Checks for the exercise *LSTM comparison*."""

import itertools
from typing import Any

import numpy as np

from parity_checks import check, fresh, private  # noqa: F401  (notebooks call them here)
from parity_checks.assertions import Query, agree, likely_cause, messages, with_other
from parity_checks.decorator import not_installed
from parity_checks.lstm_comparison.comparison import fair_plan, summarise  # noqa: F401
from parity_checks.plain_data import is_tensor, split_cause
from parity_checks.two_unit_search import first_true

try:
    from parity_checks.lstm_comparison.in_torch import gradient_norms, lstm_parity
except ModuleNotFoundError as error:
    gradient_norms = lstm_parity = not_installed(error)

WORDS = messages("lstm_comparison")
READY_STEP = ("torch.nn:LSTM", "torch.nn:LSTMCell", "torch:lstm_cell", "torch:lstm", "parity_lib.models:ParityRNN")
GATES, BIAS = "gates#The LSTM, gate by gate", "gates#What the forget bias does to the gradient"
ERROR_CAUSES = dict.fromkeys(
    ("could not be broadcast", "matmul", "not aligned", "unpack @ @|matmul|dot|einsum", "array split"),
    WORDS["axes-of-products"])
BIAS_CASES = ((10, 0.25), (1, 0.8), (48, 0.01), (50, 0.5), (1000, 0.5), (3, 1e-6), (100_000, 0.9))
Weights = dict[str, np.ndarray]
READY_CELL = ("parity_lib.models:by_hand",)
SHAPES = {"weight_ih": (4, 4), "weight_hh": (4, 1), "bias_ih": (4,), "bias_hh": (4,)}
STEPS, SHOWN, HIDDEN = 1000, 0.5, 0.1       # a value that is read is beyond SHOWN, and else h is within HIDDEN
INFINITE = WORDS["infinite-weights"]
VALUE, WRITE, CLEAR, READ = range(4)        # the columns of the inputs
CORRECT = {"weight_ih": 200 * np.array([[0, 1, 0, 0], [0, -1, -1, 0], [1, 0, 0, 0], [0, 0, 0, 1]]),
           "weight_hh": np.zeros((4, 1)), "bias_ih": 100 * np.array([-1, 1, -1, -1]), "bias_hh": np.zeros(4)}
EVERY_INPUT = np.array(list(itertools.product((0, 1), repeat=4)))


@check("lstm_step: h and c of nn.LSTMCell on the same weights")
def lstm_step(seed: int = 0) -> None:
    """Check ``lstm_step(x, h, c, weights)`` for x ``[batch, features]``. It returns h and c, both ``[batch, H]``."""
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
        if isinstance(result, np.ndarray) or is_tensor(result):     # `h, c = ...` takes it apart like a pair
            result = tuple(result) if tuple(result.shape) == (2, batch, hidden) else result
        if not isinstance(result, (tuple, list)) or len(result) != 2:
            query.fail("a pair (h, c)", result, WORDS["not-a-pair"])
        got = np.array(query.as_arrays(result, dict.fromkeys(("h", "c"), (batch, hidden))))
        expected = next_states(x, h, c, weights)
        mistakes = [] if agree(got, expected) else [*WORDS.made(next_states, x, h, c, weights), *with_other(
            _states_by_name, x, h, c, *weights.values())]
        # With two mistakes, c shows one of them by itself.
        hint = likely_cause(got, mistakes) or likely_cause(
            got[1], [(pair[1], words) for pair, words in mistakes if not agree(pair[1], expected[1])])
        hint = hint or (WORDS["large-sums"] if size > 1 else "")
        for name, k, formula in (("c, the second of the pair", 1, WORDS["formula-of-c"]),
                                 ("h, the first of the pair", 0, WORDS["formula-of-h"])):
            query.part(name).require_close(got[k], expected[k], hint or formula)
    query.require_unchanged("lstm_step", {"x": x, "h": h, "c": c, "weights": weights}, forbid=READY_STEP)


def next_states(x: np.ndarray, h: np.ndarray, c: np.ndarray, weights: Weights) -> np.ndarray:
    """Compute the next LSTM state ``[2, batch, H]`` as ``nn.LSTMCell`` does."""
    i, f, g, o = gates(x, h, weights)
    new_c = f * c + i * g
    new_h = o * np.tanh(new_c)
    return np.stack([new_h, new_c])


def _states_by_name(x: np.ndarray, h: np.ndarray, c: np.ndarray, weight_ih: np.ndarray, weight_hh: np.ndarray,
                    bias_ih: np.ndarray, bias_hh: np.ndarray) -> np.ndarray:
    return next_states(x, h, c, dict(weight_ih=weight_ih, weight_hh=weight_hh, bias_ih=bias_ih, bias_hh=bias_hh))


def _sums(x: np.ndarray, h: np.ndarray, weights: Weights) -> np.ndarray:
    a = x @ weights["weight_ih"].T + h @ weights["weight_hh"].T + weights["bias_ih"] + weights["bias_hh"]
    return np.stack(np.split(a, 4, axis=1))


def gates(x: np.ndarray, h: np.ndarray, weights: Weights) -> np.ndarray:
    """Compute the input gate, the forget gate, the candidate and the output gate, as an array ``[4, batch, H]``."""
    blocks = _sums(x, h, weights)
    return np.stack([*_sigmoid(blocks[:2]), np.tanh(blocks[2]), _sigmoid(blocks[3])])


def _sigmoid(values: Any) -> Any:
    return (1 + np.tanh(values / 2)) / 2        # without overflow


@check("forget_bias: the bias that keeps a given share of the cell state")
def forget_bias(seed: int = 0) -> None:
    """Check ``forget_bias(steps, kept)``, the bias that leaves a fraction ``kept`` after ``steps`` time steps."""
    rng = np.random.default_rng(seed)
    drawn = [(int(10 ** rng.uniform(0.3, 5)), float(rng.uniform(0.02, 0.98))) for _ in range(20)]
    for steps, kept in (*BIAS_CASES, *drawn):
        query = Query(f"forget_bias(steps={steps}, kept={kept:.4g})", BIAS)
        got = query.as_array(query.call("forget_bias", steps, kept), (), nan_hint=WORDS["negative-logarithm"])
        bias = correct_bias(steps, kept)
        hint = WORDS["nearly" if abs(got - bias) < 0.2 else "bias-unexplained"]
        query.require_close(got, bias, hint, [*WORDS.made(correct_bias, steps, kept),
                                              *with_other(correct_bias, steps, kept)], 1e-4)


def _bias(gate: Any) -> Any:
    """Return the bias that sets a gate to the value ``gate`` when all other inputs are zero."""
    return np.log(gate) - np.log1p(-gate)


def correct_bias(steps: int, kept: float) -> float:
    """Return the bias with which a fraction ``kept`` is left after ``steps`` time steps."""
    gate = kept ** (1 / steps)
    return _bias(gate)


@check("memory_cell: stores, keeps and shows one bit, through 1,000 steps")
def memory_cell(seed: int = 0) -> None:
    """Check ``memory_cell()``, which returns ``lstm_step`` weights for an LSTM with one unit and four inputs."""
    query = Query("memory_cell()", GATES)
    weights = _as_weights(query, query.call("memory_cell", forbid=READY_CELL))
    rng = np.random.default_rng(seed)
    for inputs in (random_inputs(rng, 200, 12), long_inputs(rng)):
        place = first_error(weights, inputs)
        if place is not None:
            _fail(weights, inputs[place[0], :place[1] + 1])


def _as_weights(query: Query, result: Any) -> Weights:
    if not isinstance(result, dict) or set(result) != set(SHAPES):
        query.fail(f"a dict with the keys {', '.join(SHAPES)}", sorted(result) if isinstance(result, dict) else result,
                   WORDS["form-of-weights"])
    weights = {name: query.part(name).as_array(result[name], shape, nan_hint=INFINITE).astype(float)
               for name, shape in SHAPES.items()}
    if not all(np.isfinite(value).all() for value in weights.values()):
        query.fail("finite numbers", "an infinite weight", INFINITE)
    return weights


def random_inputs(rng: np.random.Generator, count: int, steps: int, writes: float = 0.3) -> np.ndarray:
    """Draw sequences ``[count, steps, 4]`` of the inputs value, write, clear and read."""
    inputs = rng.integers(2, size=(count, steps, 4))
    inputs[..., WRITE] = rng.random((count, steps)) < writes
    inputs[..., CLEAR] = rng.random((count, steps)) < writes / 2
    return inputs


def long_inputs(rng: np.random.Generator) -> np.ndarray:
    """Draw sequences ``[count, 1000, 4]``, ranging from no writes at all to a write at every step."""
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
    """Compute the hidden state ``[batch, steps]`` of the LSTM unit for inputs ``[batch, steps, 4]``."""
    h = c = np.zeros((len(inputs), 1))
    states = []
    for x in inputs.swapaxes(0, 1):
        h, c = next_states(x, h, c, weights)
        states.append(h)
    return np.concatenate(states, axis=1)


def stored_values(inputs: np.ndarray) -> np.ndarray:
    """Return the values ``[batch, steps]`` that a correct cell stores: 1 for a one, -1 for a zero, 0 for nothing."""
    stored, states = np.zeros(len(inputs), dtype=int), []
    for x in inputs.swapaxes(0, 1):
        stored = np.where(x[:, WRITE] == 1, 2 * x[:, VALUE] - 1, np.where(x[:, CLEAR] == 1, 0, stored))
        states.append(stored)
    return np.stack(states, axis=1)


def first_error(weights: Weights, inputs: np.ndarray) -> tuple[int, int] | None:
    """Return the row and the step of the earliest wrong hidden state, or None if every state is correct."""
    h, shown = hidden_states(weights, inputs), stored_values(inputs) * inputs[..., READ]
    return first_true(~np.where(shown == 0, np.abs(h) < HIDDEN, h * shown > SHOWN))


def _fail(weights: Weights, sequence: np.ndarray) -> None:
    """Raise CheckFailed for a sequence ``[steps, 4]`` whose last hidden state is wrong."""
    steps, stored = len(sequence), stored_values(sequence[None])[0, -1]
    changes = np.flatnonzero(sequence[:, WRITE] | sequence[:, CLEAR])
    if steps <= 12:
        shown = "the inputs (value write clear read) " + ", ".join("".join(map(str, x)) for x in sequence)
    else:
        last = f"the last write or clear {steps - 1 - changes[-1]} steps ago" if len(changes) else "no write"
        shown = f"{steps} steps, {last}, and now value {{}}, write {{}}, clear {{}}, read {{}}".format(*sequence[-1])
    expected = "h between -0.1 and 0.1, because read is 0" if not sequence[-1, READ] else {
        1: "h above 0.5, a stored one", -1: "h below -0.5, a stored zero",
        0: "h between -0.1 and 0.1, because nothing is stored"}[int(stored)]
    Query(f"memory_cell after {shown}", GATES).fail(
        expected, f"h = {hidden_states(weights, sequence[None])[0, -1]:.3g}", _hint(weights, sequence))


def _hint(weights: Weights, sequence: np.ndarray) -> str:
    short = random_inputs(np.random.default_rng(0), 200, 12)

    def corrects(**changed: np.ndarray) -> bool:
        return all(first_error(weights | changed, inputs) is None for inputs in (short, sequence[None]))

    of_inputs, same_biases = weights["weight_ih"], np.array_equal(weights["bias_ih"], weights["bias_hh"])
    orders = list(map(list, itertools.permutations(range(4))))
    repairs: list[tuple[str, Weights]] = [
        *(("row-order", {name: value[order] for name, value in weights.items()}) for order in orders),
        *(("column-order", {"weight_ih": of_inputs[:, order]}) for order in orders),
        *(("row-order", {"weight_ih": of_inputs[order]}) for order in orders),
        ("weights-transposed", {"weight_ih": of_inputs.T}), *[("bias-twice", {"bias_hh": np.zeros(4)})] * same_biases]
    for mistake, changed in repairs:
        if corrects(**changed):
            return WORDS[mistake]
    words, gate = _wrong_gate(weights, sequence)
    if words:
        right = {name: value.copy() for name, value in weights.items()}
        for name, value in CORRECT.items():
            right[name][gate] = value[gate]
        return words if corrects(**right) else f"{words} If this gate is put right, something else is still wrong."
    if weights["weight_hh"].any() and corrects(weight_hh=np.zeros((4, 1))):
        return WORDS["feedback"]
    i, f, _, _ = _gates_without_h(weights)
    idle = EVERY_INPUT[:, WRITE] == 0
    keeps, lets_in = f[idle & (EVERY_INPUT[:, CLEAR] == 0)].min(), i[idle].max()
    return WORDS["leaks"].format(keeps=keeps, kept=keeps ** STEPS, let_in=lets_in)


def _gates_without_h(weights: Weights) -> np.ndarray:
    """Return the gates and the candidate ``[4, 16]`` for each of the 16 inputs when the hidden state is 0."""
    return gates(EVERY_INPUT, np.zeros((16, 1)), weights)[..., 0]


def _wrong_gate(weights: Weights, sequence: np.ndarray) -> tuple[str, int]:
    """Describe a gate that is on the wrong side of one half, or return "", together with the number of the gate.

    It is a gate that is wrong for one of the inputs of the ``sequence``, if there is such a gate.
    """
    i, f, g, o = _gates_without_h(weights)
    value, write, clear, read = EVERY_INPUT.T == 1
    if np.allclose(g[value], g[~value]):
        return WORDS["value-unused"], 2
    # Each mistake with its gate, its step, its inputs, the values, and 1 or -1 if these should be above or below 1/2.
    cases = {
        "never-cleared": (1, "clear", clear, f, -1), "adds-up": (1, "write", write, f, -1),
        "forgets": (1, "step without a write or a clear", ~write & ~clear, f, 1),
        "writes-always": (0, "step without a write", ~write, i, -1), "never-writes": (0, "write", write, i, 1),
        "zeros-and-ones": (2, "", write, np.where(value, g, -g) + 1, 1),
        "zero-stores-nothing": (2, "", ~value & write, -g, 1), "one-not-stored": (2, "", value & write, g, 1),
        "shows-always": (3, "step without a read", ~read, o, -1), "never-shows": (3, "read", read, o, 1)}
    found: list[tuple[str, int, bool]] = []
    for mistake, (gate, step, where, values, sign) in cases.items():
        wrong = where & (sign * (values - 0.5) < -1e-9)
        if wrong.any():
            words = WORDS[mistake] + "".join(
                f" This happens only if {name} is {bit}."
                for name, column in zip(("value", "write", "clear", "read"), EVERY_INPUT.T, strict=True)
                for bit in (0, 1) if (wrong == where & (column == bit)).all() and (wrong != where).any())
        elif step and (wrong := where & (np.abs(values - 0.5) < 1e-9)).any():
            words = WORDS["one-half"].format(gate=("input", "forget", "", "output")[gate], step=step,
                                             sign="positive" if sign > 0 else "negative")
        else:
            continue
        found.append((words, gate, bool(wrong[sequence @ (8, 4, 2, 1)].any())))
    if not found:
        return "", 0
    words, gate, _ = next((each for each in found if each[2]), found[0])
    return " ".join([words, *(split_cause(other)[1] for other, at, _ in found if at == gate and other != words)]), gate
