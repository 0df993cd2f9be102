"""Checks for loss and accuracy functions that take a mask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from parity_checks.assertions import Mistakes, Query, agree, messages, show
from parity_checks.core import call_gradient, replaced_if_wrong
from parity_checks.decorator import check
from parity_checks.plain_data import is_tensor, kind_of

if TYPE_CHECKING:
    import torch

WORDS = messages("varying_lengths")
READY_MEAN = ("parity_lib.training:masked_loss", "parity_lib.padding:masked_mean", "parity_lib.padding:masked_values")
LOSS, KNOWS_NOTHING = "packing#The loss lies too", "packing#A network that knows nothing"
ON_LOGITS = "training#A loss for a yes-or-no answer"
SELECT = "packing#Select first, then take the loss"
SHAPE_CAUSES = {"infer output dtype": WORDS["bool-mean"], "used as indices": WORDS["mask-of-numbers"]} | dict.fromkeys(
    ("must match", "broadcast", "same as input size", "does not match", "shape"), WORDS["axes-of-mask"])


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

    @property
    def section(self) -> str:
        """The section of the book that explains a mistake in the loss."""
        return SELECT if self.has_nan else LOSS

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


@check("masked_loss: the mean over real positions, in value and gradient, whatever is on padding")
def masked_loss(seed: int = 0) -> None:
    """Check ``masked_loss(logits, targets, mask)``, a scalar tensor through which a gradient reaches the logits."""
    rng = np.random.default_rng(seed)
    zeros = _draw(rng, [1, 3], 5)
    zeros = zeros.changed("every logit 0", logits=0 * zeros.logits)
    sure = _draw(rng, [2, 3], 3)
    sure = sure.changed("logits of -200 and 200", logits=np.where(sure.targets > 0, -200.0, 200.0))
    for case in (zeros, *_draw_cases(rng), sure):
        query = Query(f"masked_loss, {case.description}", ON_LOGITS if case is sure else case.section)
        result = query.call("masked_loss", *case.arguments, forbid=READY_MEAN, causes=SHAPE_CAUSES)
        if not is_tensor(result):
            query.fail("a tensor with one number", kind_of(result), WORDS["not-a-tensor"])
        got = query.as_array(result, (), nan_hint=WORDS["nan-leaked"] if case.has_nan else "")
        losses, chance = cross_entropy(case.logits, case.targets), 1 / (1 + np.exp(-case.logits))
        expected, mistake = losses[case.mask].mean(), "loss-unexplained"
        if case is sure:
            mistake = "clipped" if np.isfinite(got) and got < expected else "logarithm-of-zero"
        zeroed = [((losses[case.mask].sum() + np.log(2) * (~case.mask).sum()) / count, WORDS["padding-in-sum"])
                  for count in (case.mask.sum(), case.mask.size)]
        others = [(other[case.mask].mean(), WORDS[name]) for name, other in (
            ("sigmoid-twice", cross_entropy(chance, case.targets)),
            ("labels-flipped", cross_entropy(case.logits, 1 - case.targets)),
            ("logits-and-targets", cross_entropy(case.targets, case.logits)),
            ("squared-error", (chance - case.targets) ** 2))]
        query.require_close(got, expected, WORDS[mistake], [*_mean_mistakes(losses, case.mask), *zeroed, *others], 1e-4)
    for case in (_draw(rng, [3, 1, 5, 2], 5), _draw(rng, rng.integers(1, 8, size=4), 9),
                 *_draw(rng, [3, 1, 4], 6).with_padding(1e9), *_draw(rng, [3, 1, 4], 6).with_padding(np.nan)):
        query, hint = Query(f"the gradient of masked_loss, {case.description}", case.section), WORDS["gradient-outside"]
        gradient = query.call("masked_loss", *case.arguments, by=call_gradient, forbid=READY_MEAN,
                              causes={"no gradient": WORDS["cut-off"]})
        expected = np.where(case.mask, (1 / (1 + np.exp(-case.logits)) - case.targets) / case.mask.sum(), 0)
        if gradient is None:
            query.fail(expected, "no gradient at the logits", hint)
        got = query.as_array(gradient[..., 0], nan_hint=WORDS["nan-in-gradient"])
        query.require_close(got, expected, hint, tolerance=1e-4)


def cross_entropy(logits: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Return the binary cross-entropy of each logit."""
    return np.maximum(logits, 0) - logits * targets + np.log1p(np.exp(-np.abs(logits)))


