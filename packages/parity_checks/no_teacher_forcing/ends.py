"""The checks of ``last_valid`` and ``end_loss``."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np
import torch
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy

from parity_checks import assertions
from parity_checks.core import call, call_gradient, replaced_if_wrong
from parity_checks.no_teacher_forcing import training_reference
from parity_checks.no_teacher_forcing.labels import THE_END
from parity_checks.reporting import check

THE_LOSS = "training#a-loss-for-a-yes-or-no"
READY_LAST = ("parity_lib.padding:last_real_step",)
LAST_SLIPS = {"is out of bounds": "Time steps are counted from 0: the last real one is `lengths - 1`."}
LOSS_SLIPS = {
    "must be the same as input size": "`last_valid` gives [batch, 1], and the labels are [batch]: make them equal, "
                                      "`last_valid(logits, lengths)[:, 0]`.",
    "between 0 and 1": "`binary_cross_entropy` takes probabilities. With logits, use binary_cross_entropy_with_logits.",
}


@check("last_valid: the last real time step of each string, whatever is on the padding")
def last_valid(seed: int = 0) -> None:
    """Check ``last_valid(outputs, lengths)``: ``[batch, steps, features]`` and ``[batch]`` -> ``[batch, features]``."""
    rng = np.random.default_rng(seed)
    for batch, steps, features in ((3, 4, 2), (6, 6, 6), (5, 9, 1), (1, 3, 4)):
        outputs = torch.from_numpy(rng.normal(size=(batch, steps, features))).float()
        # In the first case no string is as long as the rectangle, so a step too far is no IndexError.
        lengths = torch.from_numpy(rng.integers(1, steps, size=batch, endpoint=steps > 4))
        lengths[-1] = 2
        _check_last_valid(outputs, lengths, "")
        real = torch.arange(steps) < lengths[:, None]
        _check_last_valid(torch.where(real[..., None], outputs, torch.nan), lengths, " and nan on the padding")


def _check_last_valid(outputs: torch.Tensor, lengths: torch.Tensor, note: str) -> None:
    what = f"last_valid of outputs {tuple(outputs.shape)} with the lengths {assertions.show(lengths, 40)}{note}"
    result = assertions.ask("last_valid", what, outputs, lengths, forbid=READY_LAST, see=THE_END, slips=LAST_SLIPS)
    if note and _has_nan(result):
        assertions.fail(what, "numbers", "nan somewhere", "The padding takes part. A product with a mask keeps nan, "
                        "because 0 times nan is nan: select the time step instead of multiplying.", THE_END)
    if isinstance(result, np.ndarray):
        assertions.fail(what, "a tensor", "a NumPy array", "The loss of Task 3 is made of it, and no gradient goes through "
                        "NumPy: index the tensor itself.", THE_END)
    got, expected = assertions.array(result, what, None, see=THE_END), _last_valid(outputs, lengths)
    hint = _last_hint(got, outputs.numpy(), lengths.numpy())
    if got.shape != expected.shape:
        assertions.fail(what, f"shape {tuple(expected.shape)}", f"shape {got.shape}", hint, THE_END)
    assertions.close(got, expected, what, hint, THE_END)


def _last_hint(got: np.ndarray, outputs: np.ndarray, lengths: np.ndarray) -> str:
    batch, steps, features = outputs.shape
    rows, real = np.arange(batch), (np.arange(steps) < lengths[:, None])[..., None]
    if got.shape == (batch, batch, features):
        return "Index rows and time steps together: outputs[torch.arange(batch), lengths - 1]."
    if got.shape == (batch, 1, features):
        return "An axis of size 1 is left over; `squeeze(1)` removes it."
    if got.shape != (batch, features):
        return "`outputs[torch.arange(batch), lengths - 1]`, without a third index, keeps all features."
    return assertions.likely(got, [
        (outputs[:, -1], "This is the last column, where shorter strings have padding: take time step lengths[i] - 1 "
         "of row i."),
        (outputs[rows, lengths % steps], "Off by one: the last real time step is one earlier, lengths[i] - 1."),
        *((outputs[rows, too_early], "Off by one: the last real time step is one later, lengths[i] - 1.")
          for too_early in (lengths - 2, np.maximum(lengths - 2, 0))),
        ((outputs * real).sum(axis=1) / lengths[:, None], "This is the mean over the real time steps. The task asks "
         "for the last one alone."),
    ])


def _has_nan(value: Any) -> bool:
    value = assertions.numpy(value) if isinstance(value, torch.Tensor) else value
    return isinstance(value, (float, np.ndarray, np.floating)) and np.asarray(value).dtype.kind == "f" and bool(
        np.isnan(value).any())


def right_last_valid() -> contextlib.AbstractContextManager:
    """Put a correct ``last_valid`` in the place of the student's if theirs is wrong."""
    return replaced_if_wrong("last_valid", last_valid, "parity_checks.no_teacher_forcing.ends:_last_valid")


