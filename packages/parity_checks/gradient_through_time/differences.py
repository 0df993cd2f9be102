"""Checks for the student's ``gradient_is_right`` function.

The function must accept correct gradients and reject wrong ones of any size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from parity_checks.assertions import Query, to_numpy
from parity_checks.gradient_through_time import bptt_reference
from parity_checks.plain_data import CheckFailed, kind_of
from parity_checks.reporting import check

CONTRIBUTIONS = "gradient#why-contributions-add-up"
EVERY_ENTRY = "Check every entry of every array; one wrong entry is enough to reject the gradient."
ROUNDING = "Is the step so small that the losses differ by their rounding errors only?"
Arrays = list[np.ndarray]
Loss = tuple[str, Callable[[Arrays], Arrays]]       # source text, and the function of its gradient


@dataclass(frozen=True)
class Case:
    """A test case for the student's ``gradient_is_right`` function.

    It consists of a loss as source text, its weights, a claimed gradient, whether that gradient is correct, and a hint
    for a wrong verdict.
    """

    description: str
    source: str
    weights: Arrays
    gradient: Arrays
    correct: bool
    hint: str


# ---------------------------------------------------------------- losses


def powers(exponent: int, scale: float = 1.0, offset: float = 0.0) -> Loss:
    """Create a loss function that sums powers of the weights.

    The sum is multiplied by ``scale``, and ``offset`` is added.
    """
    source = f"def loss(weights):\n    return {offset!r} + {scale!r} * sum((w**{exponent}).sum() for w in weights)\n"
    return source, lambda weights: [np.array(exponent * scale * w**(exponent - 1)) for w in weights]


def wave(frequency: float) -> Loss:
    """Create a loss function that sums sines of the weights.

    Each weight is multiplied by ``frequency`` before the sine is taken.
    """
    source = f"def loss(weights):\n    return sum(np.sin({frequency!r} * w).sum() for w in weights)\n"
    return source, lambda weights: [frequency * np.cos(frequency * w) for w in weights]


def network(bits: np.ndarray, labels: np.ndarray) -> Loss:
    """Create the mean cross-entropy loss of a tanh network.

    The network has the weights U, V, b, W, c and h0 and reads the strings ``bits``.
    """
    source = f"""
def loss(weights):
    U, V, b, W, c, h0 = weights
    bits, labels, total = np.array({bits.tolist()}), np.array({labels.tolist()}), 0.0
    h = np.tile(h0, (len(bits), 1))
    for t in range(bits.shape[1]):
        h = np.tanh(bits[:, t:t + 1] @ U.T + h @ V.T + b)
        logits = h @ W[0] + c[0]
        total += (np.logaddexp(0, logits) - labels[:, t] * logits).sum()
    return total / bits.size
"""
    everywhere = np.ones(bits.shape, dtype=bool)

    def gradient(weights: Arrays) -> Arrays:
        named = dict(zip(bptt_reference.NAMES, weights, strict=True))
        return list(bptt_reference.correct_gradients(bits, labels, everywhere, named).values())

    return source, gradient


# ---------------------------------------------------------------- cases


def draw(rng: np.random.Generator, *shapes: tuple[int, ...]) -> Arrays:
    """Draw random arrays of the given shapes.

    The absolute values of their entries lie between 0.5 and 1.5.
    """
    return [np.array(rng.uniform(0.5, 1.5, size=shape) * rng.choice([-1, 1], size=shape)) for shape in shapes]


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Yield difficult test cases for a gradient check.

    They are correct gradients that are easily rejected, and wrong ones that are easily accepted.
    """
    yield from _correct(rng)
    yield from _one_entry_wrong(rng)
    yield from _wrong(rng)
    yield from _near_the_limit(rng)
    yield from _of_a_network(rng)


