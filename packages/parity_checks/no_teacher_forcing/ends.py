"""Checks for the student's ``last_valid`` and ``end_loss`` functions."""

from dataclasses import replace
from typing import Any

import numpy as np
import torch

from parity_checks.assertions import Query, messages, show, to_numpy
from parity_checks.core import call_gradient, replaced_if_wrong
from parity_checks.decorator import check
from parity_checks.no_teacher_forcing import training_reference
from parity_checks.no_teacher_forcing.labels import ERROR_CAUSES, THE_END
from parity_lib.padding import length_mask

WORDS = messages("no_teacher_forcing")
THE_LOSS = "training#A loss for a yes-or-no answer"
READY_LAST = ("parity_lib.padding:last_real_step",)
LOSS_CAUSES = {"must be the same as input size": WORDS["shapes-differ"]}


@check("last_valid: the last real time step of each string, whatever is on the padding")
def last_valid(seed: int = 0) -> None:
    """Check ``last_valid(outputs, lengths)`` for outputs ``[batch, steps, features]``."""
    rng = np.random.default_rng(seed)
    for batch, steps, features in ((3, 4, 2), (6, 6, 6), (5, 9, 1), (1, 3, 4)):
        outputs = torch.from_numpy(rng.normal(size=(batch, steps, features))).float()
        # In the first case no string is as long as the rectangle, so that an index too far raises no error.
        lengths = torch.from_numpy(rng.integers(1, steps, size=batch, endpoint=steps > 4))
        lengths[-1] = 2
        if steps == 4:      # two mistakes never give the same result
            lengths = torch.tensor([3, 2, 2])
        real = length_mask(lengths, steps)
        _check_last_valid(outputs, lengths, "")
        _check_last_valid(torch.where(real[..., None], outputs, torch.nan), lengths, " and nan on the padding")
        last = torch.arange(steps) == lengths[:, None] - 1
        _check_last_valid(torch.where(last[..., None], outputs, 1e30), lengths, " and 1e30 at all other time steps")


def _check_last_valid(outputs: torch.Tensor, lengths: torch.Tensor, note: str) -> None:
    query = Query(f"last_valid of outputs {tuple(outputs.shape)} with the lengths {show(lengths, 40)}{note}", THE_END)
    result = query.call("last_valid", outputs, lengths, forbid=READY_LAST, causes=ERROR_CAUSES)
    if isinstance(result, np.ndarray):
        query.fail("a tensor", "a NumPy array", WORDS["through-numpy"])
    got = query.as_array(result, nan_hint=WORDS["padding-multiplied"])
    query.require_close(got, correct_last_valid(outputs, lengths), WORDS["last-unexplained"],
                        WORDS.mistakes(correct_last_valid, outputs, lengths))
    if note:
        return
    query.require_unchanged("last_valid", {"outputs": outputs, "lengths": lengths}, forbid=READY_LAST)
    query = replace(query, text=f"the gradient of {query.text}")
    gradient = query.call("last_valid", outputs, lengths, by=call_gradient, forbid=READY_LAST,
                          output_gradient=torch.ones(len(outputs), outputs.shape[2]))
    reached = (torch.arange(outputs.shape[1]) == lengths[:, None] - 1)[..., None].expand(outputs.shape)
    query.require_close(gradient, reached.float())


def correct_last_valid(outputs: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    """Return the outputs at the last time step of each string."""
    rows = torch.arange(len(outputs))
    last = outputs[rows, lengths - 1]
    return last


CORRECT_LAST = ("last_valid", last_valid, f"{__name__}:correct_last_valid")


@check("end_loss: the mean cross-entropy of one answer for each string")
@replaced_if_wrong(CORRECT_LAST)
def end_loss(seed: int = 0) -> None:
    """Check ``end_loss(logits, lengths, labels)`` for logits ``[batch, steps, 1]``. It returns a scalar tensor."""
    rng = np.random.default_rng(seed)
    for batch, steps, size in ((4, 3, 1.0), (2, 1, 1.0), (6, 8, 3.0), (5, 5, 200.0)):
        logits, lengths, labels = _draw_answers(rng, batch, steps, size)
        query = Query(f"end_loss of logits {tuple(logits.shape)}{' of up to about 200' if size > 100 else ''} with the "
                      f"lengths {show(lengths, 40)} and the labels {show(labels, 40)}", THE_LOSS)
        loss = as_loss(query, query.call("end_loss", logits, lengths, labels, forbid=READY_LAST, causes=LOSS_CAUSES))
        query.require_close(loss, training_reference.end_loss(logits, lengths, labels),
                            mistakes=training_reference.loss_mistakes(logits, lengths, labels), tolerance=1e-4)
        padding, hint = ~length_mask(lengths, steps), WORDS["padding-in-loss"]
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
    hint = hint or WORDS["logarithm-of-zero"]
    loss = query.as_array(result, nan_hint=hint)
    if loss.size != 1:
        query.fail("one number", f"shape {loss.shape}", WORDS["loss-per-string"])
    if not np.isfinite(loss).all():
        query.fail("a finite number", loss, hint)
    return float(loss.reshape(()))


@check("end_loss: its gradient reaches the last real time step of each string, and nothing else")
@replaced_if_wrong(CORRECT_LAST)
def end_gradient(seed: int = 0) -> None:
    """Check the gradient of ``end_loss``: ``(sigmoid(o) - y) / batch`` at the last real time steps, and 0 otherwise."""
    rng = np.random.default_rng(seed)
    for batch, steps in ((4, 3), (6, 8)):
        logits, lengths, labels = _draw_answers(rng, batch, steps, 1.0)
        query = Query(f"the gradient of end_loss at logits {tuple(logits.shape)} with the lengths {show(lengths, 40)}",
                      THE_END)
        gradient = query.call("end_loss", logits, lengths, labels, by=call_gradient, forbid=READY_LAST,
                              causes=LOSS_CAUSES)
        got = to_numpy(gradient).reshape(batch, steps)
        leaf = logits.clone().requires_grad_()
        training_reference.end_loss(leaf, lengths, labels).backward()
        expected = to_numpy(leaf.grad)[..., 0]
        hint = WORDS["other-steps" if np.abs(got[expected == 0]).max() > 1e-6 else "value-first"]
        query.require_close(got, expected, hint, [(batch * expected, WORDS["gradient-of-sum"])])


CORRECT_LOSS = CORRECT_LAST, *(("end_loss", test, f"{training_reference.__name__}:end_loss")
                               for test in (end_loss, end_gradient))