def _last_valid(outputs: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    return outputs[torch.arange(len(outputs)), lengths - 1]


# ---------------------------------------------------------------- the loss at the end


@check("end_loss: the mean cross-entropy of one answer for each string")
@right_last_valid()
def end_loss(seed: int = 0) -> None:
    """Check ``end_loss(logits, lengths, labels)``: ``[batch, steps, 1]`` and twice ``[batch]`` -> a scalar tensor."""
    rng = np.random.default_rng(seed)
    for batch, steps, size in ((2, 1, 1.0), (4, 3, 1.0), (6, 8, 3.0), (5, 5, 200.0)):
        logits, lengths, labels = _draw_answers(rng, batch, steps, size)
        what = (f"end_loss of logits {tuple(logits.shape)}{' of up to about 200' if size > 100 else ''} with the "
                f"lengths {assertions.show(lengths, 40)} and the labels {assertions.show(labels, 40)}")
        got = as_loss(assertions.ask("end_loss", what, logits, lengths, labels, forbid=READY_LAST, see=THE_LOSS,
                                     slips=LOSS_SLIPS), what)
        assertions.close(got, training_reference.end_loss(logits, lengths, labels), what, loss_hint(got, logits, lengths, labels),
                         THE_LOSS, tolerance=1e-4)
        padding_steps = torch.arange(steps) >= lengths[:, None]
        as_loss(call("end_loss", logits.masked_fill(padding_steps[..., None], torch.nan), lengths, labels,
                     forbid=READY_LAST), f"{what} and nan on the padding",
                "The padding takes part: select the last real time step before you compute the loss.")


def _draw_answers(rng: np.random.Generator, batch: int, steps: int, size: float) -> tuple[torch.Tensor, ...]:
    logits = torch.from_numpy(rng.normal(size=(batch, steps, 1)) * size).float()
    lengths = torch.from_numpy(rng.integers(1, steps, size=batch, endpoint=True))
    lengths[-1] = max(1, steps - 2)
    return logits, lengths, torch.from_numpy(rng.permutation(np.arange(batch) % 2)).float()


def as_loss(result: Any, what: str, hint: str = "") -> float:
    """Return a loss as a float, or raise CheckFailed unless it is one finite number."""
    got = np.asarray(np.nan) if _has_nan(result) else assertions.array(result, what, None, see=THE_LOSS)
    if got.size != 1:
        assertions.fail(what, "one number", f"shape {got.shape}", "This is a loss for each string; take the mean over the "
                        "strings.", THE_LOSS)
    value = float(got.reshape(()))
    if not np.isfinite(value):
        assertions.fail(what, "a finite number", value, hint or "This is the logarithm of 0: the sigmoid of a large logit "
                        "is rounded to 0 or 1. Use binary_cross_entropy_with_logits on the logits.", THE_LOSS)
    return value


def loss_hint(got: float, logits: torch.Tensor, lengths: torch.Tensor, labels: torch.Tensor) -> str:
    """Return words for the mistake that gives this loss."""
    batch, steps, _ = logits.shape
    last, everywhere = _last_valid(logits, lengths)[:, 0], labels[:, None].expand(batch, steps)
    real = torch.arange(steps) < lengths[:, None]
    each = "You compare the label with the logit of every time step. It belongs to the last real one."
    return assertions.likely(got, [
        (cross_entropy(last, labels, reduction="sum"), "This is the sum over the strings; take their mean."),
        (cross_entropy(logits[:, -1, 0], labels), "You read the last column and not the last real time step."),
        (cross_entropy(logits[..., 0], everywhere), each),
        (cross_entropy(logits[..., 0][real], everywhere[real]), each),
        (cross_entropy(last[:, None].expand(batch, batch), labels.expand(batch, batch)), "[batch, 1] and [batch] were "
         "broadcast to [batch, batch], so every logit meets every label. Take [:, 0] first."),
        (cross_entropy(torch.sigmoid(last), labels), "You apply a sigmoid before a loss that contains one."),
    ], tolerance=1e-4)


@check("end_loss: its gradient reaches the last real time step of each string, and nothing else")
@right_last_valid()
def end_gradient(seed: int = 0) -> None:
    """Check the gradient of ``end_loss``: ``(sigmoid(o) - y) / batch`` at the last real time step, and 0 elsewhere."""
    rng = np.random.default_rng(seed)
    for batch, steps in ((4, 3), (6, 8)):
        logits, lengths, labels = _draw_answers(rng, batch, steps, 1.0)
        what = f"the gradient of end_loss at logits {tuple(logits.shape)} with the lengths {assertions.show(lengths, 40)}"
        gradient = assertions.ask("end_loss", what, logits, lengths, labels, by=call_gradient, forbid=READY_LAST,
                                  see=THE_END, slips=LOSS_SLIPS)
        if gradient is None:
            assertions.fail(what, "a gradient", "none", "The result does not depend on the logits, or something is "
                            "detached: `torch.tensor(...)`, `float(...)` and `.item()` cut the backward pass.", THE_END)
        got = assertions.array(gradient, what, None, see=THE_END).reshape(batch, steps)
        expected = np.zeros((batch, steps), dtype=np.float32)
        rows, last = np.arange(batch), lengths.numpy() - 1
        expected[rows, last] = (torch.sigmoid(logits[rows, last, 0]) - labels).numpy() / batch
        hint = ""
        if np.abs(got[expected == 0]).max() > 1e-6:
            hint = "Other time steps than the last real one get a gradient, as if they had a label."
        elif np.allclose(got, expected * batch, atol=1e-5):
            hint = "The gradient is too large by the number of strings: you take a sum where the task asks for a mean."
        assertions.close(got, expected, what, hint, THE_END)
