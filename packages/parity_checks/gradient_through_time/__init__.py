"""Checks for the exercise *The gradient through time*."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from parity_checks import check, fresh, private  # noqa: F401  (notebooks call them here)
from parity_checks.assertions import Query, common_mistakes, likely_cause, messages, show
from parity_checks.core import replaced_if_wrong
from parity_checks.plain_data import kind_of
from parity_lib.numpy_rnn import NumpyRNN

WORDS = messages("gradient_through_time")
LOSS, THROUGH_TIME = "training#A loss for a yes-or-no answer", "gradient#From one unit to many"
SELECT, CONTRIBUTIONS = "packing#Select first, then take the loss", "gradient#Why contributions add up"
READY = ("parity_lib.numpy_rnn:NumpyRNN.backward", "torch:Tensor.backward", "torch.autograd:backward",
         "torch.autograd:grad")
TOLERANCE = 1e-4  # of the largest entry, which is wide enough for float32
# Strings, time steps, units, kind of mask, size of the weights. In the last two, little of the gradient reaches h0.
CASES = ((3, 5, 2, "real", 1.0), (4, 6, 3, "end", 1.0), (3, 7, 2, "holes", 1.0), (2, 1, 3, "real", 1.0),
         (3, 8, 2, "early", 1.0), (1, 4, 6, "real", 1.0), (4, 6, 1, "end", 1.0), (60, 3, 2, "holes", 1.0),
         (2, 40, 3, "end", 0.4), (2, 120, 3, "end", 0.6))
TERMS = {"U": "the gradient inside tanh, times the bit", "V": "the gradient inside tanh, times the state before",
         "b": "the gradient inside tanh", "W": "the gradient at the logit, times the state after the time step",
         "c": "the gradient at the logit", "h0": "what the first time step passes back, times V"}
NAMES = ("U", "V", "b", "W", "c", "h0")
Arrays = dict[str, np.ndarray]
Weights = list[np.ndarray]
Loss = tuple[str, Callable[[Weights], Weights]]       # source text, and the function of its gradient


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
    shapes = {"U": (hidden, 1), "V": (hidden, hidden), "b": (hidden,), "W": (1, hidden), "c": (1,), "h0": (hidden,)}
    return bits, labels, mask, {name: rng.normal(scale=size, size=shape) for name, shape in shapes.items()}


def logit_gradient(logits: np.ndarray, labels: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return the gradient ``[batch, steps]`` of the loss with respect to the logits."""
    chance = 1 / (1 + np.exp(-logits))
    return np.where(mask, chance - labels, 0) / mask.sum()


def gradients_of(bits: np.ndarray, labels: np.ndarray, mask: np.ndarray, weights: Arrays,
                 at_logits: Callable[..., np.ndarray] = logit_gradient) -> Arrays:
    """Return the gradients of the loss as a dict from weight names to arrays."""
    V, W, steps = weights["V"], weights["W"], bits.shape[1]
    logits, states = NumpyRNN(*(weights[name] for name in "UVbWc")).forward(bits[..., None], weights["h0"])
    d_logits = at_logits(logits[..., 0], labels, mask)
    gradients = {name: np.zeros_like(value) for name, value in weights.items()}
    from_later = inside = np.zeros_like(states[:, 0])
    for t in reversed(range(steps)):
        x, before, h, d_logit = bits[:, t:t + 1], states[:, t], states[:, t + 1], d_logits[:, t:t + 1]
        at_state, slope = d_logit @ W + from_later, 1 - h**2
        inside = at_state * slope
        terms = {"U": inside.T @ x, "V": inside.T @ before, "b": inside.sum(axis=0), "W": d_logit.T @ h,
                 "c": d_logit.sum(axis=0)}
        for name, term in terms.items():
            gradients[name] = gradients[name] + term
        from_later = inside @ V
    gradients["h0"] = from_later.sum(axis=0)
    return gradients


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
        result = query.call("output_gradient", logits, labels, mask, forbid=READY)
        got = query.as_array(result, mask.shape, nan_hint=WORDS["nan-multiplied"],
                             shape_hints={(mask.sum(),): WORDS["only-labelled"]})
        query.require_close(got, logit_gradient(logits, labels, mask), WORDS["gradient-unexplained"],
                            WORDS.mistakes(logit_gradient, logits, labels, mask), TOLERANCE)
        if unlabelled is None:
            query.require_unchanged("output_gradient", {"logits": logits, "labels": labels, "mask": mask}, forbid=READY)


