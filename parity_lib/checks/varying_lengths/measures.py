"""Checks of the loss and the accuracy that count what is real, and of the metric that lies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.nn.functional import binary_cross_entropy, binary_cross_entropy_with_logits

from parity_lib import padding, training
from parity_lib.checks import expect
from parity_lib.checks.constants import constant
from parity_lib.checks.core import call_gradient, right_if_wrong
from parity_lib.checks.plain import kind_of
from parity_lib.checks.reporting import check

READY_MEAN = (training.masked_loss, padding.masked_mean, padding.masked_values)
LOSS, KNOWS_NOTHING = "packing#the-loss-lies-too", "packing#a-net-that-knows-nothing"
ON_LOGITS = "training#a-loss-for-a-yes-or-no"


@dataclass(frozen=True)
class Case:
    """Logits and targets ``[batch, steps, 1]`` with a mask ``[batch, steps]``, and what is special about them."""

    says: str
    logits: torch.Tensor
    targets: torch.Tensor
    mask: torch.Tensor

    @property
    def arguments(self) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        return self.logits, self.targets, self.mask

    @property
    def real(self) -> tuple[np.ndarray, np.ndarray]:
        """Logits and targets at the positions that count, float64."""
        return tuple(part[..., 0][self.mask].double().numpy() for part in (self.logits, self.targets))


def _drawn(rng: np.random.Generator, lengths: list[int] | np.ndarray, steps: int, on_padding: float = 0.0) -> Case:
    lengths = np.asarray(lengths)
    mask = torch.from_numpy(np.arange(steps) < lengths[:, None])
    size = (len(lengths), steps, 1)
    logits = torch.from_numpy(rng.normal(scale=2, size=size)).float()
    targets = torch.from_numpy(rng.integers(2, size=size)).float()
    targets[~mask] = on_padding
    shows = f"lengths {expect.show(lengths, 50)} in a rectangle of {steps} steps"
    return Case(shows, logits, targets, mask)


def _cases(rng: np.random.Generator) -> Iterator[Case]:
    yield Case("lengths [1 3], every logit 0", torch.zeros(2, 3, 1), torch.tensor([[1.0, 0, 0], [1, 0, 1]])[..., None],
               torch.tensor([[True, False, False], [True, True, True]]))
    # As many strings as steps: there a wrong axis makes no error.
    yield _drawn(rng, [1, 9, 4, 12, 2, 7, 11, 3, 12, 5, 8, 6], 12)
    yield _drawn(rng, [2, 5, 9], 12, on_padding=1.0)
    yield _drawn(rng, rng.integers(1, 20, size=6), 20 + int(rng.integers(4)))
    holes = _drawn(rng, [6, 3, 5], 6)
    mask = holes.mask.clone()
    mask[:, 0] = False
    yield Case(holes.says + ", step 0 masked too", holes.logits, holes.targets, mask)
    nan = _drawn(rng, [3, 1, 4], 6)
    nan.logits[~nan.mask] = float("nan")
    yield Case(nan.says + ", logits of nan on padding", *nan.arguments)


@check("masked_loss: the mean over real positions, in value and gradient, whatever stands on padding")
def masked_loss(seed: int = 0) -> None:
    """``masked_loss(logits, targets, mask)``: a scalar tensor, through which a gradient reaches the logits."""
    rng = np.random.default_rng(seed)
    sure = _drawn(rng, [2, 3], 3)
    sure.logits[sure.mask] = torch.where(sure.targets[sure.mask] > 0, -200.0, 200.0)
    for case in (*_cases(rng), Case(sure.says + ", logits of -200 and 200", *sure.arguments)):
        what = f"masked_loss, {case.says}"
        result = expect.ask("masked_loss", what, *case.arguments, forbid=READY_MEAN, see=LOSS, slips=SHAPE_SLIPS)
        if not isinstance(result, torch.Tensor):
            hint = "" if result is None else ("`backward` starts at the loss, so return the tensor itself, without "
                                              ".item() or NumPy")
            expect.fail(what, "a tensor with one number", kind_of(result), hint, LOSS)
        expected = _entropy(*case.real).mean()
        got = _number(result, what, LOSS)
        if not np.isclose(got, expected, rtol=1e-4, atol=1e-5):
            see, hint = LOSS, _loss_hint(case, got)
            if "200" in case.says:
                see = ON_LOGITS
                hint = hint or ("the logarithm of a probability that rounds to 0 or 1: compute the loss on the "
                                "logits, with binary_cross_entropy_with_logits")
            expect.fail(what, float(expected), got, hint, see)
    poisoned = _drawn(rng, [3, 1, 4], 6)
    poisoned.logits[~poisoned.mask] = float("nan")
    for case in (_drawn(rng, [3, 1, 5, 2], 5), _drawn(rng, rng.integers(1, 8, size=4), 9),
                 Case(poisoned.says + ", logits of nan on padding", *poisoned.arguments)):
        _compare_gradient(case)


BROADCAST = ("[batch, steps, 1] times mask [batch, steps] makes [batch, batch, steps] without a word: take the last "
             "axis off first, with `squeeze(-1)`")
NO_FIT = ("[batch, steps, 1] and mask [batch, steps] do not fit: take the last axis off with `squeeze(-1)`, or put one "
          "onto the mask with `unsqueeze(-1)`")
SHAPE_SLIPS = {
    "infer output dtype": "PyTorch takes no mean of True and False: `.float()` first",
    "Long": "PyTorch takes no mean of whole numbers: `.float()` first",
} | dict.fromkeys(("must match", "broadcast", "same as input size", "does not match", "shape"), NO_FIT)


def _entropy(o: np.ndarray, y: np.ndarray) -> np.ndarray:
    return (np.maximum(o, 0) - o * y + np.log1p(np.exp(-np.abs(o)))) / _natural()


def _natural() -> float:
    """The natural logarithm of the base of a variant; 1 where logarithms are natural."""
    base = constant("varying_lengths", "base")
    return 1.0 if base is None else float(np.log(base))


def _number(value: Any, what: str, see: str) -> float:
    """``value`` as one number, NaN allowed."""
    if not isinstance(value, (torch.Tensor, np.ndarray, np.generic, int, float)):
        expect.fail(what, "a number", kind_of(value), "", see)
    value = np.asarray(value)
    if value.shape != ():
        expect.fail(what, "one number", f"shape {value.shape}", "take the mean over all real positions at once", see)
    if value.dtype.kind not in "fiub":
        expect.fail(what, "one number", f"dtype {value.dtype}", "", see)
    return float(value)


def _loss_hint(case: Case, got: float) -> str:
    logits, targets, mask = case.logits[..., 0], case.targets[..., 0], case.mask
    if np.isnan(got) and "nan" in case.says:
        return ("the nan on padding leaked, because 0 times nan is nan: select the real positions instead of "
                "multiplying, those of logits and targets, before there is a loss")
    base, got = constant("varying_lengths", "base"), got * _natural()
    each = binary_cross_entropy_with_logits(logits, targets, reduction="none")
    real = torch.where(mask, each, 0.0)
    zeroed = binary_cross_entropy_with_logits(logits * mask, targets * mask)
    chance = torch.sigmoid(logits)
    spread = each[..., None] * mask if len(mask) == mask.shape[1] else torch.tensor(torch.nan)
    slips = [
        *((binary_cross_entropy_with_logits(logits[mask], targets[mask]) * factor, "the logarithms are asked to base "
           f"{base}: divide the natural one by ln {base} = {_natural():.4f}")
          for factor in (() if base is None else (_natural(), _natural()**2))),
        (spread.mean(), BROADCAST),
        (spread.sum() / mask.sum(), BROADCAST),
        (each.mean(), "the padding is counted: this is the mean over the whole rectangle"),
        (real.sum() / mask.numel(), "divided by the size of the rectangle; divide by the number of real positions"),
        (real.sum(), "the sum over real positions; divide it by how many there are"),
        ((real.sum(1) / mask.sum(1)).mean(),
         "a mean for each string, then the mean of those: short strings count too much"),
        (each[~mask].mean(), "the mask is upside down: this is the mean over the padding"),
        (zeroed, "a logit that is multiplied to 0 still costs ln 2: leave padding out instead"),
        (binary_cross_entropy_with_logits(chance[mask], targets[mask]),
         "the sigmoid was applied twice: binary_cross_entropy_with_logits has it inside"),
    ]
    if chance.isfinite().all():
        slips.append((binary_cross_entropy(chance[mask], targets[mask]),
                      "the loss of a net that is wrong and sure was cut off: compute it on the logits"))
    return "" if np.isnan(got) else expect.likely(got, slips)


def _compare_gradient(case: Case) -> None:
    what = f"the gradient of masked_loss, {case.says}"
    cut = "the result was cut from the graph: detach, .item(), .data, NumPy and torch.tensor(...) do that"
    gradient = expect.ask("masked_loss", what, *case.arguments, by=call_gradient, forbid=READY_MEAN, see=LOSS,
                          slips={"no gradient": cut})
    o, y = case.real
    expected = np.zeros(case.mask.shape)
    expected[case.mask.numpy()] = (1 / (1 + np.exp(-o)) - y) / len(o) / _natural()
    hint = "the value is right and its gradient is not: does part of the result come from outside the graph?"
    if gradient is None:
        expect.fail(what, expected, "no gradient at the logits", hint, LOSS)
    if gradient.isnan().any():
        expect.fail(what, "numbers, and 0 on padding", "nan somewhere", "the loss of padding is computed, and left out "
                    "afterwards (`torch.where`?): on the way back 0 times nan is nan. Take the real positions out "
                    "first, `logits[mask]`, then compute the loss", LOSS)
    expect.close(gradient[..., 0], expected, what, hint, LOSS, tolerance=1e-4)


@check("masked_accuracy: the share of real positions that are right")
def masked_accuracy(seed: int = 0) -> None:
    """``masked_accuracy(logits, targets, mask)``: a float from 0 to 1."""
    rng, cut = np.random.default_rng(seed), constant("varying_lengths", "cut")
    even = _drawn(rng, rng.integers(1, 30, size=40), 30)
    always = Case(even.says + f", every logit {cut - 1:g}", even.logits * 0 - 1, even.targets, even.mask)
    usual = list(_cases(rng))[1:]
    undecided = _drawn(rng, [3, 5, 2, 4], 5)
    undecided.logits[:, ::2] = 0
    undecided = Case(undecided.says + f", every second logit {cut:g}", *undecided.arguments)
    for case in (*usual, always, undecided):
        what = f"masked_accuracy, {case.says}"
        result = expect.ask("masked_accuracy", what, case.logits + cut, *case.arguments[1:], forbid=READY_MEAN,
                            see=KNOWS_NOTHING, slips=SHAPE_SLIPS)
        o, y = case.real
        expected = ((o > 0) == (y > 0.5)).mean()
        got = _number(result, what, KNOWS_NOTHING)
        if not np.isclose(got, expected, rtol=1e-5, atol=1e-6):
            expect.fail(what, float(expected), got, _accuracy_hint(case, got, expected), KNOWS_NOTHING)


def _accuracy_hint(case: Case, got: float, expected: float) -> str:
    logits, targets, mask = case.logits[..., 0], case.targets[..., 0], case.mask
    cut = constant("varying_lengths", "cut")    # what is above 0 here was given as above this
    right = (logits > 0) == (targets > 0.5)
    kept = (right & mask).float()
    spread = (right[..., None] & mask).float() if len(mask) == mask.shape[1] else torch.tensor(torch.nan)
    return expect.likely(got, [
        *(((((logits + cut) > 0) == (targets > 0.5))[mask].float().mean(), "a logit above 0 was taken for odd; here it "
           f"is one above {cut:g}") for _ in range(cut != 0)),
        (right.float().mean(), "the padding is counted: this is the share of the whole rectangle"),
        (kept.mean(), "right real positions, divided by the size of the rectangle; divide by how many are real"),
        (kept.sum(), "a count; divide it by the number of real positions"),
        (100 * expected, "a percentage; the share is a number from 0 to 1"),
        (1 - expected, "this is the share of wrong answers, or even and odd are swapped"),
        ((targets > 0.5)[mask].float().mean(), "this is the share of odd labels: is every answer odd? sigmoid(o) > 0 "
         "always holds; o > 0 says odd"),
        ((kept.sum(1) / mask.sum(1)).mean(),
         "a share for each string, then the mean of those: short strings count too much"),
        ((right | ~mask).all(1).float().mean(),
         "the share of strings without any error; the share of positions is asked for"),
        (right[~mask].float().mean(), "the mask is upside down: this is the share on padding"),
        (((logits + cut > 0.5) == (targets > 0.5))[mask].float().mean(),
         f"a logit is not a probability: it means odd above {cut:g}, and a probability above 0.5"),
        (((logits[mask] > 0)[:, None] == (targets[mask] > 0.5)).float().mean(), "[n, 1] was compared with [n], which "
         "makes [n, n] without a word: every answer meets every label. Give both one shape"),
        ((right | ~mask).float().mean(), "every position out of the mask is counted as right"),
        (((logits >= 0) == (targets > 0.5))[mask].float().mean(),
         f"a logit of exactly {cut:g} is counted as odd; above {cut:g} means odd, so >, not >="),
        (0.0, "logits are compared with labels as they are; first decide, `logits > 0`"),
        (spread.sum() / mask.sum(), BROADCAST),
        (spread.mean(), BROADCAST),
    ])


def _masked_accuracy(logits: torch.Tensor, targets: torch.Tensor, mask: torch.Tensor) -> float:
    """A right one, lent to a task that builds on it."""
    return ((logits > 0) == (targets > 0.5)).squeeze(-1)[mask].double().mean().item()


@check("always_even: its accuracy over the rectangle and over real positions")
@right_if_wrong("masked_accuracy", masked_accuracy, _masked_accuracy)
def always_even(seed: int = 0) -> None:
    """``always_even(targets, mask)``: two floats, over the rectangle and over real positions."""
    rng = np.random.default_rng(seed)
    for case in (_drawn(rng, [1, 4, 2], 6), _drawn(rng, rng.integers(1, 30, size=40), 30), _drawn(rng, [3, 3], 3)):
        what = f"always_even, {case.says}"
        result = expect.ask("always_even", what, case.targets, case.mask, forbid=READY_MEAN, see=KNOWS_NOTHING,
                            slips=SHAPE_SLIPS)
        both = np.array([(case.targets == 0).double().mean(), (case.real[1] == 0).mean()])
        if not isinstance(result, (tuple, list)) or len(result) != 2:
            expect.fail(what, "two numbers", kind_of(result), "return both: over the rectangle, over real positions",
                        KNOWS_NOTHING)
        got = np.array([_number(one, what, KNOWS_NOTHING) for one in result])
        share = case.mask.double().mean().item()
        hint = expect.likely(got, [
            (both[::-1], "the two are in the wrong order: the rectangle comes first"),
            (1 - both, "this is the accuracy of a net that always says odd: a negative logit says even"),
            (both[[1, 1]], "the rectangle comes first: a mask that is True everywhere counts all of it"),
            *((np.array([0.75, 0.5]), "these are two numbers of an example: compute them from `targets` and `mask`")
              for _ in range(not np.allclose(both, [0.75, 0.5]))),
            (both[[0, 0]], "real positions were asked for second: there, `mask` decides what counts"),
            (both * [1, share], "the second is divided by all positions: divide by how many are real, `mask.sum()`"),
        ])
        expect.close(got, both, what, hint, KNOWS_NOTHING)


@check("reported_accuracy: what the rectangle reports, for a useless net and for others")
def reported_accuracy(seed: int = 0) -> None:
    """``reported_accuracy(share_of_padding, real_accuracy=0.5)``: a float."""
    rng = np.random.default_rng(seed)
    drawn = tuple(rng.uniform(0.05, 0.95, size=2).tolist())
    for case in ((0.2, 0.9), (0.4,), (0.0,), (1.0,), (0.5, 1.0), (0.4, 0.0), drawn):
        what = f"reported_accuracy({', '.join(f'{value:.4g}' for value in case)})"
        got = _number(expect.ask("reported_accuracy", what, *case, see=KNOWS_NOTHING), what, KNOWS_NOTHING)
        s, a = (*case, 0.5)[:2]
        expected = s + (1 - s) * a
        if not np.isclose(got, expected, rtol=1e-5, atol=1e-6):
            hint = expect.likely(got, [
                ((1 - s) * a, "on padding the net is right every time: the share of padding is added"),
                ((1 - s) + s * a,
                 "the two shares are swapped: s is the share of padding, 1 - s that of real positions"),
                (s / 2 + (1 - s) * a, "on padding the net is right every time, and not like a coin"),
                (0.5 + s / 2, "this holds for a net that guesses; real_accuracy may be another number"),
                (s + a, "real positions are a share 1 - s of the rectangle: weigh real_accuracy with it"),
                (100 * expected, "a percentage; accuracy is a number from 0 to 1"),
                (a, "this is the accuracy on real positions, which is what should be reported and is not"),
            ])
            expect.fail(what, expected, got, hint, KNOWS_NOTHING)
