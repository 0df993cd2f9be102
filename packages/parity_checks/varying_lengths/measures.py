"""Checks of the masked loss, the masked accuracy, and the accuracy over the whole rectangle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from parity_checks import assertions
from parity_checks.core import call_gradient, replaced_if_wrong
from parity_checks.plain_data import is_tensor, kind_of
from parity_checks.reporting import check

if TYPE_CHECKING:
    import torch

READY_MEAN = ("parity_lib.training:masked_loss", "parity_lib.padding:masked_mean", "parity_lib.padding:masked_values")
LOSS, KNOWS_NOTHING = "packing#the-loss-lies-too", "packing#a-net-that-knows-nothing"
ON_LOGITS = "training#a-loss-for-a-yes-or-no"
BROADCAST = ("[batch, steps, 1] times mask [batch, steps] gives [batch, batch, steps] without an error: first remove "
             "the last axis with `squeeze(-1)`.")
NO_FIT = ("[batch, steps, 1] and mask [batch, steps] do not fit: remove the last axis with `squeeze(-1)`, or add one "
          "to the mask with `unsqueeze(-1)`.")
SHAPE_SLIPS = {
    "infer output dtype": "PyTorch takes no mean of True and False: convert with `.float()` first.",
    "Long": "PyTorch takes no mean of integers: convert with `.float()` first.",
} | dict.fromkeys(("must match", "broadcast", "same as input size", "does not match", "shape"), NO_FIT)


@dataclass(frozen=True)
class Case:
    """Logits, targets and a mask, arrays ``[batch, steps]``, with a description of what is special about them."""

    says: str
    logits: np.ndarray
    targets: np.ndarray
    mask: np.ndarray

    @property
    def arguments(self) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Logits and targets as float32 tensors ``[batch, steps, 1]``, and the mask as a tensor ``[batch, steps]``."""
        import torch

        logits, targets = (torch.from_numpy(part).float().unsqueeze(-1) for part in (self.logits, self.targets))
        return logits, targets, torch.from_numpy(self.mask)

    def but(self, words: str, **changes: np.ndarray) -> Case:
        """Return the case with some changes, which ``words`` describe."""
        return replace(self, says=f"{self.says}, {words}", **changes)

    def with_nan_on_padding(self) -> Case:
        return self.but("logits of nan on padding", logits=np.where(self.mask, self.logits, np.nan))


def _case(rng: np.random.Generator, lengths: list[int] | np.ndarray, steps: int, on_padding: float = 0.0) -> Case:
    """Return random logits and targets for strings of these lengths, with the targets ``on_padding``."""
    mask = np.arange(steps) < np.asarray(lengths)[:, None]
    logits = rng.normal(scale=2, size=mask.shape).astype(np.float32).astype(float)
    targets = np.where(mask, rng.integers(2, size=mask.shape), on_padding)
    says = f"lengths {assertions.show(np.asarray(lengths), 50)} in a rectangle of {steps} steps"
    return Case(says, logits, targets, mask)


def _cases(rng: np.random.Generator) -> Iterator[Case]:
    yield _case(rng, [1, 9, 4, 12, 2, 7, 11, 3, 12, 5, 8, 6], 12)       # square, so that a wrong axis raises no error
    yield _case(rng, [2, 5, 9], 12, on_padding=1.0)
    yield _case(rng, rng.integers(1, 20, size=6), 20 + int(rng.integers(4)))
    holes = _case(rng, [6, 3, 5], 6)
    yield holes.but("step 0 masked too", mask=holes.mask & (np.arange(6) > 0))
    yield _case(rng, [3, 1, 4], 6).with_nan_on_padding()


def _number(value: Any, query: str, see: str) -> float:
    """Return ``value`` as a single number, which may be nan, or raise CheckFailed."""
    if not is_tensor(value) and not isinstance(value, (np.ndarray, np.generic, int, float)):
        assertions.fail(query, "a number", kind_of(value), "", see)
    value = assertions.numpy(value)
    if value.shape != () or value.dtype.kind not in "fiub":
        got = f"shape {value.shape}" if value.shape else f"dtype {value.dtype}"
        assertions.fail(query, "one number", got, "Take the mean over all real positions at once.", see)
    return float(value)


