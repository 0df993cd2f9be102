"""Checks for the student's ``lstm_step`` and ``forget_bias`` functions."""

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from parity_checks.assertions import Mistakes, Query, agree, likely_cause, messages
from parity_checks.decorator import check

WORDS = messages("lstm_comparison")
READY_STEP = ("torch.nn:LSTM", "torch.nn:LSTMCell", "torch:lstm_cell", "torch:lstm", "parity_lib.models:ParityRNN")
GATES, BIAS = "gates#The LSTM, gate by gate", "gates#What the forget bias does to the gradient"
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


def _sums(x: np.ndarray, h: np.ndarray, weights: Weights) -> np.ndarray:
    a = x @ weights["weight_ih"].T + h @ weights["weight_hh"].T + weights["bias_ih"] + weights["bias_hh"]
    return np.stack(np.split(a, 4, axis=1))


def gates(x: np.ndarray, h: np.ndarray, weights: Weights) -> np.ndarray:
    """Compute the input gate, the forget gate, the candidate and the output gate, as an array ``[4, batch, H]``."""
    blocks = _sums(x, h, weights)
    opened = (1 + np.tanh(blocks / 2)) / 2      # the sigmoid, without overflow
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
    yield next_states(x, 0 * h, c, weights), WORDS["h-unused"]
    a = _sums(x, h, weights)
    own = dict(zip("ifgo", gates(x, h, weights), strict=True)) | {"c": c}

    def state(squash: Callable = np.tanh, **changed: Any) -> tuple[np.ndarray, np.ndarray]:
        i, f, g, o, old = (own | changed).values()
        new = f * old + i * g
        return o * squash(new), new

    yield state(lambda c: c), WORDS["no-tanh-on-c"]
    yield state(g=(1 + np.tanh(a[2] / 2)) / 2), WORDS["sigmoid-on-g"]
    for part in ("ifo", "if"):
        yield state(**{gate: np.tanh(a["ifgo".index(gate)]) for gate in part}), WORDS["tanh-on-gates"]
    yield state(**{gate: 1 - own[gate] for gate in "ifo"}), WORDS["sigmoid-sign"]
    for name, value, instead in (
            ("i", 1 - own["f"], "1 - f"), ("f", 1 - own["i"], "1 - i"), ("g", a[2], "its sum without tanh"),
            *((gate, 1, "1, so it is missing") for gate in "ifo"), ("c", np.tanh(c), "tanh(c)"), ("c", h, "h"),
            ("o", np.tanh(a[3]), "a tanh"), ("o", a[3], "its sum without a sigmoid"), *(
                (gate, own["o"], "o") for gate in "if")):
        yield state(**{name: value}), WORDS["other-part"].format(name=name, instead=instead)
    yield (own["o"] * np.tanh(np.tanh(correct[1])), np.tanh(correct[1])), WORDS["tanh-on-new-c"]
    for name, squashed in (("c", c), ("h", h)):
        yield (own["o"] * np.tanh(squashed), correct[1]), WORDS["old-in-h"].format(name=name)
    yield (own["o"] * (1 + np.tanh(correct[1] / 2)) / 2, correct[1]), WORDS["sigmoid-on-c"]


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
    yield gate / (1 - gate), WORDS["odds-returned"]
    yield 1 / (1 + np.exp(-gate)), WORDS["sigmoid-not-inverse"]
    yield np.log(gate / (1 + gate)), WORDS["wrong-sign-in-odds"]
    if steps > 1:
        yield _bias(kept), WORDS["one-step"]
        yield _bias(kept**steps), WORDS["power-not-root"]
        yield _bias(1 - (1 - kept) / steps), WORDS["loss-divided"]
        yield _bias(kept / steps), WORDS["share-divided"]
        yield _bias((1 - kept) ** (1 / steps)), WORDS["share-lost"]
        for other in (steps - 1, steps + 1):
            yield _bias(kept ** (1 / other)), WORDS["steps-off-by-one"]
