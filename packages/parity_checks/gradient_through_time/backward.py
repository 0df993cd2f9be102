"""The checks of ``output_gradient`` and ``gradients``: backpropagation through time, written out in NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np

from parity_checks import assertions
from parity_checks.core import call_on_same
from parity_checks.gradient_through_time import bptt_reference
from parity_checks.gradient_through_time.bptt_reference import NAMES, Arrays
from parity_checks.plain_data import CheckFailed, kind_of
from parity_checks.reporting import check

LOSS, THROUGH_TIME = "training#a-loss-for-a-yes-or-no", "gradient#from-one-unit-to-many"
READY = ("parity_lib.models:NumpyRNN.backward", "torch:Tensor.backward", "torch.autograd:backward",
         "torch.autograd:grad")
TOLERANCE = 1e-4  # of the largest entry, which is wide enough for float32
# Strings, time steps, units, kind of mask, size of the weights. In the last two, little of the gradient reaches h0.
CASES = ((3, 5, 2, "real", 1.0), (4, 6, 3, "end", 1.0), (3, 7, 2, "holes", 1.0), (2, 1, 3, "real", 1.0),
         (3, 8, 2, "early", 1.0), (1, 4, 6, "real", 1.0), (4, 6, 1, "end", 1.0), (60, 3, 2, "holes", 1.0),
         (2, 40, 3, "end", 0.4), (2, 120, 3, "end", 0.6))


def draw_case(strings: int, steps: int, hidden: int, kind: str, size: float,
              rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray, Arrays]:
    """Draw bits, labels and a mask ``[strings, steps]``, and weights by name.

    The mask is True up to the end of each string (``"real"``, where the labels are the parity), at its end alone
    (``"end"``), at any positions (``"holes"``), or before each string's end and never in the last string (``"early"``).
    """
    bits = rng.integers(2, size=(strings, steps))
    lengths = rng.integers(1, steps, size=strings, endpoint=True)
    lengths[0], lengths[-1] = max(1, steps - 1), steps
    if kind == "end" and size < 1:
        lengths[:] = steps
    places = np.arange(steps)
    mask = {"real": places < lengths[:, None], "end": places == lengths[:, None] - 1,
            "holes": rng.integers(2, size=(strings, steps)) == 1, "early": places < lengths[:, None] - 1}[kind]
    if kind == "holes":
        mask[:, -1], mask[:, -2] = True, False
        mask[0, 0] = True
    if kind == "early":
        mask[-1] = False
    labels = np.cumsum(bits, axis=1) % 2 if kind == "real" else rng.integers(2, size=bits.shape)
    return bits, labels, mask, bptt_reference.draw_weights(hidden, rng, size)


@check("output_gradient: right for labels at every time step, at the end, and at any positions")
def output_gradient(seed: int = 0) -> None:
    """Check ``output_gradient(logits, labels, mask)``: three arrays ``[batch, steps]`` -> floats ``[batch, steps]``."""
    rng = np.random.default_rng(seed)
    for strings, steps, _, kind, _ in CASES:
        _, labels, mask, _ = draw_case(strings, steps, 1, kind, 1.0, rng)
        logits = rng.normal(scale=2, size=mask.shape)
        logits[0, 0] = 0.0
        what = f"output_gradient for {strings} strings of {steps} time steps with the mask {_describe(mask)}"
        got = assertions.array(_ask("output_gradient", what, (logits, labels, mask), LOSS), what, mask.shape, see=LOSS)
        hint = assertions.likely(got, [(bptt_reference.output_gradient(logits, labels, mask, slip), words)
                                   for slip, words in bptt_reference.OUTPUT_SLIPS.items()], TOLERANCE)
        assertions.close(got, bptt_reference.output_gradient(logits, labels, mask), what, hint, LOSS, TOLERANCE)


@check("gradients: right for labels at every time step, at the end, and at any positions")
def gradients(seed: int = 0) -> None:
    """Check ``gradients(bits, labels, mask, U, V, b, W, c, h0)``, which returns a dict of arrays like the weights.

    Each case comes twice, with the same weights and other strings, so that anything kept from the first call is wrong.
    """
    rng = np.random.default_rng(seed)
    for case in CASES:
        weights = draw_case(*case, rng)[3]
        for _ in range(2):
            _check_gradients(*draw_case(*case, rng)[:3], weights)


def _check_gradients(bits: np.ndarray, labels: np.ndarray, mask: np.ndarray, weights: Arrays) -> None:
    what = (f"gradients for {len(bits)} strings of {bits.shape[1]} time steps, {len(weights['b'])} units and the mask "
            f"{_describe(mask)}")
    result = _ask("gradients", what, (bits, labels, mask, *(weights[name] for name in NAMES)), THROUGH_TIME)
    got = _by_name(result, what, weights)
    right = bptt_reference.correct_gradients(bits, labels, mask, weights)
    wrong = [name for name in NAMES if not _near(got[name], right[name])]
    if wrong:
        hint = _hint(got, right, wrong, (bits, labels, mask, weights))
        assertions.fail(f"{what}: the gradient of {wrong[0]}", right[wrong[0]], got[wrong[0]], hint, THROUGH_TIME)


def _ask(name: str, what: str, arguments: tuple, see: str) -> Any:
    """Return the result of the student's function, or raise CheckFailed if it changes one of its arguments."""
    try:
        called = call_on_same(name, *arguments, times=1, forbid=READY)[0]
    except CheckFailed as failure:
        raise assertions.explained(failure, what, {}, see) from None
    for before, after in zip(arguments, called.arguments, strict=True):
        if not np.array_equal(before, after):
            assertions.fail(f"an argument after {what}", before, after,
                            "The arrays belong to the caller: work on copies.",
                            see)
    return called.result