def _mean_mistakes(values: np.ndarray, mask: np.ndarray) -> Mistakes:
    """Yield common wrong results for the mean of ``values`` over the positions where the mask is True."""
    real = np.where(mask, values, 0.0)
    if len(mask) == mask.shape[1]:
        spread = values[..., None] * mask
        for mean in (spread.mean(), spread.sum() / mask.sum()):
            yield mean, WORDS["broadcast"]
    yield values.mean(), WORDS["rectangle-mean"]
    yield values.sum() / mask.sum(), WORDS["padding-in-sum"]
    yield real.sum() / mask.size, WORDS["rectangle-divides"]
    yield real.sum(), WORDS["sum-not-mean"]
    yield (real.sum(axis=1) / mask.sum(axis=1)).mean(), WORDS["mean-of-means"]
    yield values[~mask].mean(), WORDS["padding-selected"]
    yield values[:, -1].mean(), WORDS["last-column"]
    for name, number in (("strings", len(mask)), ("time steps", mask.shape[1]), ("padded positions", (~mask).sum())):
        yield real.sum() / number, WORDS["other-divisor"].format(name=name)


@check("masked_accuracy: the share of real positions with a correct answer")
def masked_accuracy(seed: int = 0) -> None:
    """Check ``masked_accuracy(logits, targets, mask)``, which returns a float from 0 to 1."""
    rng = np.random.default_rng(seed)
    even, undecided = _draw(rng, rng.integers(1, 30, size=30), 30), _draw(rng, [3, 5, 2, 4], 5)
    small = MaskedLogits("", np.array([[0.3, -2.0, 4.0], [3.0, 0.2, 1.0], [-1.0, -2.0, 5.0]]),
                         np.array([[1.0, 0, 0], [1, 0, 1], [1, 0, 0]]), np.arange(3) < [[1], [3], [2]])
    parts = [show(part) for part in (small.logits, small.targets, small.mask)]
    small = replace(small, description="logits {} and targets {}, with a last axis of 1, and mask {}".format(*parts))
    cases = [small, *_draw_cases(rng), even.changed("every logit -1", logits=np.full(even.mask.shape, -1.0)),
             undecided.changed("every second logit 0", logits=undecided.logits * (np.arange(5) % 2))]

    def answer(case: MaskedLogits) -> tuple[Query, np.ndarray]:
        query = Query(f"masked_accuracy, {case.description}", KNOWS_NOTHING)
        result = query.call("masked_accuracy", *case.arguments, forbid=READY_MEAN, causes=SHAPE_CAUSES)
        return query, query.as_array(result, ())

    for case in cases:
        correct = ((case.logits > 0) == (case.targets > 0.5))[case.mask].mean()
        query, got = answer(case)
        if agree(got, correct):
            continue
        # In the small case, mistakes can give the same share by chance: a mistake has to explain two others as well.
        here, *others = ([words for value, words in _accuracy_mistakes(case) if agree(answer(case)[1], value)]
                         for case in (case, cases[1], cases[-2]))
        query.fail(correct, got, next((words for words in here if all(words in known for known in others)),
                                      WORDS["accuracy-unexplained"]))


