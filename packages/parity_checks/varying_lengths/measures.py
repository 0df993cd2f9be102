"""Checks for loss and accuracy functions that take a mask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from parity_checks.assertions import Mistakes, Query, show
from parity_checks.core import call_gradient, replaced_if_wrong
from parity_checks.plain_data import is_tensor, kind_of
from parity_checks.reporting import check

if TYPE_CHECKING:
    import torch

READY_MEAN = ("parity_lib.training:masked_loss", "parity_lib.padding:masked_mean", "parity_lib.padding:masked_values")
LOSS, KNOWS_NOTHING = "packing#the-loss-lies-too", "packing#a-network-that-knows-nothing"
ON_LOGITS = "training#a-loss-for-a-yes-or-no-answer"
SELECT = "packing#select-first-then-take-the-loss"
NO_FIT = ("[batch, steps, 1] and mask [batch, steps] do not fit: remove the last axis with `squeeze(-1)`, or add one "
          "to the mask with `unsqueeze(-1)`.")
SHAPE_CAUSES = {
    "infer output dtype": "PyTorch cannot average True and False: convert them with `.float()` first.",
    "used as indices": "A mask that is used as an index must hold True and False, not numbers.",
} | dict.fromkeys(("must match", "broadcast", "same as input size", "does not match", "shape"), NO_FIT)


@dataclass(frozen=True)
class MaskedLogits:
    """A test case with logits, targets and a mask, each ``[batch, steps]``."""

    description: str
    logits: np.ndarray
    targets: np.ndarray
    mask: np.ndarray

    @property
    def arguments(self) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """The logits, targets and mask as PyTorch tensors."""
        import torch

        logits, targets = (torch.from_numpy(part).float().unsqueeze(-1) for part in (self.logits, self.targets))
        return logits, targets, torch.from_numpy(self.mask)

    @property
    def has_nan(self) -> bool:
        """Whether a logit or a target is NaN."""
        return bool(np.isnan(self.logits + self.targets).any())

    def changed(self, description: str, **changes: np.ndarray) -> MaskedLogits:
        """Return a copy with some arrays replaced and ``description`` appended to its description."""
        return replace(self, description=f"{self.description}, {description}", **changes)

    def with_padding(self, value: float) -> Iterator[MaskedLogits]:
        """Yield two copies with ``value`` at the padded positions, first of the logits and then of the targets."""
        for name in ("logits", "targets"):
            padded = np.where(self.mask, getattr(self, name), value)
            yield self.changed(f"{name} of {value:g} on padding", **{name: padded})


def _draw(rng: np.random.Generator, lengths: list[int] | np.ndarray, steps: int,
          on_padding: float = 0.0) -> MaskedLogits:
    """Draw random logits and targets for strings of the given lengths."""
    mask = np.arange(steps) < np.asarray(lengths)[:, None]
    logits = rng.normal(scale=2, size=mask.shape).astype(np.float32).astype(float)
    targets = np.where(mask, rng.integers(2, size=mask.shape), on_padding)
    description = f"lengths {show(np.asarray(lengths), 50)} in a rectangle of {steps} steps"
    return MaskedLogits(description, logits, targets, mask)


def _draw_cases(rng: np.random.Generator) -> Iterator[MaskedLogits]:
    yield _draw(rng, [1, 9, 4, 12, 2, 7, 11, 3, 12, 5, 8, 6], 12)       # square, so that a wrong axis raises no error
    yield _draw(rng, [2, 5, 9], 12, on_padding=1.0)
    yield _draw(rng, rng.integers(1, 20, size=6), 20 + int(rng.integers(4)))
    holes = _draw(rng, [6, 3, 5], 6)
    yield holes.changed("step 0 masked too", mask=holes.mask & (np.arange(6) > 0))
    for value in (1e9, np.nan):
        yield from _draw(rng, [3, 1, 4], 6).with_padding(value)


def _cross_entropy(logits: np.ndarray, targets: np.ndarray) -> np.ndarray:
    return np.maximum(logits, 0) - logits * targets + np.log1p(np.exp(-np.abs(logits)))


def _sigmoid(logits: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-logits))


@check("masked_loss: the mean over real positions, in value and gradient, whatever is on padding")
def masked_loss(seed: int = 0) -> None:
    """Check that the student's ``masked_loss`` function ignores padding.

    ``masked_loss(logits, targets, mask)`` returns a scalar tensor through which a gradient reaches the logits.
    """
    rng = np.random.default_rng(seed)
    zeros = MaskedLogits("lengths [1 3], every logit 0", np.zeros((2, 3)), np.array([[1.0, 0, 0], [1, 0, 1]]),
                         np.array([[True, False, False], [True, True, True]]))
    sure = _draw(rng, [2, 3], 3)
    sure = sure.changed("logits of -200 and 200", logits=np.where(sure.targets > 0, -200.0, 200.0))
    for case in (zeros, *_draw_cases(rng), sure):
        query = Query(f"masked_loss, {case.description}", ON_LOGITS if case is sure else _section(case))
        result = query.call("masked_loss", *case.arguments, forbid=READY_MEAN, causes=SHAPE_CAUSES)
        if not is_tensor(result):
            query.fail("a tensor with one number", kind_of(result), "`backward` starts at the loss, so return the "
                       "tensor itself, without .item() or NumPy.")
        leaked = ("The nan on padding leaked, because 0 times nan is nan. Select the real positions instead of "
                  "multiplying, before you compute the loss.") if case.has_nan else ""
        got = query.as_array(result, (), nan_hint=leaked)
        hint = "The loss is the mean of the cross-entropy at the positions where `mask` is True."
        if case is sure:
            hint = ("This is the logarithm of a probability that rounds to 0 or 1. Compute the loss on the logits, "
                    "with binary_cross_entropy_with_logits.")
        losses = _cross_entropy(case.logits, case.targets)
        expected = losses[case.mask].mean()
        if case is sure and np.isfinite(got) and got < expected:
            hint = ("The logits or the probabilities are clipped, but the loss of a wrong answer grows with the "
                    "size of its logit. Compute the loss on the logits themselves, with "
                    "binary_cross_entropy_with_logits.")
        query.require_close(got, expected, hint, _mean_mistakes(losses, case.mask), 1e-4)
    for case in (_draw(rng, [3, 1, 5, 2], 5), _draw(rng, rng.integers(1, 8, size=4), 9),
                 *_draw(rng, [3, 1, 4], 6).with_padding(1e9), *_draw(rng, [3, 1, 4], 6).with_padding(np.nan)):
        _compare_gradient(case)


def _mean_mistakes(values: np.ndarray, mask: np.ndarray) -> Mistakes:
    """Yield common wrong results for the mean of ``values`` over the positions where the mask is True."""
    real = np.where(mask, values, 0.0)
    if len(mask) == mask.shape[1]:
        spread = values[..., None] * mask
        for mean in (spread.mean(), spread.sum() / mask.sum()):
            yield (mean, "[batch, steps, 1] times mask [batch, steps] gives [batch, batch, steps] without an error: "
                   "first remove the last axis with `squeeze(-1)`.")
    yield values.mean(), "The padding is counted: this is the mean over the whole rectangle."
    yield (real.sum() / mask.size,
           "The sum is divided by the size of the rectangle. Divide by the number of real positions.")
    yield real.sum(), "This is the sum over real positions. Divide it by their number."
    yield ((real.sum(axis=1) / mask.sum(axis=1)).mean(),
           "This is the mean over strings of each string's own mean, so short strings count too much.")


def _section(case: MaskedLogits) -> str:
    """Return the section of the book that explains a mistake in the loss."""
    return SELECT if case.has_nan else LOSS


def _compare_gradient(case: MaskedLogits) -> None:
    query = Query(f"the gradient of masked_loss, {case.description}", _section(case))
    cut = "The result was cut from the graph, as by detach, .item(), .data, NumPy or torch.tensor(...)."
    gradient = query.call("masked_loss", *case.arguments, by=call_gradient, forbid=READY_MEAN,
                          causes={"no gradient": cut})
    expected = np.where(case.mask, (_sigmoid(case.logits) - case.targets) / case.mask.sum(), 0)
    hint = "The value is correct and its gradient is not: does part of the result come from outside the graph?"
    if gradient is None:
        query.fail(expected, "no gradient at the logits", hint)
    got = query.as_array(gradient[..., 0], nan_hint="The loss of the padding is computed and left out afterwards, "
                         "and in the backward pass 0 times nan is nan. Select the real positions first, "
                         "`logits[mask]` and `targets[mask]`, then compute the loss.")
    query.require_close(got, expected, hint, tolerance=1e-4)


@check("masked_accuracy: the share of real positions with a correct answer")
def masked_accuracy(seed: int = 0) -> None:
    """Check that the student's ``masked_accuracy`` function ignores padding.

    ``masked_accuracy(logits, targets, mask)`` returns a float from 0 to 1.
    """
    rng = np.random.default_rng(seed)
    even, undecided = _draw(rng, rng.integers(1, 30, size=40), 30), _draw(rng, [3, 5, 2, 4], 5)
    for case in (*_draw_cases(rng), even.changed("every logit -1", logits=np.full(even.mask.shape, -1.0)),
                 undecided.changed("every second logit 0", logits=undecided.logits * (np.arange(5) % 2))):
        query = Query(f"masked_accuracy, {case.description}", KNOWS_NOTHING)
        result = query.call("masked_accuracy", *case.arguments, forbid=READY_MEAN, causes=SHAPE_CAUSES)
        correct = ((case.logits > 0) == (case.targets > 0.5)).astype(float)
        query.require_close(query.as_array(result, ()), correct[case.mask].mean(), "A logit above 0 means odd. Return "
                            "the share of correct answers, from 0 to 1, among the real positions.",
                            _mean_mistakes(correct, case.mask))


def correct_masked_accuracy(logits: torch.Tensor, targets: torch.Tensor, mask: torch.Tensor) -> float:
    """Return the accuracy at the positions where the mask is True."""
    return ((logits > 0) == (targets > 0.5)).squeeze(-1)[mask].double().mean().item()


@check("always_even: its accuracy over the rectangle and over real positions")
@replaced_if_wrong("masked_accuracy", masked_accuracy, f"{__name__}:correct_masked_accuracy")
def always_even(seed: int = 0) -> None:
    """Check that the student's ``always_even`` function returns the correct accuracies.

    ``always_even(targets, mask)`` returns two floats, the accuracy over the rectangle and over real positions.
    """
    rng = np.random.default_rng(seed)
    for case in (_draw(rng, [1, 4, 2], 6), _draw(rng, rng.integers(1, 30, size=40), 30), _draw(rng, [3, 3], 3)):
        query = Query(f"always_even, {case.description}", KNOWS_NOTHING)
        result = query.call("always_even", *case.arguments[1:], forbid=READY_MEAN, causes=SHAPE_CAUSES)
        got = np.array(query.as_arrays(result, {"over the rectangle": (), "over real positions": ()}))
        rectangle, real = (case.targets == 0).mean(), (case.targets[case.mask] == 0).mean()
        query.require_close(got, (rectangle, real), mistakes=[
            ((real, rectangle), "The two are in the wrong order: the rectangle comes first."),
            ((1 - rectangle, 1 - real), "This is the accuracy of a network that always answers odd: a negative logit "
             "means even."),
        ])


@check("reported_accuracy: the accuracy over the rectangle, for a useless network and for others")
def reported_accuracy(seed: int = 0) -> None:
    """Check that the student's ``reported_accuracy`` function accounts for padding.

    ``reported_accuracy(share_of_padding, real_accuracy=0.5)`` returns a float.
    """
    drawn = tuple(np.random.default_rng(seed).uniform(0.05, 0.95, size=2).tolist())
    for arguments in ((0.2, 0.9), (0.4,), (0.0,), (1.0,), (0.5, 1.0), (0.4, 0.0), drawn):
        query = Query(f"reported_accuracy({', '.join(f'{value:.4g}' for value in arguments)})", KNOWS_NOTHING)
        got = query.as_array(query.call("reported_accuracy", *arguments), ())
        s, a = (*arguments, 0.5)[:2]
        expected = s + (1 - s) * a
        query.require_close(got, expected, mistakes=[
            ((1 - s) * a, "On padding the network is correct every time, so the share of padding has to be added."),
            ((1 - s) + s * a, "The two shares are swapped: s is the share of padding, 1 - s that of real positions."),
            (0.5 + s / 2, "This holds for a network that guesses; real_accuracy may be another number."),
            (s + a, "Real positions are a share 1 - s of the rectangle. Multiply real_accuracy by it."),
            (a, "This is the accuracy on real positions; the task asks for the one over the rectangle."),
        ])
