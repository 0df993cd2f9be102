"""The check of ``gradient_is_right``: it must accept right gradients and reject wrong ones, however large or small."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from parity_checks import assertions
from parity_checks.gradient_through_time import bptt_reference
from parity_checks.plain_data import CheckFailed, kind_of
from parity_checks.reporting import check

SEE = "gradient#why-contributions-add-up"
EVERY_ENTRY = "Check every entry of every array; one wrong entry is enough to reject the gradient."
ROUNDING = "Is the step so small that the losses differ by their rounding errors only?"
Arrays = list[np.ndarray]
Loss = tuple[str, Callable[[Arrays], Arrays]]


@dataclass(frozen=True)
class Case:
    """A loss as source text, the weights, a claimed gradient, whether it is right, and words for a wrong verdict."""

    about: str
    source: str
    weights: Arrays
    gradient: Arrays
    right: bool
    words: str


# ---------------------------------------------------------------- losses, each as source text and with its gradient


def powers(exponent: int, scale: float = 1.0, offset: float = 0.0) -> Loss:
    """Return ``offset`` plus ``scale`` times the sum of a power of all weights."""
    source = f"def loss(weights):\n    return {offset!r} + {scale!r} * sum((w**{exponent}).sum() for w in weights)\n"
    return source, lambda weights: [np.array(exponent * scale * w**(exponent - 1)) for w in weights]


def wave(frequency: float) -> Loss:
    """Return the sum of the sines of all weights times ``frequency``, which curves strongly if that is large."""
    source = f"def loss(weights):\n    return sum(np.sin({frequency!r} * w).sum() for w in weights)\n"
    return source, lambda weights: [frequency * np.cos(frequency * w) for w in weights]


def network(bits: np.ndarray, labels: np.ndarray) -> Loss:
    """Return the mean cross-entropy of a tanh network with the weights U, V, b, W, c and h0 on these strings."""
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

    def slope(weights: Arrays) -> Arrays:
        named = dict(zip(bptt_reference.NAMES, weights, strict=True))
        return list(bptt_reference.correct_gradients(bits, labels, everywhere, named).values())

    return source, slope


# ---------------------------------------------------------------- cases


def draw(rng: np.random.Generator, *shapes: tuple[int, ...]) -> Arrays:
    """Draw arrays of numbers whose absolute values lie between 0.5 and 1.5."""
    return [np.array(rng.uniform(0.5, 1.5, size=shape) * rng.choice([-1, 1], size=shape)) for shape in shapes]


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Draw right gradients that are easily rejected, and wrong ones that are easily accepted."""
    yield from _right(rng)
    yield from _one_entry_wrong(rng)
    yield from _wrong(rng)
    yield from _near_the_limit(rng)
    yield from _of_a_network(rng)


