"""Checks for the student's ``last_valid`` and ``end_loss`` functions."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch.nn.functional import binary_cross_entropy
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy

from parity_checks.assertions import Mistakes, Query, show, to_numpy
from parity_checks.core import call_gradient, replaced_if_wrong
from parity_checks.no_teacher_forcing import training_reference
from parity_checks.no_teacher_forcing.labels import ERROR_CAUSES, THE_END
from parity_checks.reporting import check

THE_LOSS = "training#a-loss-for-a-yes-or-no-answer"
READY_LAST = ("parity_lib.padding:last_real_step",)
LOSS_CAUSES = {"must be the same as input size": "`last_valid` gives [batch, 1], and the labels are [batch]: make them "
                                                 "equal, `last_valid(logits, lengths)[:, 0]`."}


@check("last_valid: the last real time step of each string, whatever is on the padding")
def last_valid(seed: int = 0) -> None:
    """Check that the student's ``last_valid`` function selects the last output of each string.

    ``last_valid(outputs, lengths)`` takes outputs ``[batch, steps, features]`` and lengths ``[batch]``, and returns
    ``[batch, features]``.
    """
    rng = np.random.default_rng(seed)
    for batch, steps, features in ((3, 4, 2), (6, 6, 6), (5, 9, 1), (1, 3, 4)):
        outputs = torch.from_numpy(rng.normal(size=(batch, steps, features))).float()
        # In the first case no string is as long as the rectangle, so that an index too far raises no error.
        lengths = torch.from_numpy(rng.integers(1, steps, size=batch, endpoint=steps > 4))
        lengths[-1] = 2
        real = torch.arange(steps) < lengths[:, None]
        _check_last_valid(outputs, lengths, "")
        _check_last_valid(torch.where(real[..., None], outputs, torch.nan), lengths, " and nan on the padding")
        last = torch.arange(steps) == lengths[:, None] - 1
        _check_last_valid(torch.where(last[..., None], outputs, 1e30), lengths, " and 1e30 at all other time steps")


def _check_last_valid(outputs: torch.Tensor, lengths: torch.Tensor, note: str) -> None:
    query = Query(f"last_valid of outputs {tuple(outputs.shape)} with the lengths {show(lengths, 40)}{note}", THE_END)
    result = query.call("last_valid", outputs, lengths, forbid=READY_LAST, causes=ERROR_CAUSES)
    if isinstance(result, np.ndarray):
        query.fail("a tensor", "a NumPy array", "No gradient goes through NumPy. Index the tensor itself.")
    got = query.as_array(result, nan_hint="The padding takes part. A product with a mask keeps nan, because 0 times "
                         "nan is nan: select the time step instead of multiplying.")
    query.require_close(got, correct_last_valid(outputs, lengths), "`outputs[torch.arange(batch), lengths - 1]` takes "
                        "time step lengths[i] - 1 of row i, with all its features.",
                        _last_mistakes(outputs.numpy(), lengths.numpy()))
    if note:
        return
    query.require_unchanged("last_valid", {"outputs": outputs, "lengths": lengths}, forbid=READY_LAST)
    query = replace(query, text=f"the gradient of {query.text}")
    gradient = query.call("last_valid", outputs, lengths, by=call_gradient, forbid=READY_LAST,
                          output_gradient=torch.ones(len(outputs), outputs.shape[2]))
    reached = (torch.arange(outputs.shape[1]) == lengths[:, None] - 1)[..., None].expand(outputs.shape)
    query.require_close(0 * outputs if gradient is None else gradient, reached.float(), "A gradient of 1 at each "
                        "result arrives at the last real time step and nowhere else. Is something detached?")


def _last_mistakes(outputs: np.ndarray, lengths: np.ndarray) -> Mistakes:
    batch, steps, _ = outputs.shape
    rows = np.arange(batch)
    yield (outputs[:, -1], "This is the last column, where shorter strings have padding. Take time step lengths[i] - 1 "
           "of row i.")
    yield outputs[rows, lengths % steps], "Off by one: the last real time step is one earlier, lengths[i] - 1."
    for too_early in (lengths - 2, np.maximum(lengths - 2, 0)):
        yield outputs[rows, too_early], "Off by one: the last real time step is one later, lengths[i] - 1."


def correct_last_valid(outputs: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    """Return the outputs at the last time step of each string."""
    return outputs[torch.arange(len(outputs)), lengths - 1]


def with_correct_last_valid() -> contextlib.ContextDecorator:
    """Replace the student's ``last_valid`` function if it fails its own check."""
    return replaced_if_wrong("last_valid", last_valid, f"{__name__}:correct_last_valid")