def _accuracy_mistakes(case: MaskedLogits) -> Mistakes:
    correct, confident = (((case.logits > bound) == (case.targets > 0.5)).astype(float) for bound in (0, 0.5))
    yield from _mean_mistakes(correct, case.mask)
    yield confident[case.mask].mean(), WORDS["above-one-half"]
    yield 1 - correct[case.mask].mean(), WORDS["share-of-errors"]
    yield 100 * correct[case.mask].mean(), WORDS["per-cent"]
    for answers in (case.logits.round(), case.logits):
        yield (answers == case.targets)[case.mask].mean(), WORDS["logits-rounded"]
    yield np.where(case.mask, correct, 1).mean(), WORDS["padding-correct"]
    yield np.where(case.mask, correct, 1).all(axis=1).mean(), WORDS["whole-strings"]
    yield (case.logits > 0)[case.mask].mean(), WORDS["odd-answers"]
    yield case.targets[case.mask].mean(), WORDS["probability-above-0"]
    yield ((case.logits >= 0) == (case.targets > 0.5))[case.mask].mean(), WORDS["zero-is-even"]


def correct_masked_accuracy(logits: torch.Tensor, targets: torch.Tensor, mask: torch.Tensor) -> float:
    """Return the accuracy at the positions where the mask is True."""
    return ((logits > 0) == (targets > 0.5)).squeeze(-1)[mask].double().mean().item()


@check("always_even: its accuracy over the rectangle and over real positions")
@replaced_if_wrong(("masked_accuracy", masked_accuracy, f"{__name__}:correct_masked_accuracy"))
def always_even(seed: int = 0) -> None:
    """Check ``always_even(targets, mask)``, the accuracies over the rectangle and over real positions."""
    rng = np.random.default_rng(seed)
    for case in (_draw(rng, [1, 4, 2], 6), _draw(rng, rng.integers(1, 30, size=40), 30), _draw(rng, [3, 3], 3)):
        query = Query(f"always_even, {case.description}", KNOWS_NOTHING)
        result = query.call("always_even", *case.arguments[1:], forbid=READY_MEAN, causes=SHAPE_CAUSES)
        got = np.array(query.as_arrays(result, {"over the rectangle": (), "over real positions": ()}))
        rectangle, real = (case.targets == 0).mean(), (case.targets[case.mask] == 0).mean()
        query.require_close(got, (rectangle, real), WORDS["always-even-unexplained"], [
            ((real, real), WORDS["same-share"]), ((rectangle, rectangle), WORDS["same-share"]),
            ((real, rectangle), WORDS["shares-order"]), ((1 - rectangle, 1 - real), WORDS["always-odd"]),
            ((real * case.mask.mean(), real), WORDS["padding-wrong"])])


@check("reported_accuracy: the accuracy over the rectangle, for a useless network and for others")
def reported_accuracy(seed: int = 0) -> None:
    """Check ``reported_accuracy(share_of_padding, real_accuracy=0.5)``, which returns a float."""
    drawn = tuple(np.random.default_rng(seed).uniform(0.05, 0.95, size=2).tolist())
    for arguments in ((0.2, 0.9), (0.4,), (0.0,), (1.0,), (0.5, 1.0), (0.4, 0.0), drawn):
        query = Query(f"reported_accuracy({', '.join(f'{value:.4g}' for value in arguments)})", KNOWS_NOTHING)
        got = query.as_array(query.call("reported_accuracy", *arguments), ())
        s, a = (*arguments, 0.5)[:2]
        query.require_close(got, s + (1 - s) * a, WORDS["reported-unexplained"], [
            (0.5 * s + (1 - s) * a, WORDS["padding-guessed"]), ((s + a) / 2, WORDS["mean-of-shares"]),
            (s + (1 - s) * (1 - a), WORDS["errors-counted"]), (min(1, s + a), WORDS["padding-added-twice"]),
            ((1 - s) * a, WORDS["padding-not-added"]), ((1 - s) + s * a, WORDS["shares-swapped"]),
            (0.5 + s / 2, WORDS["guess-assumed"]), (s + a, WORDS["padding-added-twice"]), (a, WORDS["real-returned"])])