@check("gradients: correct for labels at every time step, at the end, and at any positions")
@replaced_if_wrong(("output_gradient", output_gradient, f"{__name__}:logit_gradient"))
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
    arguments = {"bits": bits, "labels": labels, "mask": mask, **weights}
    result = query.call("gradients", *arguments.values(), forbid=READY)
    if type(result) is not dict or set(result) != set(NAMES):
        shown = f"the names {', '.join(sorted(result))}" if type(result) is dict else kind_of(result)
        query.fail(f"a dict with the names {', '.join(NAMES)}", shown)
    got = {name: query.part(f"the gradient of {name}").as_array(result[name], weight.shape).astype(float)
           for name, weight in weights.items()}
    expected = gradients_of(bits, labels, mask, weights)
    wrong = [name for name in NAMES if not _near(got[name], expected[name])]
    if wrong:
        query.part(f"the gradient of {wrong[0]}").fail(
            expected[wrong[0]], got[wrong[0]], _hint(got, wrong, (bits, labels, mask, weights)))
    query.require_unchanged("gradients", arguments, forbid=READY)


def _near(got: np.ndarray, expected: np.ndarray) -> bool:
    return bool(np.abs(got - expected).max() <= TOLERANCE * np.abs(expected).max() + 1e-300)


def _hint(got: Arrays, wrong: list[str], case: tuple[np.ndarray, np.ndarray, np.ndarray, Arrays]) -> str:
    known = [*((NAMES, *made) for made in WORDS.made(gradients_of, *case)),
             *((wrong, *made) for made in WORDS.made(gradients_of, *case, table="-some")),
             *((NAMES, gradients_of(*case, at_logits), words) for words, at_logits in WORDS.variants(logit_gradient))]
    for names, gradients, words in known:
        if any(gradients[name].any() for name in wrong) and all(_near(got[name], gradients[name]) for name in names):
            return words
    if len(wrong) == 1:
        name, sizes = wrong[0], (*case[0].shape, case[0].size)
        if name == "h0" and case[0].shape[1] > 8 and not got[name].any():       # the shorter strings were correct
            return WORDS["cut-off"]
        found, expected = (array / np.abs(gradients_of(*case)[name]).max() for array in (
            got[name], gradients_of(*case)[name]))
        return likely_cause(found, common_mistakes(found, expected, sizes)) or (
            WORDS["one-gradient-wrong"].format(name=name, terms=TERMS[name]))
    readout_wrong = bool({"W", "c"} & set(wrong))
    return WORDS["begin-with-W-and-c" if readout_wrong else "backward-order"]


class Case(NamedTuple):
    """A test case for the student's ``gradient_is_right`` function, with the mistake that a wrong answer points to."""

    description: str
    source: str
    weights: Weights
    gradient: Weights
    correct: bool
    mistake: str


def powers(exponent: int, scale: float = 1.0, offset: float = 0.0) -> Loss:
    """Create the loss ``offset + scale * sum(w**exponent)``."""
    source = f"def loss(weights):\n    return {offset!r} + {scale!r} * sum((w**{exponent}).sum() for w in weights)\n"
    return source, lambda weights: [np.array(exponent * scale * w**(exponent - 1)) for w in weights]


def draw(rng: np.random.Generator, *shapes: tuple[int, ...]) -> Weights:
    """Draw arrays of the given shapes with absolute values between 0.5 and 1.5."""
    return [np.array(rng.uniform(0.5, 1.5, size=shape) * rng.choice([-1, 1], size=shape)) for shape in shapes]