def _right(rng: np.random.Generator) -> Iterator[Case]:
    offset = 1e5 + int(rng.integers(1000))
    zero = "Where the gradient is 0, so is the difference: do not divide by 0, and use a step to both sides."
    for about, (source, slope), weights, words in (
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
        yield Case(about, source, weights, slope(weights), True, words)


def _wrong(rng: np.random.Generator) -> Iterator[Case]:
    weights = draw(rng, (2, 2), (3,))
    source, slope = powers(4)
    right = slope(weights)

    def small(scale: float, factor: float) -> tuple[str, Arrays]:
        text, slopes = powers(4, scale)
        return text, [factor * gradient for gradient in slopes(weights)]

    def changed(array: int, place: tuple[int, ...], value: float) -> tuple[str, Arrays]:
        claimed = [gradient.copy() for gradient in right]
        claimed[array][place] += value
        return source, claimed

    mixed = "def loss(weights):\n    return (weights[0]**4).sum() + 1e-7 * (weights[1]**4).sum()\n"
    for about, (text, claimed), words in (
            ("the gradient with the wrong sign", (source, [-gradient for gradient in right]), "The sizes agree and the "
             "signs do not: compare before you take absolute values."),
            ("a gradient that is right in the first array and 0 in the second", (source, [right[0], 0 * right[1]]),
             EVERY_ENTRY),
            ("a gradient twice too large, all of it below a millionth", small(1e-7, 2), "A fixed tolerance accepts "
             "everything that is small: compare with the largest entry of the array."),
            ("a gradient that is right in a large array and twice too large in a small one",
             (mixed, [right[0], 2e-7 * right[1]]), "Compare with the largest entry of the same array, not of all."),
            ("a gradient three hundredths too large, all of it below a millionth", small(2.5e-8, 1.03), "If you add a "
             "number to the tolerance, it has to be smaller than the smallest gradient that counts, 1e-10."),
            ("a gradient of zeros", (source, [0 * gradient for gradient in right]), "If you divide by the claimed "
             "gradient, a claim of 0 divides by 0."),
            ("a gradient with nan in it", changed(0, (1, 1), np.nan), "Every comparison with nan is False. Ask whether "
             "the difference is small, not whether it is large."),
            ("a gradient with inf in it", changed(1, (-1,), np.inf), "A tolerance made from the claimed gradient is as "
             "large as the claim. Make it from your own differences.")):
        yield Case(about, text, weights, claimed, False, words)


def _one_entry_wrong(rng: np.random.Generator) -> Iterator[Case]:
    """Yield wrong gradients with one wrong entry each, and gradients at weights that are 0."""
    source, slope = powers(4)
    small, large = draw(rng, (2, 3), (), (1,), (2, 1, 2)), draw(rng, (6, 9))
    entries = [(small, k, place) for k, weight in enumerate(small) for place in np.ndindex(weight.shape)]
    for weights, k, place in [*entries, (large, 0, (5, 8))]:
        claimed = [gradient.copy() for gradient in slope(weights)]
        claimed[k][place] += 0.01 * np.abs(claimed[k]).max()
        about = f"a gradient of {sum(weight.size for weight in weights)} entries with entry {place} of array {k} off"
        yield Case(about, source, weights, claimed, False, EVERY_ENTRY)
    factors = draw(rng, (3,))[0]
    linear = f"def loss(weights):\n    return (np.array({factors.tolist()}) * weights[0]).sum()\n"
    for about, claimed, right in (("a gradient of zeros", np.zeros(3), False), ("a right gradient", factors, True)):
        yield Case(f"{about} at weights that are 0", linear, [np.zeros(3)], [claimed], right, "A weight that is 0 has "
                   "a gradient like any other. Is your step a share of the weight?")


def _near_the_limit(rng: np.random.Generator) -> Iterator[Case]:
    source, slope = powers(4)
    for share, right, less, strict in ((0.7e-3, True, "less", "strict"), (1.5e-3, False, "more", "wide")):
        weights = draw(rng, (2, 3))
        weights[0][0, 0], weights[0][1, 1] = 0.5, 1.5
        claimed = slope(weights)
        claimed[0][0, 0] += share * np.abs(claimed[0]).max()
        about = f"a gradient whose smallest entry is off by {less} than a thousandth of the largest"
        yield Case(about, source, weights, claimed, right, f"Is your tolerance too {strict}? For every entry alike, it "
                   "is a thousandth of the array's largest entry.")


def _of_a_network(rng: np.random.Generator) -> Iterator[Case]:
    bits = rng.integers(2, size=(3, 6))
    source, slope = network(bits, np.cumsum(bits, axis=1) % 2)
    while True:     # a nearly symmetric gradient of V would be right when it is transposed
        weights = list(bptt_reference.draw_weights(2, rng).values())
        gradient = slope(weights)
        if np.abs(gradient[1] - gradient[1].T).max() > 0.02 * np.abs(gradient[1]).max():
            break
    yield Case("a recurrent network's loss", source, weights, gradient, True, "Is the step too large or too small?")
    yield Case("a recurrent network's gradient in which that of V is transposed", source, weights,
               [gradient[0], gradient[1].T, *gradient[2:]], False, EVERY_ENTRY)


# ---------------------------------------------------------------- the check


@check("gradient_is_right: accepts right gradients and rejects wrong ones, large and small")
def gradient_is_right(seed: int = 0) -> None:
    """Check ``gradient_is_right(loss, weights, gradient)``, which the notebook's ``verdict_on`` calls."""
    judge(cases(np.random.default_rng(seed)))


def judge(claims: Iterable[Case]) -> None:
    """Raise CheckFailed at the first case to which the student's function gives a wrong verdict."""
    for case in claims:
        what = f"gradient_is_right for {case.about}"
        answer, after = ask_through("verdict_on", "gradient_is_right", what, case.source, case.weights, case.gradient,
                                    see=SEE)
        if as_bool(answer, what, SEE) != case.right:
            assertions.fail(what, case.right, not case.right, case.words, SEE)
        if any(not np.allclose(weight, before, rtol=0, atol=1e-12)
               for weight, before in zip(after, case.weights, strict=True)):
            assertions.fail(f"the weights after {what}", case.weights, after, "Put each weight back after moving it.",
                            SEE)


def ask_through(helper: str, name: str, what: str, *args: Any, see: str, **options: Any) -> Any:
    """Return the result of the notebook's function ``helper``, which calls the student's ``name``.

    If the call stops, the message names ``name``, because that is what the student has written.
    """
    try:
        return assertions.ask(helper, what, *args, see=see, **options)
    except CheckFailed as failure:
        raise CheckFailed(str(failure).replace(f"`{helper}` stopped", f"`{name}` stopped")) from None


def as_bool(answer: Any, what: str, see: str) -> bool:
    """Return the answer as a bool, also from an array or tensor with one entry; raise CheckFailed for anything else."""
    if isinstance(answer, (bool, np.bool_, np.ndarray, torch.Tensor)):
        values = np.asarray(assertions.numpy(answer) if isinstance(answer, torch.Tensor) else answer)
        if values.dtype == bool and values.size == 1:
            return bool(values.all())
    assertions.fail(what, "True or False", kind_of(None) if answer is None else answer,
                    "" if answer is None else
                    "Join all comparisons into one answer with `.all()`.", see)
