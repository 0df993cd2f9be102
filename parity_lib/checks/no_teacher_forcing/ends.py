"""Checks of ``last_valid`` and ``end_loss``: the last real step of each string, and its loss."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np
import torch

from parity_lib import padding
from parity_lib.checks import expect
from parity_lib.checks.constants import constant
from parity_lib.checks.core import call, call_gradient, right_if_wrong
from parity_lib.checks.no_teacher_forcing import replay
from parity_lib.checks.no_teacher_forcing.replay import THE_END, THE_LOSS
from parity_lib.checks.reporting import check

READY_LAST = (padding.last_real_step,)
LAST_SLIPS = {"is out of bounds": "steps are counted from 0: the last real one is `lengths - 1`"}


@check("last_valid: the last real step of each string, whatever stands on the padding")
def last_valid(seed: int = 0) -> None:
    """``last_valid(outputs, lengths)``: float ``[batch, steps, F]``, integers ``[batch]`` -> float ``[batch, F]``."""
    rng = np.random.default_rng(seed)
    for batch, steps, features in ((3, 4, 2), (6, 6, 6), (5, 9, 1), (1, 3, 4)):
        outputs = torch.from_numpy(rng.normal(size=(batch, steps, features))).float()
        # Not up to the end in the first case: a step too far is then a wrong value, not an IndexError.
        lengths = torch.from_numpy(rng.integers(1, steps, size=batch, endpoint=steps > 4))
        lengths[-1] = 2
        _last_valid_of(outputs, lengths, "")
        real = torch.arange(steps) < lengths[:, None]
        _last_valid_of(torch.where(real[..., None], outputs, torch.nan), lengths, " and nan on the padding")


def _last_valid_of(outputs: torch.Tensor, lengths: torch.Tensor, note: str) -> None:
    batch, _, features = outputs.shape
    what = f"last_valid of outputs {tuple(outputs.shape)} with the lengths {expect.show(lengths, 40)}{note}"
    result = expect.ask("last_valid", what, outputs, lengths, forbid=READY_LAST, see=THE_END, slips=LAST_SLIPS)
    if note and _has_nan(result):
        expect.fail(what, "numbers", "nan somewhere", "padding takes part: a product with a mask keeps nan, because 0 "
                    "times nan is nan. Select the step instead of multiplying", THE_END)
    if isinstance(result, np.ndarray):
        expect.fail(what, "a tensor", "a NumPy array", "the loss of Task 3 is made of it, and no gradient goes through "
                    "NumPy: index the tensor itself", THE_END)
    got = expect.array(result, what, None, see=THE_END)
    hint = _last_hint(got, outputs.numpy(), lengths.numpy())
    expected = outputs[torch.arange(batch), lengths - 1]
    if got.shape != (batch, features):
        expect.fail(what, f"shape {(batch, features)}", f"shape {got.shape}", hint, THE_END)
    expect.close(got, expected, what, hint, THE_END)


def _last_hint(got: np.ndarray, outputs: np.ndarray, lengths: np.ndarray) -> str:
    rows, steps = np.arange(len(outputs)), outputs.shape[1]
    real = (np.arange(steps) < lengths[:, None])[..., None]
    words = expect.likely(got, [
        (outputs[:, -1],
         "this is the last column. A string that ends earlier has padding there: take step lengths[i] - 1 of row i"),
        (outputs[rows, lengths % steps], "off by one: steps count from 0, so the last real one is lengths[i] - 1"),
        (outputs[rows, np.maximum(lengths - 2, 0)], "off by one: the last real step is one later, lengths[i] - 1"),
        (outputs[rows, lengths - 2],
         "off by one: the last real step is one later, lengths[i] - 1, and -1 wraps to the end"),
        ((outputs * real).sum(axis=1) / lengths[:, None],
         "this is the mean over the real steps; the last one alone is asked for"),
        (outputs[:, lengths - 1],
         "every row came with the steps of every string: index rows and steps together, "
         "outputs[torch.arange(batch), lengths - 1]"),
    ])
    if words:
        return words
    if got.shape in ((len(outputs),), (len(outputs), 1)) and outputs.shape[2] > 1:
        return ("one number of each string came; `outputs[torch.arange(batch), lengths - 1]`, without a third index, "
                "keeps all of them")
    if got.shape == (len(outputs), 1, outputs.shape[2]):
        return "an axis of size 1 is left over; `squeeze(1)` removes it"
    if got.shape == (len(outputs), len(outputs), outputs.shape[2]):
        return "index rows and steps together: outputs[torch.arange(batch), lengths - 1]"
    return ""


def right_last_valid() -> contextlib.AbstractContextManager:
    """Inside, the student's ``last_valid`` is a right one where their own is wrong."""
    return right_if_wrong("last_valid", last_valid, _last_valid)


