"""The check of ``gradient_is_right``: it accepts right gradients and flags wrong ones, however large or small."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from parity_lib.checks import expect
from parity_lib.checks.constants import PUBLISHED, changed, constant
from parity_lib.checks.gradient_through_time import reference
from parity_lib.checks.gradient_through_time.answers import asked, yes
from parity_lib.checks.gradient_through_time.reference import NAMES
from parity_lib.checks.reporting import check

SEE = "gradient#why-contributions-add-up"
Arrays = list[np.ndarray]


@dataclass(frozen=True)
class Case:
    """A loss as source text, the weights at which its gradient is claimed, and the words for a wrong verdict."""

    about: str
    source: str
    weights: Arrays
    gradient: Arrays
    right: bool
    words: str


# ---------------------------------------------------------------- losses, each with its gradient


def quartic(scale: float, offset: float = 0.0) -> tuple[str, Callable[[Arrays], Arrays]]:
    """The sum of all fourth powers, times ``scale``, on top of ``offset``."""
    source = f"def loss(weights):\n    return {offset!r} + {scale!r} * sum((one**4).sum() for one in weights)\n"
    return source, lambda weights: [np.array(4 * scale * one**3) for one in weights]


SQUARES = "def loss(weights):\n    return sum((one**2).sum() for one in weights)\n"


def faint_squares(offset: float) -> tuple[str, Callable[[Arrays], Arrays]]:
    """A ten-millionth of the sum of all squares, on top of ``offset``."""
    source = f"def loss(weights):\n    return {offset!r} + 1e-7 * sum((one**2).sum() for one in weights)\n"
    return source, lambda weights: [2e-7 * one for one in weights]


def wave(frequency: float) -> tuple[str, Callable[[Arrays], Arrays]]:
    """The sum of sines of all weights times ``frequency``: strongly curved where that is large."""
    source = f"def loss(weights):\n    return sum(np.sin({frequency!r} * one).sum() for one in weights)\n"
    return source, lambda weights: [frequency * np.cos(frequency * one) for one in weights]


def network(bits: np.ndarray, labels: np.ndarray) -> tuple[str, Callable[[Arrays], Arrays]]:
    """The mean cross-entropy of a tanh net with the weights U, V, b, W, c, h0 on these strings."""
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
        with changed(reference.EXERCISE, PUBLISHED[reference.EXERCISE]):    # the net of the text above
            return list(reference.gradients(bits, labels, everywhere, dict(zip(NAMES, weights, strict=True))).values())

    return source, slope


# ---------------------------------------------------------------- cases


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Right gradients that are easily refused, and wrong ones that are easily accepted."""
    yield from _right(rng)
    yield from _wrong(rng)
    yield from _one_entry_wrong(rng)


def draw(rng: np.random.Generator, *shapes: tuple[int, ...]) -> Arrays:
    """Arrays of numbers whose size is from 0.5 to 1.5."""
    return [np.array(rng.uniform(0.5, 1.5, size=shape) * rng.choice([-1, 1], size=shape)) for shape in shapes]


def _share() -> float:
    """By which part of the largest entry a right claim may be off."""
    return constant(reference.EXERCISE, "share")


def _thousandth() -> str:
    thousandths = round(1000 * _share())
    return "a thousandth" if thousandths == 1 else f"{thousandths} thousandths"