def _correct(rng: np.random.Generator) -> Iterator[Case]:
    offset = 1e5 + int(rng.integers(1000))
    zero = "Where the gradient is 0, so is the difference: do not divide by 0, and use a step to both sides."
    for description, (source, gradient), weights, hint in (
            ("a sum of fourth powers", powers(4), draw(rng, (2, 3), (3,)),
             "Compare each entry with (loss(w + step) - loss(w - step)) / (2 * step), and move nothing else."),
            ("a loss whose slopes are in the ten thousands", powers(4, 3e4), draw(rng, (2, 3), (3,)), "Rounding errors "
             "grow with the size of the loss: compare the difference with the largest entry, not with a fixed number."),
            ("a loss that curves strongly", wave(25.0 + float(rng.integers(10))), draw(rng, (2, 3), (3,)), "Is the "
             "step so large that the loss bends within it? Use a small step, to both sides."),
            ("a loss on top of a large constant", powers(4, offset=offset), draw(rng, (2, 3), (3,)),
             f"{ROUNDING} A number like {offset:.0f} is stored to about 1e-11."),
            ("a loss with an array of weights at its minimum", powers(2), [*draw(rng, (2,)), np.zeros(3)], zero),
            ("a gradient of a ten-millionth on top of a constant", powers(2, 1e-7, 0.7), draw(rng, (2, 2)), ROUNDING),
            ("arrays with no axis, with one entry, and with three axes", powers(4), draw(rng, (), (1,), (2, 1, 2)),
             "`np.ndindex(weight.shape)` goes through the positions of an array of any shape.")):
        yield Case(description, source, weights, gradient(weights), True, hint)


def _wrong(rng: np.random.Generator) -> Iterator[Case]:
    weights = draw(rng, (2, 2), (3,))
    source, gradient = powers(4)
    correct = gradient(weights)

    def small(scale: float, factor: float) -> tuple[str, Arrays]:
        text, small_gradient = powers(4, scale)
        return text, [factor * array for array in small_gradient(weights)]

    def changed(k: int, index: tuple[int, ...], value: float) -> tuple[str, Arrays]:
        claimed = [array.copy() for array in correct]
        claimed[k][index] += value
        return source, claimed

    mixed = "def loss(weights):\n    return (weights[0]**4).sum() + 1e-7 * (weights[1]**4).sum()\n"
    for description, (text, claimed), hint in (
            ("the gradient with the wrong sign", (source, [-array for array in correct]), "The sizes agree and the "
             "signs do not: compare before you take absolute values."),
            ("a gradient that is correct in the first array and 0 in the second",
             (source, [correct[0], 0 * correct[1]]), EVERY_ENTRY),
            ("a gradient twice too large, all of it below a millionth", small(1e-7, 2), "A fixed tolerance accepts "
             "everything that is small: compare with the largest entry of the array."),
            ("a gradient that is correct in a large array and twice too large in a small one",
             (mixed, [correct[0], 2e-7 * correct[1]]), "Compare with the largest entry of the same array, not of all."),
            ("a gradient three hundredths too large, all of it below a millionth", small(2.5e-8, 1.03), "If you add a "
             "number to the tolerance, it has to be smaller than the smallest gradient that counts, 1e-10."),
            ("a gradient of zeros", (source, [0 * array for array in correct]), "If you divide by the claimed "
             "gradient, a claim of 0 divides by 0."),
            ("a gradient with nan in it", changed(0, (1, 1), np.nan), "Every comparison with nan is False. Ask whether "
             "the difference is small, not whether it is large."),
            ("a gradient with inf in it", changed(1, (-1,), np.inf), "A tolerance made from the claimed gradient is as "
             "large as the claim. Make it from your own differences.")):
        yield Case(description, text, weights, claimed, False, hint)


def _one_entry_wrong(rng: np.random.Generator) -> Iterator[Case]:
    """Yield test cases in which a single entry of the gradient is wrong.

    The last two cases are gradients at weights that are 0.
    """
    source, gradient = powers(4)
    small, large = draw(rng, (2, 3), (), (1,), (2, 1, 2)), draw(rng, (6, 9))
    entries = [(small, k, index) for k, weight in enumerate(small) for index in np.ndindex(weight.shape)]
    for weights, k, index in [*entries, (large, 0, (5, 8))]:
        claimed = [array.copy() for array in gradient(weights)]
        claimed[k][index] += 0.01 * np.abs(claimed[k]).max()
        size = sum(weight.size for weight in weights)
        yield Case(f"a gradient of {size} entries of which entry {index} of array {k} is wrong", source, weights,
                   claimed, False, EVERY_ENTRY)
    factors = draw(rng, (3,))[0]
    linear = f"def loss(weights):\n    return (np.array({factors.tolist()}) * weights[0]).sum()\n"
    for description, claimed, correct in (("a gradient of zeros", np.zeros(3), False),
                                          ("a correct gradient", factors, True)):
        yield Case(f"{description} at weights that are 0", linear, [np.zeros(3)], [claimed], correct, "A weight that "
                   "is 0 has a gradient like any other. Is your step a share of the weight?")