def moved(gradient: Weights, k: int, place: tuple[int, ...], share: float) -> Weights:
    """Return a copy of a gradient in which one entry is off by a given fraction of its array's largest entry."""
    claimed = [array.copy() for array in gradient]
    claimed[k][place] += share * np.abs(claimed[k]).max()
    return claimed


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Yield correct gradients that are easily rejected by mistake, and wrong gradients that are easily accepted."""
    frequency = 25.0 + float(rng.integers(10))
    wave: Loss = (f"def loss(weights):\n    return sum(np.sin({frequency!r} * w).sum() for w in weights)\n",
                  lambda weights: [frequency * np.cos(frequency * w) for w in weights])
    unused: Loss = ("def loss(weights):\n    return (weights[0]**2).sum()\n",
                    lambda weights: [2 * weights[0], 0 * weights[1]])
    for description, (source, gradient), weights, mistake in (
            ("a sum of fourth powers", powers(4), draw(rng, (2, 3), (3,)), "step-size"),
            ("a loss whose slopes are in the ten thousands", powers(4, 3e4), draw(rng, (2, 3), (3,)), "no-share"),
            ("a loss that curves strongly", wave, draw(rng, (2, 3), (3,)), "step-too-large"),
            ("a loss on top of a large constant", powers(4, offset=1e5 + int(rng.integers(1000))),
             draw(rng, (2, 3), (3,)), "step-too-small"),
            ("a loss that does not depend on its last weights", unused, draw(rng, (2,), (3,)), "zero-gradient"),
            ("a loss with an array of weights at its minimum", powers(2), [*draw(rng, (2,)), np.zeros(3)],
             "one-sided"),
            ("a gradient of a ten-millionth on top of a constant", powers(2, 1e-7, 0.7), draw(rng, (2, 2)),
             "step-too-small"),
            ("arrays with no axis, with one entry, and with three axes", powers(4), draw(rng, (), (1,), (2, 1, 2)),
             "any-shape")):
        yield Case(description, source, weights, gradient(weights), True, mistake)

    source, gradient = powers(4)
    weights, large = draw(rng, (2, 3), (), (1,), (2, 1, 2)), draw(rng, (6, 9))
    entries = [(weights, k, index) for k, weight in enumerate(weights) for index in np.ndindex(weight.shape)]
    for others, k, index in [*entries, (large, 0, (5, 8))]:
        size = sum(weight.size for weight in others)
        yield Case(f"a gradient of {size} entries of which entry {index} of array {k} is wrong", source, others,
                   moved(gradient(others), k, index, 0.1), False, "every-entry")
    yield Case("a gradient twice too large", source, weights, [2 * array for array in gradient(weights)], False,
               "size-not-compared")
    factors = draw(rng, (3,))[0]
    linear = f"def loss(weights):\n    return (np.array({factors.tolist()}) * weights[0]).sum()\n"
    for description, claimed, correct in (("a gradient of zeros", np.zeros(3), False),
                                          ("a correct gradient", factors, True)):
        yield Case(f"{description} at weights that are 0", linear, [np.zeros(3)], [claimed], correct, "zero-weight")

    weights = draw(rng, (2, 2), (3,))
    first, second = right = gradient(weights)
    mixed = "def loss(weights):\n    return (weights[0]**4).sum() + 1e-7 * (weights[1]**4).sum()\n"
    opposite = moved(moved(right, 0, (0, 0), 0.1), 0, (1, 1), -0.1)
    for description, text, claim, mistake in (
            ("the gradient with the wrong sign", source, [-first, -second], "sign-not-compared"),
            ("a gradient that is correct in the first array and 0 in the second", source, [first, 0 * second],
             "every-entry"),
            ("a gradient of which two entries are off in opposite directions", source, opposite, "errors-cancel"),
            ("a gradient twice too large, all of it below a millionth", powers(4, 1e-7)[0],
             [2e-7 * first, 2e-7 * second], "fixed-tolerance"),
            ("a gradient that is correct in a large array and twice too large in a small one", mixed,
             [first, 2e-7 * second], "largest-of-all"),
            ("a gradient three hundredths too large, all of it below a millionth", powers(4, 2.5e-8)[0],
             [1.03 * 2.5e-8 * first, 1.03 * 2.5e-8 * second], "fixed-tolerance"),
            ("a gradient of zeros", source, [0 * first, 0 * second], "size-not-compared"),
            ("a gradient with nan in it", source, moved(right, 0, (1, 1), np.nan), "nan-accepted"),
            ("a gradient with inf in it", source, moved(right, 1, (-1,), np.inf), "share-of-claim")):
        yield Case(description, text, weights, claim, False, mistake)
    for share, correct, comparison, mistake in ((0.7e-3, True, "less", "share-of-entry"),
                                                (1.5e-3, False, "more", "too-loose")):
        weights = draw(rng, (2, 3))
        weights[0][0, 0], weights[0][1, 1] = 0.5, 1.5
        yield Case(f"a gradient whose smallest entry is off by {comparison} than a thousandth of the largest", source,
                   weights, moved(gradient(weights), 0, (0, 0), share), correct, mistake)


@check("gradient_is_right: accepts correct gradients and rejects wrong ones, large and small")
def gradient_is_right(seed: int = 0) -> None:
    """Check ``gradient_is_right(loss, weights, gradient)``, which the notebook's ``verdict_on`` calls."""
    for case in cases(np.random.default_rng(seed)):
        query = Query(f"gradient_is_right for {case.description}", CONTRIBUTIONS)
        answer, after = _verdict(query, case)
        if answer != case.correct:
            query.fail(case.correct, answer, _cause_of_rejection(query, case) if case.correct else WORDS[case.mistake])
        if any(not np.allclose(weight, before, rtol=0, atol=1e-12)
               for weight, before in zip(after, case.weights, strict=True)):
            Query(f"the weights after {query.text}", CONTRIBUTIONS).fail(
                case.weights, after, WORDS["weight-not-put-back"])