def _describe(mask: np.ndarray) -> str:
    if mask.size <= 30:
        return assertions.show(mask, 70)
    return "True at the end" if mask.sum() == len(mask) else "True at some positions"


def _by_name(result: Any, what: str, weights: Arrays) -> Arrays:
    """Return the student's arrays by name, or raise CheckFailed unless each has the shape of its weight."""
    if type(result) is not dict or set(result) != set(NAMES):
        got = f"the names {', '.join(sorted(result))}" if type(result) is dict else kind_of(result)
        assertions.fail(what, f"a dict with the names {', '.join(NAMES)}", got, "", THROUGH_TIME)
    arrays = {}
    for name, weight in weights.items():
        about = f"{what}: the gradient of {name}"
        value = assertions.array(result[name], about, see=THROUGH_TIME)
        if value.shape != weight.shape:
            hint = "A gradient has the shape of its weight: W is [1, H], and c is [1]."
            if name == "h0":
                hint = "h0 is one state, with which every string begins: add the gradients of all strings."
            assertions.fail(about, f"shape {weight.shape}", f"shape {value.shape}", hint, THROUGH_TIME)
        arrays[name] = value.astype(float)
    return arrays


def _near(got: np.ndarray, right: np.ndarray) -> bool:
    """Return whether the difference is small compared with the largest entry, however small that entry is."""
    return bool(np.abs(got - right).max() <= TOLERANCE * np.abs(right).max() + 1e-300)


def _hint(got: Arrays, right: Arrays, wrong: list[str], given: tuple) -> str:
    """Return words for the slip that explains all the gradients, or else the first wrong one, or for where to look."""
    if all(np.abs(got[name] - right[name]).max() < 1e-7 for name in wrong):
        return ("The difference is as small as a rounding error, but the gradient is smaller still. Are these "
                "differences of losses? Follow the chain rule instead.")
    slipped = [(words, bptt_reference.slipped_gradients(*given, slip)) for slip, words in bptt_reference.SLIPS.items()]
    for names in (NAMES, wrong[:1]):
        for words, gradients in slipped:
            if all(_near(got[name], gradients[name]) for name in names):
                return words
    if wrong == ["h0"]:
        return "All others are right. Add what arrives at the state before the first time step, over all strings."
    if len(wrong) == 1:
        return f"All others are right. What do you add to the gradient of {wrong[0]} at each time step?"
    if not {"W", "c"} & set(wrong):
        return "W and c are right. What do you pass from a state to the one before it, and in which order?"
    return "Begin with W and c: their gradients need the gradient at the logits and the states only."