def _near_the_limit(rng: np.random.Generator) -> Iterator[Case]:
    source, gradient = powers(4)
    for share, correct, comparison, adjective in ((0.7e-3, True, "less", "strict"), (1.5e-3, False, "more", "wide")):
        weights = draw(rng, (2, 3))
        weights[0][0, 0], weights[0][1, 1] = 0.5, 1.5
        claimed = gradient(weights)
        claimed[0][0, 0] += share * np.abs(claimed[0]).max()
        description = f"a gradient whose smallest entry is off by {comparison} than a thousandth of the largest"
        yield Case(description, source, weights, claimed, correct, f"Is your tolerance too {adjective}? For all "
                   "entries of an array, it is a thousandth of the array's largest entry.")


def _of_a_network(rng: np.random.Generator) -> Iterator[Case]:
    bits = rng.integers(2, size=(3, 6))
    source, gradient_at = network(bits, np.cumsum(bits, axis=1) % 2)
    while True:     # a nearly symmetric gradient of V would also be correct if it is transposed
        weights = list(bptt_reference.draw_weights(2, rng).values())
        gradient = gradient_at(weights)
        if np.abs(gradient[1] - gradient[1].T).max() > 0.02 * np.abs(gradient[1]).max():
            break
    yield Case("a recurrent network's loss", source, weights, gradient, True, "Is the step too large or too small?")
    yield Case("the gradient of a recurrent network in which that of V is transposed", source, weights,
               [gradient[0], gradient[1].T, *gradient[2:]], False, EVERY_ENTRY)


# ---------------------------------------------------------------- the check


@check("gradient_is_right: accepts correct gradients and rejects wrong ones, large and small")
def gradient_is_right(seed: int = 0) -> None:
    """Check that the student's function accepts correct gradients and rejects wrong ones.

    The notebook's ``verdict_on`` calls ``gradient_is_right(loss, weights, gradient)``.
    """
    for case in cases(np.random.default_rng(seed)):
        query = Query(f"gradient_is_right for {case.description}", CONTRIBUTIONS)
        answer, after = call_through(query, "verdict_on", "gradient_is_right", case.source, case.weights, case.gradient)
        if as_bool(query, answer) != case.correct:
            query.fail(case.correct, not case.correct, case.hint)
        if any(not np.allclose(weight, before, rtol=0, atol=1e-12)
               for weight, before in zip(after, case.weights, strict=True)):
            Query(f"the weights after {query.text}", CONTRIBUTIONS).fail(
                case.weights, after, "Put each weight back after moving it.")


def call_through(query: Query, helper: str, name: str, *args: Any, **options: Any) -> Any:
    """Call a student's function through a helper function in the notebook.

    ``helper`` calls the student's ``name``, and its result is returned. If the call stops, the message names ``name``,
    which is the function that the student has written.
    """
    try:
        return query.call(helper, *args, **options)
    except CheckFailed as failure:
        raise CheckFailed(str(failure).replace(f"`{helper}` stopped", f"`{name}` stopped")) from None


def as_bool(query: Query, answer: Any) -> bool:
    """Convert the student's answer to a bool.

    Arrays and tensors with one entry are accepted. Raises CheckFailed for anything else.
    """
    if isinstance(answer, (bool, np.bool_, np.ndarray, torch.Tensor)):
        values = to_numpy(answer)
        if values.dtype == bool and values.size == 1:
            return bool(values.all())
    query.fail("True or False", *((kind_of(None), "") if answer is None else
                                  (answer, "Join all comparisons into one answer with `.all()`.")))
