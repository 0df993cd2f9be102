"""Checks for backpropagation through time in NumPy."""

from typing import Any

import numpy as np

from parity_checks.assertions import Query, messages, show
from parity_checks.core import call_on_same, replaced_if_wrong
from parity_checks.decorator import check
from parity_checks.gradient_through_time import bptt_reference as reference
from parity_checks.gradient_through_time.bptt_reference import (
    MISTAKES,
    NAMES,
    OF_SOME_GRADIENTS,
    OUTPUT_MISTAKES,
    Arrays,
)
from parity_checks.plain_data import kind_of

WORDS = messages("gradient_through_time")
LOSS, THROUGH_TIME = "training#A loss for a yes-or-no answer", "gradient#From one unit to many"
SELECT = "packing#Select first, then take the loss"
READY = ("parity_lib.numpy_rnn:NumpyRNN.backward", "torch:Tensor.backward", "torch.autograd:backward",
         "torch.autograd:grad")
TOLERANCE = 1e-4  # of the largest entry, which is wide enough for float32
# Strings, time steps, units, kind of mask, size of the weights. In the last two, little of the gradient reaches h0.
CASES = ((3, 5, 2, "real", 1.0), (4, 6, 3, "end", 1.0), (3, 7, 2, "holes", 1.0), (2, 1, 3, "real", 1.0),
         (3, 8, 2, "early", 1.0), (1, 4, 6, "real", 1.0), (4, 6, 1, "end", 1.0), (60, 3, 2, "holes", 1.0),
         (2, 40, 3, "end", 0.4), (2, 120, 3, "end", 0.6))


def draw_case(strings: int, steps: int, hidden: int, kind: str, size: float,
              rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray, Arrays]:
    """Draw random strings, labels, a mask and weights for a test case.

    Bits, labels and the mask are ``[strings, steps]``, and the weights are a dict by name. The mask is True up to the
    end of each string (``"real"``, where the labels are the parity), at its end alone (``"end"``), at any positions
    (``"holes"``), or before each string's end and never in the last string (``"early"``).
    """
    bits = rng.integers(2, size=(strings, steps))
    lengths = rng.integers(1, steps, size=strings, endpoint=True)
    lengths[0], lengths[-1] = max(1, steps - 1), steps
    if kind == "end" and size < 1:
        lengths[:] = steps
    positions = np.arange(steps)
    mask = {"real": positions < lengths[:, None], "end": positions == lengths[:, None] - 1,
            "holes": rng.integers(2, size=(strings, steps)) == 1, "early": positions < lengths[:, None] - 1}[kind]
    if kind == "holes":
        mask[:, -1], mask[:, -2] = True, False
        mask[0, 0] = True
    if kind == "early":
        mask[-1] = False
    labels = np.cumsum(bits, axis=1) % 2 if kind == "real" else rng.integers(2, size=bits.shape)
    return bits, labels, mask, reference.draw_weights(hidden, rng, size)


@check("output_gradient: correct for labels at every time step, at the end, and at any positions")
def output_gradient(seed: int = 0) -> None:
    """Check ``output_gradient(logits, labels, mask)``, which takes and returns arrays ``[batch, steps]``."""
    rng = np.random.default_rng(seed)
    for (strings, steps, _, kind, _), unlabelled in zip(CASES, [None] * 8 + [1e9, np.nan], strict=True):
        _, labels, mask, _ = draw_case(strings, steps, 1, kind, 1.0, rng)
        logits = rng.normal(scale=2, size=mask.shape)
        logits[0, 0] = 0.0
        text = f"output_gradient for {strings} strings of {steps} time steps with the mask {show(mask, 70)}"
        if unlabelled is not None:
            logits[~mask], text = unlabelled, f"{text}, with logits of {unlabelled:g} where there is no label"
        query = Query(text, LOSS if unlabelled is None else SELECT)
        result = _call_once(query, "output_gradient", logits, labels, mask)
        got = query.as_array(result, mask.shape, nan_hint=WORDS["nan-multiplied"])
        query.require_close(got, reference.output_gradient(logits, labels, mask), WORDS["gradient-unexplained"],
                            ((reference.output_gradient(logits, labels, mask, mistake), WORDS[mistake])
                             for mistake in OUTPUT_MISTAKES), TOLERANCE)


@check("gradients: correct for labels at every time step, at the end, and at any positions")
@replaced_if_wrong(("output_gradient", output_gradient, f"{reference.__name__}:output_gradient"))
def gradients(seed: int = 0) -> None:
    """Check ``gradients(bits, labels, mask, U, V, b, W, c, h0)``, which returns a dict of arrays like the weights."""
    rng = np.random.default_rng(seed)
    for case in CASES:
        weights = draw_case(*case, rng)[3]
        for _ in range(2):      # with other strings, so that values kept from the first call are wrong
            _check_gradients(*draw_case(*case, rng)[:3], weights)


def _check_gradients(bits: np.ndarray, labels: np.ndarray, mask: np.ndarray, weights: Arrays) -> None:
    query = Query(f"gradients for {len(bits)} strings of {bits.shape[1]} time steps, {len(weights['b'])} units and the "
                  f"mask {show(mask, 70)}", THROUGH_TIME)
    result = _call_once(query, "gradients", bits, labels, mask, *(weights[name] for name in NAMES))
    if type(result) is not dict or set(result) != set(NAMES):
        shown = f"the names {', '.join(sorted(result))}" if type(result) is dict else kind_of(result)
        query.fail(f"a dict with the names {', '.join(NAMES)}", shown)
    got = {name: query.part(f"the gradient of {name}").as_array(result[name], weight.shape).astype(float)
           for name, weight in weights.items()}
    expected = reference.gradients_of(bits, labels, mask, weights)
    wrong = [name for name in NAMES if not _near(got[name], expected[name])]
    if wrong:
        query.part(f"the gradient of {wrong[0]}").fail(
            expected[wrong[0]], got[wrong[0]], _hint(got, wrong, (bits, labels, mask, weights)))


def _call_once(query: Query, name: str, *arguments: np.ndarray) -> Any:
    """Call the student's function once and require that it leaves its arguments unchanged."""
    called, = query.call(name, *arguments, by=call_on_same, times=1, forbid=READY)
    for before, after in zip(arguments, called.arguments, strict=True):
        if not np.array_equal(before, after, equal_nan=True):
            Query(f"an argument after {query.text}", query.see).fail(before, after, WORDS["arguments-changed"])
    return called.result


def _near(got: np.ndarray, expected: np.ndarray) -> bool:
    return bool(np.abs(got - expected).max() <= TOLERANCE * np.abs(expected).max() + 1e-300)


def _hint(got: Arrays, wrong: list[str], case: tuple[np.ndarray, np.ndarray, np.ndarray, Arrays]) -> str:
    for mistake in MISTAKES:
        gradients = reference.gradients_of(*case, mistake)
        if all(_near(got[name], gradients[name]) for name in (wrong if mistake in OF_SOME_GRADIENTS else NAMES)):
            return WORDS[mistake]
    if len(wrong) == 1:
        return WORDS["one-gradient-wrong"].format(name=wrong[0])
    readout_wrong = bool({"W", "c"} & set(wrong))
    return WORDS["begin-with-W-and-c" if readout_wrong else "backward-order"]