def _right(rng: np.random.Generator) -> Iterator[Case]:
    hard = 1e5 + int(rng.integers(1000))
    losses = [
        ("a sum of fourth powers", quartic(1.0), "compare with (loss(w + step) - loss(w - step)) / (2 step)"),
        ("a loss whose slopes are in the ten thousands", quartic(3e4),
         "rounding grows with the size: compare the difference with the largest entry, not with a fixed number"),
        ("a loss that curves strongly", wave(25.0 + float(rng.integers(10))),
         "is the step so large that the loss bends within it? Take a small one, to both sides"),
        ("a loss on top of a large constant", quartic(1.0, hard),
         f"is the step so small that the losses differ by their rounding? A number like {hard:.0f} is stored to "
         "about 1e-11"),
    ]
    for about, (source, slope), words in losses:
        weights = draw(rng, (2, 3), (3,))
        yield Case(about, source, weights, slope(weights), True, words)
    weights = [*draw(rng, (2,)), np.zeros(3)]
    yield Case("a loss with an array of weights at its minimum", SQUARES, weights, [2 * one for one in weights], True,
               "where the whole gradient is 0, so are the differences to both sides: do not divide by 0, and do not "
               "look to one side alone")
    source, slope = faint_squares(0.7)
    weights = draw(rng, (2, 2))
    yield Case("a gradient of a ten-millionth on top of a constant", source, weights, slope(weights), True,
               "is the step so small that the losses differ by their rounding?")
    source, slope = quartic(1.0)
    weights = draw(rng, (), (1,), (2, 1, 2))
    yield Case("arrays with no axis, with one entry, and with three axes", source, weights, slope(weights), True,
               "`np.ndindex(weight.shape)` goes through the places of an array of any shape")
    weights, claimed = nearly_right(rng, 0.7 * _share())
    yield Case(f"a gradient whose smallest entry is off by less than {_thousandth()} of the largest", source, weights,
               claimed, True, f"is the tolerance too strict? It is {_thousandth()} of the array's largest entry, for "
               "every entry alike")
    bits = rng.integers(2, size=(3, 6))
    source, slope = network(bits, np.cumsum(bits, axis=1) % 2)
    weights = list(reference.draw_weights(2, rng).values())
    yield Case("a recurrent net's loss", source, weights, slope(weights), True, "")


def nearly_right(rng: np.random.Generator, share: float) -> tuple[Arrays, Arrays]:
    """Weights of ``quartic(1.0)`` and their gradient, of which the smallest entry is off by a share of the largest."""
    weights = draw(rng, (2, 3))
    weights[0][0, 0], weights[0][1, 1] = 0.5, 1.5
    claimed = quartic(1.0)[1](weights)
    claimed[0][0, 0] += share * np.abs(claimed[0]).max()
    return weights, claimed


def _wrong(rng: np.random.Generator) -> Iterator[Case]:
    source, slope = quartic(1.0)
    faint, faint_slope = quartic(1e-7)
    faintest, faintest_slope = quartic(2.5e-8)
    weights = draw(rng, (2, 2), (3,))
    right = slope(weights)
    size = right[1].size
    one_off = [one.copy() for one in right]
    one_off[1][int(rng.integers(size))] += 0.01 * np.abs(right[1]).max()
    first_off = [one.copy() for one in right]
    first_off[0][0, 0] += 0.01 * np.abs(right[0]).max()
    nan = [one.copy() for one in right]
    nan[0][1, 1] = np.nan
    endless = [one.copy() for one in right]
    endless[1][-1] = np.inf
    small, large = quartic(1e-7)[1](weights), right
    mixed = "def loss(weights):\n    return (weights[0]**4).sum() + 1e-7 * (weights[1]**4).sum()\n"
    for about, text, claimed, words in [
        ("the gradient with the wrong sign", source, [-one for one in right],
         "the sizes agree and the signs do not: compare before you take absolute values"),
        ("a gradient that is right in the first array and 0 in the second", source, [right[0], 0 * right[1]],
         "every array of the list has to be checked"),
        ("a gradient with one entry of the second array off by a hundredth", source, one_off,
         "every entry has to be checked, and one that is off is enough"),
        ("a gradient with one entry of the first array off by a hundredth", source, first_off,
         "every entry has to be checked, and one that is off is enough"),
        ("a gradient twice too large, all of it below a millionth", faint, [2 * one for one in faint_slope(weights)],
         "a fixed tolerance lets everything small pass: compare with the largest entry of the array"),
        ("a gradient that is right in a large array and twice too large in a small one", mixed,
         [large[0], 2 * small[1]], "the largest entry is that of the same array, not of all of them"),
        ("a gradient three hundredths too large, all of it below a millionth", faintest,
         [1.03 * one for one in faintest_slope(weights)],
         "what is added to the tolerance has to be below the smallest gradient that counts, 1e-10"),
        ("a gradient of zeros", source, [0 * one for one in right],
         "if you divide by the claimed gradient, a claim of 0 divides by 0"),
        ("a gradient with nan in it", source, nan,
         "a comparison with nan is False whichever way it is asked: ask whether the difference is small"),
        ("a gradient with inf in it", source, endless, "a tolerance made from the claim is as large as the claim: make "
         "it from your own differences"),
    ]:
        yield Case(about, text, weights, claimed, False, words)
    off, claimed = nearly_right(rng, 1.5 * _share())
    yield Case(f"a gradient whose smallest entry is off by more than {_thousandth()} of the largest", source, off,
               claimed, False, f"is the tolerance too wide? {_thousandth().capitalize()} of the array's largest entry "
               "is the most")
    bits = rng.integers(2, size=(3, 6))
    text, net_slope = network(bits, np.cumsum(bits, axis=1) % 2)
    net, turned = _turned(net_slope, rng)
    yield Case("a recurrent net's gradient in which that of V is transposed", text, net, turned, False,
               "every entry has to be compared with its own weight's difference")