def _last_valid(outputs: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    """A right one, lent to a task that builds on it."""
    return outputs[torch.arange(len(outputs)), lengths - 1]


@check("end_loss: the mean cross-entropy of one answer a string")
@right_last_valid()
def end_loss(seed: int = 0) -> None:
    """``end_loss(logits, lengths, labels)``: ``[batch, steps, 1]``, ``[batch]``, ``[batch]`` -> a scalar tensor."""
    rng = np.random.default_rng(seed)
    for batch, steps, size in ((2, 1, 1.0), (4, 3, 1.0), (6, 8, 3.0), (5, 5, 200.0)):
        logits, lengths, labels = _answers(rng, batch, steps, size)
        what = (f"end_loss of logits {tuple(logits.shape)}{' of up to about 200' if size > 100 else ''} with the "
                f"lengths {expect.show(lengths, 40)} and the labels {expect.show(labels, 40)}")
        result = expect.ask("end_loss", what, logits, lengths, labels, forbid=READY_LAST, see=THE_LOSS,
                            slips=LOSS_SLIPS)
        got = np.asarray(one_number(result, what, THE_LOSS))
        expect.close(got, replay.right_loss(logits, lengths, labels), what, _loss_hint(got, logits, lengths, labels),
                     THE_LOSS, tolerance=1e-4)
        behind = torch.arange(steps) >= lengths[:, None]
        poisoned = logits.masked_fill(behind[..., None], torch.nan)
        poisoned = call("end_loss", poisoned, lengths, labels, forbid=READY_LAST)
        one_number(poisoned, f"{what} and nan on the padding", THE_END,
                "padding takes part: select the last real step before you compute the loss")


def _natural() -> float:
    """The natural logarithm of the base of a variant; 1 where logarithms are natural."""
    base = constant(replay.NAME, "base")
    return 1.0 if base is None else float(np.log(base))


LOSS_SLIPS = {
    "must be the same as input size": "`last_valid` gives [batch, 1], and the labels are [batch]: make them equal, "
                                      "`last_valid(logits, lengths)[:, 0]`",
    "must match the size": "the shapes do not fit: `last_valid` gives [batch, 1], and the labels are [batch]",
    "between 0 and 1": "`binary_cross_entropy` takes probabilities; with logits it is binary_cross_entropy_with_logits",
}


def _answers(rng: np.random.Generator, batch: int, steps: int, size: float) -> tuple[torch.Tensor, ...]:
    logits = torch.from_numpy(rng.normal(size=(batch, steps, 1)) * size).float()
    lengths = torch.from_numpy(rng.integers(1, steps, size=batch, endpoint=True))
    lengths[-1] = max(1, steps - 2)
    return logits, lengths, torch.from_numpy(rng.permutation(np.arange(batch) % 2)).float()


def one_number(result: Any, what: str, see: str, hint: str = "") -> float:
    """``result`` as one finite number, or CheckFailed."""
    got = np.asarray(np.nan) if _has_nan(result) else expect.array(result, what, None, see=see)
    if got.size != 1:
        expect.fail(what, "one number", f"shape {got.shape}",
                    "a loss for each string came back; take the mean over the strings", see)
    value = float(got.reshape(()))
    if not np.isfinite(value):
        expect.fail(what, "a finite number", value, hint or "the logarithm of 0: the sigmoid of a large logit rounds "
                    "to 0 or 1. Compute the loss on logits, with binary_cross_entropy_with_logits", see)
    return value


def _has_nan(value: Any) -> bool:
    if isinstance(value, torch.Tensor):
        value = expect.numpy(value)
    return isinstance(value, (float, np.ndarray, np.floating)) and np.asarray(value).dtype.kind == "f" and bool(
        np.isnan(value).any())


def _loss_hint(got: np.ndarray, logits: torch.Tensor, lengths: torch.Tensor, labels: torch.Tensor) -> str:
    batch, steps, _ = logits.shape
    loss, base = replay.cross_entropy, constant(replay.NAME, "base")
    last = logits[torch.arange(batch), lengths - 1, 0]
    everywhere = labels[:, None].expand(batch, steps)
    real = torch.arange(steps) < lengths[:, None]
    return expect.likely(got, [
        (loss(last, labels, reduction="sum"), "the sum over the strings came back; take their mean"),
        (loss(logits[:, -1, 0], labels), "the last column is read, not the last real step"),
        (loss(logits[..., 0], everywhere), "the label is compared with the logit of every step, padding included"),
        (loss(logits[..., 0][real], everywhere[real]),
         "the label is compared with the logit of every real step; it belongs to the last one"),
        (loss(last[:, None].expand(batch, batch), labels.expand(batch, batch)),
         "[batch, 1] against [batch] was broadcast to [batch, batch]: every logit meets every label. "
         "Take [:, 0] first"),
        (loss(torch.sigmoid(last), labels), "a sigmoid comes before a loss that already contains one; give it logits"),
        (loss(last, labels, reduction="sum") / lengths.sum(), "the sum is divided by the number of real steps; there "
         "is one answer a string, so divide by their number"),
        (loss(last, labels, reduction="sum") / 64, "the sum is divided by 64; divide by the number of strings in "
         "*this* batch"),
        (-loss(last, labels), "the sign is wrong: cross-entropy is minus the logarithm"),
        (loss(last, 1 - labels), "odd and even are swapped in the labels"),
        *((loss(last, labels) * factor, f"the logarithms are asked to base {base}: divide by ln {base} = "
           f"{np.log(base):.4f}") for factor in (() if base is None else (np.log(base), np.log(base)**2))),
    ])


@check("end_loss: its gradient reaches the last real step of each string, and nothing else")
@right_last_valid()
def end_gradient(seed: int = 0) -> None:
    """The gradient of ``end_loss`` at the logits: ``(sigmoid(o) - y) / batch`` at the last real step, 0 elsewhere."""
    rng = np.random.default_rng(seed)
    for batch, steps in ((4, 3), (6, 8)):
        logits, lengths, labels = _answers(rng, batch, steps, 1.0)
        what = f"the gradient of end_loss at logits {tuple(logits.shape)} with the lengths {expect.show(lengths, 40)}"
        gradient = expect.ask("end_loss", what, logits, lengths, labels, by=call_gradient, forbid=READY_LAST,
                              see=THE_END, slips=LOSS_SLIPS)
        if gradient is None:
            expect.fail(what, "a gradient", "none", "the result does not depend on the logits, or something is "
                        "detached: `torch.tensor(...)`, `float(...)` and `.item()` begin anew, without a way back",
                        THE_END)
        got = expect.array(gradient, what, None, see=THE_END).ravel()
        expected = np.zeros((batch, steps), dtype=np.float32)
        rows, last = np.arange(batch), lengths.numpy() - 1
        expected[rows, last] = (torch.sigmoid(logits[rows, last, 0]) - labels).numpy() / batch / _natural()
        elsewhere = np.where(expected == 0, got.reshape(batch, steps), 0)
        hint = ""
        if np.abs(elsewhere).max() > 1e-6:
            hint = "steps other than the last real one get a gradient, as if they had been labelled"
        elif np.allclose(got, expected.ravel() * batch, atol=1e-5):
            hint = "it is as many times too large as there are strings: a sum where a mean belongs"
        expect.close(got, expected.ravel(), what, hint, THE_END)
