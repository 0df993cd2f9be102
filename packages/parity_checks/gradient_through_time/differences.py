"""Checks for the student's ``gradient_is_right`` function."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from parity_checks.assertions import Query, messages
from parity_checks.decorator import check

WORDS = messages("gradient_through_time")
CONTRIBUTIONS = "gradient#Why contributions add up"
Arrays = list[np.ndarray]
Loss = tuple[str, Callable[[Arrays], Arrays]]       # source text, and the function of its gradient


class Case(NamedTuple):
    """A test case for the student's ``gradient_is_right`` function, with the mistake of those who answer it wrongly."""

    description: str
    source: str
    weights: Arrays
    gradient: Arrays
    correct: bool
    mistake: str


def powers(exponent: int, scale: float = 1.0, offset: float = 0.0) -> Loss:
    """Create the loss ``offset + scale * sum(w**exponent)``."""
    source = f"def loss(weights):\n    return {offset!r} + {scale!r} * sum((w**{exponent}).sum() for w in weights)\n"
    return source, lambda weights: [np.array(exponent * scale * w**(exponent - 1)) for w in weights]


def draw(rng: np.random.Generator, *shapes: tuple[int, ...]) -> Arrays:
    """Draw arrays of the given shapes with absolute values between 0.5 and 1.5."""
    return [np.array(rng.uniform(0.5, 1.5, size=shape) * rng.choice([-1, 1], size=shape)) for shape in shapes]


def moved(gradient: Arrays, k: int, place: tuple[int, ...], share: float) -> Arrays:
    """Return a copy of a gradient in which one entry is off by a share of the largest entry of the same array."""
    claimed = [array.copy() for array in gradient]
    claimed[k][place] += share * np.abs(claimed[k]).max()
    return claimed


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Yield correct gradients that are easily rejected by mistake, and wrong gradients that are easily accepted."""
    yield from _correct(rng)
    yield from _one_entry_wrong(rng)
    yield from _wrong(rng)
    source, gradient = powers(4)
    for share, correct, comparison in ((0.7e-3, True, "less"), (1.5e-3, False, "more")):
        weights = draw(rng, (2, 3))
        weights[0][0, 0], weights[0][1, 1] = 0.5, 1.5
        yield Case(f"a gradient whose smallest entry is off by {comparison} than a thousandth of the largest", source,
                   weights, moved(gradient(weights), 0, (0, 0), share), correct, "tolerance")


def _correct(rng: np.random.Generator) -> Iterator[Case]:
    frequency = 25.0 + float(rng.integers(10))
    wave: Loss = (f"def loss(weights):\n    return sum(np.sin({frequency!r} * w).sum() for w in weights)\n",
                  lambda weights: [frequency * np.cos(frequency * w) for w in weights])
    for description, (source, gradient), weights, mistake in (
            ("a sum of fourth powers", powers(4), draw(rng, (2, 3), (3,)), "step-size"),
            ("a loss whose slopes are in the ten thousands", powers(4, 3e4), draw(rng, (2, 3), (3,)), "tolerance"),
            ("a loss that curves strongly", wave, draw(rng, (2, 3), (3,)), "step-size"),
            ("a loss on top of a large constant", powers(4, offset=1e5 + int(rng.integers(1000))),
             draw(rng, (2, 3), (3,)), "step-size"),
            ("a loss with an array of weights at its minimum", powers(2), [*draw(rng, (2,)), np.zeros(3)],
             "zero-gradient"),
            ("a gradient of a ten-millionth on top of a constant", powers(2, 1e-7, 0.7), draw(rng, (2, 2)),
             "step-size"),
            ("arrays with no axis, with one entry, and with three axes", powers(4), draw(rng, (), (1,), (2, 1, 2)),
             "any-shape")):
        yield Case(description, source, weights, gradient(weights), True, mistake)


def _one_entry_wrong(rng: np.random.Generator) -> Iterator[Case]:
    """Yield cases in which one gradient entry is wrong, the gradient is doubled, or all weights are zero."""
    source, gradient = powers(4)
    small, large = draw(rng, (2, 3), (), (1,), (2, 1, 2)), draw(rng, (6, 9))
    entries = [(small, k, index) for k, weight in enumerate(small) for index in np.ndindex(weight.shape)]
    for weights, k, index in [*entries, (large, 0, (5, 8))]:
        size = sum(weight.size for weight in weights)
        yield Case(f"a gradient of {size} entries of which entry {index} of array {k} is wrong", source, weights,
                   moved(gradient(weights), k, index, 0.01), False, "every-entry")
    yield Case("a gradient twice too large", source, small, [2 * array for array in gradient(small)], False,
               "size-not-compared")
    factors = draw(rng, (3,))[0]
    linear = f"def loss(weights):\n    return (np.array({factors.tolist()}) * weights[0]).sum()\n"
    for description, claimed, correct in (("a gradient of zeros", np.zeros(3), False),
                                          ("a correct gradient", factors, True)):
        yield Case(f"{description} at weights that are 0", linear, [np.zeros(3)], [claimed], correct, "zero-weight")


def _wrong(rng: np.random.Generator) -> Iterator[Case]:
    weights = draw(rng, (2, 2), (3,))
    source, gradient = powers(4)
    correct = gradient(weights)

    def small(scale: float, factor: float) -> tuple[str, Arrays]:
        text, small_gradient = powers(4, scale)
        return text, [factor * array for array in small_gradient(weights)]

    mixed = "def loss(weights):\n    return (weights[0]**4).sum() + 1e-7 * (weights[1]**4).sum()\n"
    for description, (text, claimed) in (
            ("the gradient with the wrong sign", (source, [-array for array in correct])),
            ("a gradient that is correct in the first array and 0 in the second",
             (source, [correct[0], 0 * correct[1]])),
            ("a gradient twice too large, all of it below a millionth", small(1e-7, 2)),
            ("a gradient that is correct in a large array and twice too large in a small one",
             (mixed, [correct[0], 2e-7 * correct[1]])),
            ("a gradient three hundredths too large, all of it below a millionth", small(2.5e-8, 1.03)),
            ("a gradient of zeros", (source, [0 * array for array in correct])),
            ("a gradient with nan in it", (source, moved(correct, 0, (1, 1), np.nan))),
            ("a gradient with inf in it", (source, moved(correct, 1, (-1,), np.inf)))):
        yield Case(description, text, weights, claimed, False, "nan-accepted" if "nan" in description else "tolerance")


@check("gradient_is_right: accepts correct gradients and rejects wrong ones, large and small")
def gradient_is_right(seed: int = 0) -> None:
    """Check ``gradient_is_right(loss, weights, gradient)``, which the notebook's ``verdict_on`` calls."""
    for case in cases(np.random.default_rng(seed)):
        query = Query(f"gradient_is_right for {case.description}", CONTRIBUTIONS)
        answer, after = query.call_through("verdict_on", "gradient_is_right", case.source, case.weights, case.gradient)
        if query.as_bool(answer) != case.correct:
            query.fail(case.correct, not case.correct, WORDS[case.mistake])
        if any(not np.allclose(weight, before, rtol=0, atol=1e-12)
               for weight, before in zip(after, case.weights, strict=True)):
            Query(f"the weights after {query.text}", CONTRIBUTIONS).fail(
                case.weights, after, WORDS["weight-not-put-back"])
