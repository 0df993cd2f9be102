"""Checks of ``output_gradient`` and ``gradients``: backpropagation through time, written out in NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from parity_lib import models
from parity_lib.checks import expect
from parity_lib.checks.core import call_on_same
from parity_lib.checks.gradient_through_time import reference
from parity_lib.checks.gradient_through_time.reference import NAMES, output_slips
from parity_lib.checks.plain import CheckFailed
from parity_lib.checks.reporting import check

LOSS, THROUGH_TIME = "training#a-loss-for-a-yes-or-no", "gradient#from-one-unit-to-many"
READY = (models.NumpyRNN.backward, torch.Tensor.backward, torch.autograd.backward, torch.autograd.grad)
TOLERANCE = 1e-4  # of the largest entry: float32 is welcome
# (strings, steps, units, kind of mask, size of the weights): the last are so long that little of them reaches h0.
CASES = ((3, 5, 2, "real", 1.0), (4, 6, 3, "end", 1.0), (3, 7, 2, "holes", 1.0), (2, 1, 3, "real", 1.0),
         (3, 8, 2, "early", 1.0), (1, 4, 6, "real", 1.0), (4, 6, 1, "end", 1.0), (60, 3, 2, "holes", 1.0),
         (2, 40, 3, "end", 0.4), (2, 120, 3, "end", 0.6))


def draw_case(strings: int, steps: int, hidden: int, kind: str, size: float,
              rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Bits, labels and mask ``[strings, steps]``, and weights by name. Labels are any; those of ``"real"`` the parity.

    ``kind`` is ``"real"`` (True up to each string's end), ``"end"`` (True at its
    end alone), ``"holes"`` (True anywhere, and never at every step) or ``"early"``
    (none at the last step, and none at all on the last string).
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
    return bits, labels, mask, reference.draw_weights(hidden, rng, size)


@check("output_gradient: right for labels at every step, at the end, and at any positions")
def output_gradient(seed: int = 0) -> None:
    """``output_gradient(logits, labels, mask)``: three arrays ``[batch, steps]`` -> floats ``[batch, steps]``."""
    rng = np.random.default_rng(seed)
    for strings, steps, _, kind, _ in CASES:
        _, labels, mask, _ = draw_case(strings, steps, 1, kind, 1.0, rng)
        logits = rng.normal(scale=2, size=mask.shape)
        logits[0, 0] = 0.0
        what = f"output_gradient for {strings} strings of {steps} steps with the mask {_about(mask)}"
        got = expect.array(_asked("output_gradient", what, (logits, labels, mask), LOSS), what, mask.shape, see=LOSS)
        right = reference.output_gradient(logits, labels, mask)
        slips = [(reference.output_gradient(logits, labels, mask, slip), words)
                 for slip, words in output_slips().items()]
        expect.close(got, right, what, expect.likely(got, slips, TOLERANCE), LOSS, TOLERANCE)


@check("gradients: equal to PyTorch's for labels at every step, at the end, and at any positions")
def gradients(seed: int = 0) -> None:
    """``gradients(bits, labels, mask, U, V, b, W, c, h0)`` -> a dict of arrays with the weights' names and shapes."""
    compare(CASES, np.random.default_rng(seed))


def compare(cases: tuple, rng: np.random.Generator) -> None:
    """Ask for the gradients of each case, the arguments of :func:`draw_case`; CheckFailed at the first wrong one.

    Each case comes twice, with the same weights and other strings: what is kept from one call is wrong in the next.
    """
    for case in cases:
        weights = draw_case(*case, rng)[3]
        for _ in range(2):
            _compare_one(*draw_case(*case, rng)[:3], weights)


def _compare_one(bits: np.ndarray, labels: np.ndarray, mask: np.ndarray, weights: dict[str, np.ndarray]) -> None:
    what = (f"gradients for {len(bits)} strings of {bits.shape[1]} steps, {len(weights['b'])} units and the mask "
            f"{_about(mask)}")
    result = _asked("gradients", what, (bits, labels, mask, *(weights[name] for name in NAMES)), THROUGH_TIME)
    got = _by_name(result, what, weights)
    right = reference.by_autograd(bits, labels, mask, weights)
    wrong = [name for name in NAMES if not _near(got[name], right[name])]
    if wrong:
        hint = _hint(got, right, wrong, (bits, labels, mask, weights))
        expect.fail(f"{what}: the gradient of {wrong[0]}", right[wrong[0]], got[wrong[0]], hint, THROUGH_TIME)


def _asked(name: str, what: str, arguments: tuple, see: str) -> Any:
    """What the student's function gives; CheckFailed where it leaves another argument behind than it was given."""
    try:
        called = call_on_same(name, *arguments, times=1, forbid=READY)[0]
    except CheckFailed as failure:
        raise expect.explained(failure, what, {}, see) from None
    for before, after in zip(arguments, called.arguments, strict=True):
        if not np.array_equal(before, after):
            expect.fail(f"an argument after {what}", before, after, "the arrays belong to the caller: work on copies",
                        see)
    return called.result


def _about(mask: np.ndarray) -> str:
    if mask.size <= 30:
        return expect.show(mask, 70)
    return "True at the end" if mask.sum() == len(mask) else "True at some positions"


def _by_name(result: Any, what: str, weights: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The student's arrays by name, each of its weight's shape; a dict of the same names is asked."""
    if type(result) is not dict or set(result) != set(NAMES):
        given = f"the names {', '.join(sorted(result))}" if type(result) is dict else expect.kind_of(result)
        expect.fail(what, f"a dict with the names {', '.join(NAMES)}", given, "", THROUGH_TIME)
    found = {}
    for name, weight in weights.items():
        about = f"{what}: the gradient of {name}"
        value = expect.array(result[name], about, see=THROUGH_TIME)
        if value.shape != weight.shape:
            hint = ""
            if name == "h0" and value.ndim == 2:
                hint = "h0 is one state, with which every string begins: add over the strings"
            elif name in "Wc" and value.size == weight.size:
                hint = "a gradient has the shape of its weight: W is [1, H], and c is [1]"
            expect.fail(about, f"shape {weight.shape}", f"shape {value.shape}", hint, THROUGH_TIME)
        found[name] = value.astype(float)
    return found


def _near(got: np.ndarray, right: np.ndarray) -> bool:
    """Whether they agree to a part of the largest entry, however small that is."""
    return bool(np.abs(got - right).max() <= TOLERANCE * np.abs(right).max() + 1e-300)


def _hint(got: dict[str, np.ndarray], right: dict[str, np.ndarray], wrong: list[str], given: tuple) -> str:
    """The slip that explains all the gradients, or else the first wrong one; words for rounding; or where to look."""
    if all(np.abs(got[name] - right[name]).max() < 1e-7 for name in wrong):
        return ("right up to rounding, and the gradient is smaller than that: are these differences of losses? "
                "Follow the chain rule")
    slips = reference.slips()
    slipped = {slip: reference.gradients(*given, slip=slip) for slip in slips}
    for names in (NAMES, wrong[:1]):
        for slip, words in slips.items():
            if all(_near(got[name], slipped[slip][name]) for name in names):
                return words
    if not {"W", "c"} & set(wrong):
        if wrong == ["h0"]:
            return "all others are right: what arrives at the state before the first step, from each of the strings?"
        if len(wrong) == 1:
            return f"all others are right: only what is added to the gradient of {wrong[0]} at each step can be wrong"
        return "the readout's gradients, of W and c, are right: what happens between a state and the one before?"
    return ""