def _turned(slope: Callable[[Arrays], Arrays], rng: np.random.Generator) -> tuple[Arrays, Arrays]:
    """A net's weights, and its gradient with that of V transposed; never one that is nearly symmetric."""
    while True:
        net = list(reference.draw_weights(2, rng).values())
        found = slope(net)
        if np.abs(found[1] - found[1].T).max() > 0.02 * np.abs(found[1]).max():
            return net, [found[0], found[1].T, *found[2:]]


def _one_entry_wrong(rng: np.random.Generator) -> Iterator[Case]:
    """Each entry of some arrays in turn; the last of a large array; and a weight that is 0."""
    source, slope = quartic(1.0)
    weights = draw(rng, (2, 3), (), (1,), (2, 1, 2))
    for k, one in enumerate(weights):
        for place in np.ndindex(one.shape):
            claimed = [each.copy() for each in slope(weights)]
            claimed[k][place] += 0.02 * np.abs(claimed[k]).max()
            yield Case(f"a gradient of {len(weights)} arrays with the entry {place} of number {k + 1} off", source,
                       weights, claimed, False, "every entry of every array has to be checked")
    weights = draw(rng, (6, 9))
    claimed = slope(weights)
    claimed[0][-1, -1] += 0.02 * np.abs(claimed[0]).max()
    yield Case("a gradient of 54 entries, the last of them off", source, weights, claimed, False,
               "every entry has to be checked, of large arrays too")
    factors = draw(rng, (3,))[0]
    linear = f"def loss(weights):\n    return (np.array({factors.tolist()}) * weights[0]).sum()\n"
    yield Case("a gradient of zeros at weights that are 0", linear, [np.zeros(3)], [np.zeros(3)], False,
               "a weight that is 0 has a gradient like any other: is the step a share of the weight?")
    yield Case("a right gradient at weights that are 0", linear, [np.zeros(3)], [factors], True,
               "a weight that is 0 has a gradient like any other: is the step a share of the weight?")


# ---------------------------------------------------------------- the check


@check("gradient_is_right: accepts right gradients and finds wrong ones, large and small")
def gradient_is_right(seed: int = 0) -> None:
    """``gradient_is_right(loss, weights, gradient)`` -> a bool; asked by the notebook's ``verdict_on``."""
    judge(cases(np.random.default_rng(seed)))


def judge(claims: Iterable[Case]) -> None:
    """Ask the student's function about each claim in turn; CheckFailed at the first wrong verdict."""
    for case in claims:
        what = f"gradient_is_right for {case.about}"
        result = asked("verdict_on", "gradient_is_right", what, case.source, case.weights, case.gradient, see=SEE)
        answer, after = _parts(result, what)
        if answer != case.right:
            hint = _reversed_hint(answer, case) or case.words
            expect.fail(what, case.right, answer, hint, SEE)
        pairs = zip(after, case.weights, strict=True)
        if any(not np.allclose(one, before, rtol=0, atol=1e-12) for one, before in pairs):
            expect.fail(f"the weights after {what}", case.weights, after,
                        "each weight has to be put back after it was moved", SEE)


def _reversed_hint(answer: Any, case: Case) -> str:
    if case.right and case.about == "a sum of fourth powers" and answer is False:
        return ("a plain right gradient is refused: " + case.words + ", entry by entry, with everything else as it was")
    return ""


def _parts(result: Any, what: str) -> tuple[bool, Arrays]:
    answer, after = result
    return yes(answer, what, SEE), after
