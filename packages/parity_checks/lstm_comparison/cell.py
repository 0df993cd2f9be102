"""Checks for the student's ``lstm_step`` and ``forget_bias`` functions."""

import itertools

import numpy as np

from parity_checks.assertions import Mistakes, Query, agree, likely_cause, messages
from parity_checks.decorator import check

WORDS = messages("lstm_comparison")
READY_STEP = ("torch.nn:LSTM", "torch.nn:LSTMCell", "torch:lstm_cell", "torch:lstm", "parity_lib.models:ParityRNN")
GATES, BIAS = "gates#the-lstm-gate-by-gate", "gates#what-the-forget-bias-does-to-the-gradient"
ERROR_CAUSES = dict.fromkeys(
    ("could not be broadcast", "matmul", "not aligned", "unpack", "array split"),
    WORDS["axes-of-products"])
BIAS_CASES = ((10, 0.25), (1, 0.8), (48, 0.01), (50, 0.5), (1000, 0.5), (3, 1e-6), (100_000, 0.9))
Weights = dict[str, np.ndarray]


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
        if not isinstance(result, (tuple, list)) or len(result) != 2:
            query.fail("a pair (h, c)", result, WORDS["not-a-pair"])
        got = np.array(query.as_arrays(result, dict.fromkeys(("h", "c"), (batch, hidden))))
        expected = next_states(x, h, c, weights)
        hint = "" if agree(got, expected) else likely_cause(got, _step_mistakes(x, h, c, weights))
        hint = hint or (WORDS["large-sums"] if size > 1 else "")
        for name, k, formula in (("c, the second of the pair", 1, WORDS["formula-of-c"]),
                                 ("h, the first of the pair", 0, WORDS["formula-of-h"])):
            query.part(name).require_close(got[k], expected[k], hint or formula)


def next_states(x: np.ndarray, h: np.ndarray, c: np.ndarray, weights: Weights) -> np.ndarray:
    """Compute the next LSTM state ``[2, batch, H]`` as ``nn.LSTMCell`` does."""
    i, f, g, o = gates(x, h, weights)
    new_c = f * c + i * g
    return np.stack([o * np.tanh(new_c), new_c])


def gates(x: np.ndarray, h: np.ndarray, weights: Weights, candidate: bool = True) -> np.ndarray:
    """Compute the input gate, the forget gate, the candidate and the output gate, as an array ``[4, batch, H]``.

    Without ``candidate``, the third goes through a sigmoid like the others, which is a common mistake.
    """
    a = x @ weights["weight_ih"].T + h @ weights["weight_hh"].T + weights["bias_ih"] + weights["bias_hh"]
    blocks = np.stack(np.split(a, 4, axis=1))
    opened = (1 + np.tanh(blocks / 2)) / 2      # the sigmoid, without overflow
    if candidate:
        opened[2] = np.tanh(blocks[2])
    return opened


def _step_mistakes(x: np.ndarray, h: np.ndarray, c: np.ndarray, weights: Weights) -> Mistakes:
    """Yield the LSTM states ``[2, batch, H]`` that result from common mistakes."""
    correct = next_states(x, h, c, weights)
    yield correct[::-1], WORDS["pair-order"]
    rows = {name: np.split(value, 4) for name, value in weights.items()}
    for order in itertools.permutations(range(4)):
        reordered = {name: np.concatenate([blocks[k] for k in order]) for name, blocks in rows.items()}
        if order != (0, 1, 2, 3):
            yield next_states(x, h, c, reordered), WORDS["gate-order"]
    for missing in (("bias_hh",), ("bias_ih",), ("bias_ih", "bias_hh")):
        yield next_states(x, h, c, weights | {name: 0 * weights[name] for name in missing}), WORDS["bias-missing"]
    i, f, g, o = gates(x, h, weights, candidate=False)
    yield (o * correct[1], correct[1]), WORDS["no-tanh-on-c"]
    new_c = f * c + i * g
    yield (o * np.tanh(new_c), new_c), WORDS["sigmoid-on-g"]
    # tanh(a) is 2 sigmoid(2 a) - 1
    i, f, g, o = 2 * gates(2 * x, 2 * h, weights | {name: 2 * weights[name] for name in ("bias_ih", "bias_hh")},
                           candidate=False) - 1
    new_c = f * c + i * g
    for output in (o, gates(x, h, weights)[3]):
        yield (output * np.tanh(new_c), new_c), WORDS["tanh-on-gates"]


@check("forget_bias: the bias that keeps a given share of the cell state")
def forget_bias(seed: int = 0) -> None:
    """Check ``forget_bias(steps, kept)``, the bias with which a share ``kept`` is left after ``steps`` time steps."""
    rng = np.random.default_rng(seed)
    drawn = [(int(10 ** rng.uniform(0.3, 5)), float(rng.uniform(0.02, 0.98))) for _ in range(20)]
    for steps, kept in (*BIAS_CASES, *drawn):
        query = Query(f"forget_bias(steps={steps}, kept={kept:.4g})", BIAS)
        got = query.as_array(query.call("forget_bias", steps, kept), (), nan_hint=WORDS["negative-logarithm"])
        bias = _bias(kept ** (1 / steps))
        hint = WORDS["nearly" if abs(got - bias) < 0.2 else "bias-unexplained"]
        query.require_close(got, bias, hint, _bias_mistakes(steps, kept), 1e-4)


def _bias(gate: float) -> float:
    """Return the bias that sets a gate to the value ``gate`` if all other inputs are zero."""
    return float(np.log(gate) - np.log1p(-gate))


def _bias_mistakes(steps: int, kept: float) -> Mistakes:
    gate = kept ** (1 / steps)
    yield -_bias(gate), WORDS["bias-sign"]
    yield gate, WORDS["gate-returned"]
    yield np.log(gate), WORDS["logarithm-of-gate"]
    yield from ((_bias(gate) / np.log(base), WORDS["other-logarithm"]) for base in (2, 10))
    yield np.arctanh(gate), WORDS["inverse-of-tanh"]
    if steps > 1:
        yield _bias(kept), WORDS["one-step"]
        yield _bias(1 - (1 - kept) / steps), WORDS["loss-divided"]
        yield _bias(kept / steps), WORDS["share-divided"]
        yield _bias((1 - kept) ** (1 / steps)), WORDS["share-lost"]
        for other in (steps - 1, steps + 1):
            yield _bias(kept ** (1 / other)), WORDS["steps-off-by-one"]