@check("end_loss: the mean cross-entropy of one answer for each string")
@with_correct_last_valid()
def end_loss(seed: int = 0) -> None:
    """Check that the student's ``end_loss`` function computes the correct loss.

    ``end_loss(logits, lengths, labels)`` takes logits ``[batch, steps, 1]`` and lengths and labels ``[batch]``, and
    returns a scalar tensor.
    """
    rng = np.random.default_rng(seed)
    for batch, steps, size in ((2, 1, 1.0), (4, 3, 1.0), (6, 8, 3.0), (5, 5, 200.0)):
        logits, lengths, labels = _draw_answers(rng, batch, steps, size)
        query = Query(f"end_loss of logits {tuple(logits.shape)}{' of up to about 200' if size > 100 else ''} with the "
                      f"lengths {show(lengths, 40)} and the labels {show(labels, 40)}", THE_LOSS)
        loss = as_loss(query, query.call("end_loss", logits, lengths, labels, forbid=READY_LAST, causes=LOSS_CAUSES))
        query.require_close(loss, training_reference.end_loss(logits, lengths, labels),
                            mistakes=loss_mistakes(logits, lengths, labels), tolerance=1e-4)
        padding = torch.arange(steps) >= lengths[:, None]
        hint = "The padding takes part: select the last real time step before you compute the loss."
        for value in (torch.nan, 1e30):
            query = Query(f"{query.text} and {value} on the padding", THE_LOSS)
            padded = query.call("end_loss", logits.masked_fill(padding[..., None], value), lengths, labels,
                                forbid=READY_LAST)
            query.require_close(as_loss(query, padded, hint), loss, hint, tolerance=1e-4)


def _draw_answers(rng: np.random.Generator, batch: int, steps: int, size: float) -> tuple[torch.Tensor, ...]:
    logits = torch.from_numpy(rng.normal(size=(batch, steps, 1)) * size).float()
    lengths = torch.from_numpy(rng.integers(1, steps, size=batch, endpoint=True))
    lengths[-1] = max(1, steps - 2)
    return logits, lengths, torch.from_numpy(rng.permutation(np.arange(batch) % 2)).float()


def as_loss(query: Query, result: Any, hint: str = "") -> float:
    """Convert a loss to a float, or raise CheckFailed if it is not a single finite number."""
    hint = hint or ("This is the logarithm of 0: the sigmoid of a large logit is rounded to 0 or 1. Use "
                    "binary_cross_entropy_with_logits on the logits.")
    loss = query.as_array(result, nan_hint=hint)
    if loss.size != 1:
        query.fail("one number", f"shape {loss.shape}", "This is a loss for each string; take their mean.")
    if not np.isfinite(loss).all():
        query.fail("a finite number", loss, hint)
    return float(loss.reshape(()))


def loss_mistakes(logits: torch.Tensor, lengths: torch.Tensor, labels: torch.Tensor) -> Mistakes:
    """Yield the losses that result from common mistakes."""
    batch, steps, _ = logits.shape
    last, everywhere = correct_last_valid(logits, lengths)[:, 0], labels[:, None].expand(batch, steps)
    real = torch.arange(steps) < lengths[:, None]
    every_step = "You compare the label with the logit of every time step. It belongs to the last real one."
    yield cross_entropy(last, labels, reduction="sum"), "This is the sum over the strings; take their mean."
    yield (binary_cross_entropy(torch.sigmoid(last), labels), "A sigmoid of a large logit is rounded to 0 or 1, and "
           "BCELoss gives 100 for it. Use binary_cross_entropy_with_logits on the logits.")
    yield cross_entropy(logits[:, -1, 0], labels), "You read the last column and not the last real time step."
    yield cross_entropy(logits[..., 0], everywhere), every_step
    yield cross_entropy(logits[..., 0][real], everywhere[real]), every_step
    yield cross_entropy(torch.sigmoid(last), labels), "You apply a sigmoid before a loss that contains one."


@check("end_loss: its gradient reaches the last real time step of each string, and nothing else")
@with_correct_last_valid()
def end_gradient(seed: int = 0) -> None:
    """Check the gradient of the student's ``end_loss`` function with respect to the logits.

    The gradient should be ``(sigmoid(o) - y) / batch`` at the last real time steps, and 0 otherwise.
    """
    rng = np.random.default_rng(seed)
    for batch, steps in ((4, 3), (6, 8)):
        logits, lengths, labels = _draw_answers(rng, batch, steps, 1.0)
        query = Query(f"the gradient of end_loss at logits {tuple(logits.shape)} with the lengths {show(lengths, 40)}",
                      THE_END)
        gradient = query.call("end_loss", logits, lengths, labels, by=call_gradient, forbid=READY_LAST,
                              causes=LOSS_CAUSES)
        if gradient is None:
            query.fail("a gradient", "none", "The result does not depend on the logits, or something is detached: "
                       "`torch.tensor(...)`, `float(...)` and `.item()` cut the backward pass.")
        got = to_numpy(gradient).reshape(batch, steps)
        expected = np.zeros((batch, steps), dtype=np.float32)
        rows, last = np.arange(batch), lengths.numpy() - 1
        expected[rows, last] = (torch.sigmoid(logits[rows, last, 0]) - labels).numpy() / batch
        hint = "At the last real time step, the gradient is (sigmoid(o) - y) / batch. Does the check of the value pass?"
        if np.abs(got[expected == 0]).max() > 1e-6:
            hint = "Time steps before or after the last real one get a gradient, as if they had a label."
        query.require_close(got, expected, hint, [
            (batch * expected, "Take the mean over the strings, and not their sum.")])