def _entropy(logits: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Return the binary cross-entropy of each logit."""
    return np.maximum(logits, 0) - logits * targets + np.log1p(np.exp(-np.abs(logits)))


def _sigmoid(logits: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-logits))


@check("masked_loss: the mean over real positions, in value and gradient, whatever is on padding")
def masked_loss(seed: int = 0) -> None:
    """Check ``masked_loss(logits, targets, mask)``: a scalar tensor through which a gradient reaches the logits."""
    rng = np.random.default_rng(seed)
    zeros = Case("lengths [1 3], every logit 0", np.zeros((2, 3)), np.array([[1.0, 0, 0], [1, 0, 1]]),
                 np.array([[True, False, False], [True, True, True]]))
    sure = _case(rng, [2, 3], 3)
    sure = sure.but("logits of -200 and 200", logits=np.where(sure.targets > 0, -200.0, 200.0))
    for case in (zeros, *_cases(rng), sure):
        query = f"masked_loss, {case.says}"
        result = assertions.ask("masked_loss", query, *case.arguments, forbid=READY_MEAN, see=LOSS, slips=SHAPE_SLIPS)
        if not is_tensor(result):
            hint = "" if result is None else ("`backward` starts at the loss, so return the tensor itself, without "
                                              ".item() or NumPy.")
            assertions.fail(query, "a tensor with one number", kind_of(result), hint, LOSS)
        expected = _entropy(case.logits[case.mask], case.targets[case.mask]).mean()
        got = _number(result, query, LOSS)
        if not np.isclose(got, expected, rtol=1e-4, atol=1e-5):
            hint = _loss_hint(case, got)
            if case is sure and not hint:
                hint = ("The logarithm of a probability that rounds to 0 or 1: compute the loss on the logits, with "
                        "binary_cross_entropy_with_logits.")
            assertions.fail(query, float(expected), got, hint, ON_LOGITS if case is sure else LOSS)
    for case in (_case(rng, [3, 1, 5, 2], 5), _case(rng, rng.integers(1, 8, size=4), 9),
                 _case(rng, [3, 1, 4], 6).with_nan_on_padding()):
        _compare_gradient(case)


def _loss_hint(case: Case, got: float) -> str:
    logits, targets, mask = case.logits, case.targets, case.mask
    if np.isnan(got):
        return ("The nan on padding leaked, because 0 times nan is nan: select the real positions instead of "
                "multiplying, before you compute the loss.") if np.isnan(logits).any() else ""
    losses = _entropy(logits, targets)
    real = np.where(mask, losses, 0.0)
    spread = losses[..., None] * mask if len(mask) == mask.shape[1] else np.array(np.nan)
    return assertions.likely(got, [
        (spread.mean(), BROADCAST),
        (spread.sum() / mask.sum(), BROADCAST),
        (losses.mean(), "The padding is counted: this is the mean over the whole rectangle."),
        (real.sum() / mask.size, "The sum is divided by the size of the rectangle; divide by the number of real "
         "positions."),
        (real.sum(), "This is the sum over real positions; divide it by their number."),
        ((real.sum(axis=1) / mask.sum(axis=1)).mean(),
         "This is a mean for each string and then the mean of those, so short strings count too much."),
        (losses[~mask].mean(), "The mask is inverted: this is the mean over the padding."),
        (_entropy(logits * mask, targets * mask).mean(),
         "A logit that is multiplied to 0 still costs ln 2: leave padding out instead."),
        (_entropy(_sigmoid(logits[mask]), targets[mask]).mean(),
         "The sigmoid is applied twice: binary_cross_entropy_with_logits applies it itself."),
    ])


def _compare_gradient(case: Case) -> None:
    query = f"the gradient of masked_loss, {case.says}"
    cut = "The result was cut from the graph, as by detach, .item(), .data, NumPy or torch.tensor(...)."
    gradient = assertions.ask("masked_loss", query, *case.arguments, by=call_gradient, forbid=READY_MEAN, see=LOSS,
                              slips={"no gradient": cut})
    expected = np.where(case.mask, (_sigmoid(case.logits) - case.targets) / case.mask.sum(), 0)
    hint = "The value is correct and its gradient is not: does part of the result come from outside the graph?"
    if gradient is None:
        assertions.fail(query, expected, "no gradient at the logits", hint, LOSS)
    if gradient.isnan().any():
        assertions.fail(query, "numbers, and 0 on padding", "nan somewhere", "The loss of the padding is computed and left "
                        "out afterwards (`torch.where`?), and in the backward pass 0 times nan is nan. Select the real "
                        "positions first, `logits[mask]`, then compute the loss.", LOSS)
    assertions.close(gradient[..., 0], expected, query, hint, LOSS, tolerance=1e-4)


@check("masked_accuracy: the share of real positions with a correct answer")
def masked_accuracy(seed: int = 0) -> None:
    """Check ``masked_accuracy(logits, targets, mask)``: a float from 0 to 1."""
    rng = np.random.default_rng(seed)
    even, undecided = _case(rng, rng.integers(1, 30, size=40), 30), _case(rng, [3, 5, 2, 4], 5)
    for case in (*_cases(rng), even.but("every logit -1", logits=np.full(even.mask.shape, -1.0)),
                 undecided.but("every second logit 0", logits=undecided.logits * (np.arange(5) % 2))):
        query = f"masked_accuracy, {case.says}"
        result = assertions.ask("masked_accuracy", query, *case.arguments, forbid=READY_MEAN, see=KNOWS_NOTHING,
                                slips=SHAPE_SLIPS)
        expected = ((case.logits > 0) == (case.targets > 0.5))[case.mask].mean()
        got = _number(result, query, KNOWS_NOTHING)
        if not np.isclose(got, expected, rtol=1e-5, atol=1e-6):
            assertions.fail(query, float(expected), got, _accuracy_hint(case, got, expected), KNOWS_NOTHING)


def _accuracy_hint(case: Case, got: float, expected: float) -> str:
    logits, odd, mask = case.logits, case.targets > 0.5, case.mask
    correct = (logits > 0) == odd
    kept = correct & mask
    spread = correct[..., None] & mask if len(mask) == mask.shape[1] else np.array(np.nan)
    return assertions.likely(got, [
        (correct.mean(), "The padding is counted: this is the share of the whole rectangle."),
        (kept.mean(), "The count is divided by the size of the rectangle; divide by the number of real positions."),
        (kept.sum(), "This is a count; divide it by the number of real positions."),
        (100 * expected, "This is a percentage; the share is a number from 0 to 1."),
        (1 - expected, "This is the share of wrong answers, or even and odd are swapped."),
        ((kept.sum(axis=1) / mask.sum(axis=1)).mean(),
         "This is a share for each string and then the mean of those, so short strings count too much."),
        ((correct | ~mask).all(axis=1).mean(),
         "This is the share of strings without any error; return the share of positions."),
        (((logits > 0.5) == odd)[mask].mean(),
         "A logit is not a probability: it means odd above 0, and a probability above 0.5."),
        (((logits >= 0) == odd)[mask].mean(),
         "A logit of exactly 0 is counted as odd; only a logit above 0 means odd, so >, not >=."),
        (((logits[mask] > 0)[:, None] == odd[mask]).mean(), "[n, 1] was compared with [n], which gives [n, n] without "
         "an error: every answer meets every label. Give both the same shape."),
        (spread.sum() / mask.sum(), BROADCAST),
        (spread.mean(), BROADCAST),
    ])


def _masked_accuracy(logits: torch.Tensor, targets: torch.Tensor, mask: torch.Tensor) -> float:
    """Return the masked accuracy: a correct function for students whose own is wrong, in the task that builds on it."""
    return ((logits > 0) == (targets > 0.5)).squeeze(-1)[mask].double().mean().item()


@check("always_even: its accuracy over the rectangle and over real positions")
@replaced_if_wrong("masked_accuracy", masked_accuracy, "parity_checks.varying_lengths.measures:_masked_accuracy")
def always_even(seed: int = 0) -> None:
    """Check ``always_even(targets, mask)``: two floats, the accuracy over the rectangle and over real positions."""
    rng = np.random.default_rng(seed)
    for case in (_case(rng, [1, 4, 2], 6), _case(rng, rng.integers(1, 30, size=40), 30), _case(rng, [3, 3], 3)):
        query = f"always_even, {case.says}"
        result = assertions.ask("always_even", query, *case.arguments[1:], forbid=READY_MEAN, see=KNOWS_NOTHING,
                                slips=SHAPE_SLIPS)
        if not isinstance(result, (tuple, list)) or len(result) != 2:
            assertions.fail(query, "two numbers", kind_of(result), "Return both: over the rectangle, over real positions.",
                            KNOWS_NOTHING)
        got = np.array([_number(share, query, KNOWS_NOTHING) for share in result])
        rectangle, real = (case.targets == 0).mean(), (case.targets[case.mask] == 0).mean()
        hint = assertions.likely(got, [
            ((real, rectangle), "The two are in the wrong order: the rectangle comes first."),
            ((1 - rectangle, 1 - real), "This is the accuracy of a network that always says odd: a negative logit says "
             "even."),
            ((rectangle, rectangle), "The second number should count real positions only, where `mask` is True."),
            ((rectangle, real * case.mask.mean()), "The second is divided by the number of all positions: divide by "
             "the number of real ones, `mask.sum()`."),
        ])
        assertions.close(got, (rectangle, real), query, hint, KNOWS_NOTHING)


@check("reported_accuracy: the accuracy over the rectangle, for a useless network and for others")
def reported_accuracy(seed: int = 0) -> None:
    """Check ``reported_accuracy(share_of_padding, real_accuracy=0.5)``: a float."""
    drawn = tuple(np.random.default_rng(seed).uniform(0.05, 0.95, size=2).tolist())
    for case in ((0.2, 0.9), (0.4,), (0.0,), (1.0,), (0.5, 1.0), (0.4, 0.0), drawn):
        query = f"reported_accuracy({', '.join(f'{value:.4g}' for value in case)})"
        got = _number(assertions.ask("reported_accuracy", query, *case, see=KNOWS_NOTHING), query, KNOWS_NOTHING)
        s, a = (*case, 0.5)[:2]
        expected = s + (1 - s) * a
        hint = assertions.likely(got, [
            ((1 - s) * a, "On padding the network is correct every time, so the share of padding has to be added."),
            ((1 - s) + s * a, "The two shares are swapped: s is the share of padding, 1 - s that of real positions."),
            (0.5 + s / 2, "This holds for a network that guesses; real_accuracy may be another number."),
            (s + a, "Real positions are a share 1 - s of the rectangle: multiply real_accuracy by it."),
            (100 * expected, "This is a percentage; an accuracy is a number from 0 to 1."),
            (a, "This is the accuracy on real positions; the task asks for the one over the rectangle."),
        ])
        assertions.close(got, expected, query, hint, KNOWS_NOTHING)