def _verdict(query: Query, case: Case) -> tuple[bool, Weights]:
    """Return the student's verdict on the gradient claimed in a case, and the weights after the call."""
    answer, after = query.call_through("verdict_on", "gradient_is_right", case.source, case.weights, case.gradient,
                                       causes=dict.fromkeys(("index", "unpack", "shape"), WORDS["any-shape"]))
    return query.as_bool(answer), after


def _cause_of_rejection(query: Query, case: Case) -> str:
    """Return why a correct gradient was rejected, judging by which wrong gradient is accepted in its place."""
    for factor in (2, 0.5, -1):
        if _verdict(query, case._replace(gradient=[factor * part for part in case.gradient]))[0]:
            return WORDS["differences-scaled"].format(factor=factor)
    if _verdict(query, case._replace(gradient=[np.full(part.shape, part.flat[-1]) for part in case.gradient]))[0]:
        return WORDS["differences-overwritten"]
    slopes = [np.arange(1.0, weight.size + 1).reshape(weight.shape) for weight in case.weights]
    linear = ("def loss(weights):\n    return sum((np.array(slope) * weight).sum() for slope, weight in "
              f"zip({[slope.tolist() for slope in slopes]}, weights))\n")
    if case.mistake in ("step-size", "step-too-large") and _verdict(query, case._replace(
            source=linear, gradient=slopes))[0]:
        # At 1, a difference to both sides gives the slope 1 of this parabola exactly, whatever the step.
        ones = [np.ones(weight.shape) for weight in case.weights]
        parabola = "def loss(weights):\n    return sum((w + 1e4 * (w - 1)**2).sum() for w in weights)\n"
        exact = _verdict(query, case._replace(source=parabola, weights=ones, gradient=ones))[0]
        return WORDS["step-too-large" if exact else "one-sided"]
    return WORDS[case.mistake]
