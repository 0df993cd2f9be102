"""Functions for training and evaluating networks on parity tasks.

Chapter: *Training*.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from parity_lib.data import Batch, ParityTask
from parity_lib.errors import require, require_choice, require_int
from parity_lib.padding import masked_values
from parity_lib.progress import close, progress_bar

OPTIMIZERS = {"adam": torch.optim.Adam, "sgd": torch.optim.SGD}
VALIDATION_STRETCH = 1.5
SCREEN_SIZE = 500
CHUNK_STEPS = 64


@dataclass
class History:
    """A record of a single training run.

    ``loss`` and ``accuracy`` have one entry per update, measured on the batch before its update; the accuracy counts
    bits. ``validation`` holds dicts with ``step``, ``bit_accuracy``, ``sequence_accuracy`` and ``strings``.
    ``solved_at`` is the update after which every label of every validation string was predicted correctly, or None.
    """

    settings: dict[str, Any]
    loss: list[float] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    validation: list[dict[str, float]] = field(default_factory=list)
    solved_at: int | None = None
    interrupted: bool = False
    seconds: float = 0.0

    @property
    def steps(self) -> int:
        """The number of weight updates."""
        return len(self.loss)

    @property
    def solved(self) -> bool:
        """Whether the run ended with every validation string answered correctly."""
        return self.solved_at is not None

    def to_dict(self) -> dict[str, Any]:
        """Convert the history to a dict that can be written as JSON.

        It contains plain numbers, lists and dicts. The dict does not contain the wall time, so that two equal runs give
        equal dicts.
        """
        return {key: value for key, value in asdict(self).items() if key != "seconds"}


def masked_loss(logits: torch.Tensor, targets: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Return the mean binary cross-entropy over the positions where ``mask`` is True.

    The unit is nats. ``logits`` and ``targets`` have the shape ``[batch, steps, 1]``, and ``mask`` has the shape
    ``[batch, steps]``.

    >>> zero = torch.zeros(1, 2, 1)
    >>> masked_loss(zero, zero, torch.tensor([[True, False]]))
    tensor(0.6931)
    """
    return binary_cross_entropy_with_logits(*_select_labelled(logits, targets, mask))


def _select_labelled(logits: torch.Tensor, targets: torch.Tensor,
                     mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    # Select the positions before computing logarithms, so that a NaN in the padding cannot reach the gradient.
    logits, targets = (masked_values(part.squeeze(-1), mask) for part in (logits, targets))
    return logits, targets.to(logits.dtype)


@torch.no_grad()
def count_correct(model: nn.Module, batch: Batch) -> dict[str, np.ndarray]:
    """Count the labels and the correct predictions for each string in a batch.

    Returns a dict of two ``int64`` arrays of shape ``[batch]``.
    """
    correct = (model(batch.inputs, batch.run_lengths) > 0) == (batch.targets > 0.5)
    correct = correct.squeeze(-1) & batch.mask
    return {"correct": correct.sum(1).cpu().numpy(), "labels": batch.mask.sum(1).cpu().numpy()}


def evaluate(model: nn.Module, task: ParityTask, *, count: int = 5000, seed: int,
             bucket: int | None = None) -> dict[str, Any]:
    """Measure the accuracy of a model on new strings of a task.

    ``count`` strings are drawn with ``seed``. Returns a dict with ``bit_accuracy``, ``sequence_accuracy`` (the fraction
    of strings with a correct prediction for every label) and ``strings`` (their number). If ``bucket`` is given,
    ``by_length`` is a list with the same numbers for strings ``from`` one length ``to`` another, with ``bucket``
    lengths in each. Raises ValueError if an argument is not allowed.
    """
    require_int("count", count, least=1)
    require_int("seed", seed, least=0)
    if bucket is not None:
        require_int("bucket", bucket, least=1)
    bits, parity, lengths = task.draw(count, np.random.default_rng(seed))
    device = next(model.parameters()).device
    counts = [count_correct(model, task.assemble(bits[rows], parity[rows], lengths[rows]).to(device))
              for rows in slices(count, SCREEN_SIZE)]
    correct, labels = (np.concatenate([part[key] for part in counts]) for key in ("correct", "labels"))
    result: dict[str, Any] = score_counts(correct, labels)
    if bucket is not None:
        starts = range(task.shortest, task.longest + 1, bucket)
        inside = [(lengths >= start) & (lengths < start + bucket) for start in starts]
        result["by_length"] = [
            {"from": start, "to": min(start + bucket - 1, task.longest)} | score_counts(correct[rows], labels[rows])
            for start, rows in zip(starts, inside, strict=True) if rows.any()
        ]
    return result


def slices(count: int, size: int) -> list[slice]:
    """Split ``count`` rows into consecutive slices of at most ``size`` rows."""
    return [slice(start, start + size) for start in range(0, count, size)]


def score_counts(correct: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Compute the accuracy per label and per string from counts of correct predictions.

    The counts are those of :func:`count_correct`.
    """
    return {
        "bit_accuracy": float(correct.sum() / labels.sum()),
        "sequence_accuracy": float((correct == labels).mean()),
        "strings": len(correct),
    }


def train(model: nn.Module, task: ParityTask, *, max_steps: int, seed: int, batch_size: int = 32,
          lr: float = 0.005, optimizer: str = "adam", clip: float | None = 0.25, validate_every: int = 50,
          validation_size: int = 5000, progress: bool | None = None) -> History:
    """Train a model until it answers all validation strings correctly.

    The training strings of ``task`` are new in every batch. Training stops after ``max_steps`` updates at the latest.

    The defaults, together with ``ParityRNN()``, are the book's recipe. Training and validation strings come from two
    independent generators made from ``seed``. Validation strings are 1.5 times as long as training strings. Every
    ``validate_every`` updates, the network is tested on 500 of them and, if it is correct on all of these, on the rest
    of the ``validation_size`` strings. The run stops when all are correct. ``clip`` limits the norm of the gradient
    (None means no limit). ``progress`` shows or hides a progress bar, as in :func:`~parity_lib.progress.progress_bar`.
    Ctrl-C ends the run and returns the history so far.

    PyTorch uses a single thread during training. More threads would add numbers in a different order, and would not
    train such a small network faster. Raises ValueError if an argument is not allowed.

    >>> from parity_lib.models import ParityRNN
    >>> history = train(ParityRNN(), ParityTask(8), max_steps=3, seed=0, progress=False)
    >>> history.steps, history.solved
    (3, False)
    """
    settings = checked_settings(task, lr, optimizer, clip, max_steps=max_steps, seed=seed, batch_size=batch_size,
                                validate_every=validate_every, validation_size=validation_size)
    device = next(model.parameters()).device
    train_seed, validation_seed = np.random.SeedSequence(seed).spawn(2)
    validation = ValidationSet(task.stretched(VALIDATION_STRETCH), validation_size,
                               np.random.default_rng(validation_seed))
    torch_optimizer = OPTIMIZERS[optimizer](model.parameters(), lr=lr, fused=True)
    history = History(settings)
    began = time.perf_counter()
    bar = progress_bar(max_steps, progress)
    try:
        with use_single_thread():
            for batch in training_batches(task, batch_size, np.random.default_rng(train_seed), history, max_steps):
                loss, accuracy = _update(model, batch.to(device), torch_optimizer, clip)
                history.loss.append(loss)
                history.accuracy.append(accuracy)
                bar.update()
                if history.steps % validate_every == 0 or history.steps == max_steps:
                    bar.set_postfix(loss=f"{loss:.4f}")
                    history.validation.append({"step": history.steps} | validation.score(model))
                    if validation.passed:
                        history.solved_at = history.steps
                        break
    except KeyboardInterrupt:
        history.interrupted = True
    finally:
        close(bar)
    history.seconds = time.perf_counter() - began
    return history


@contextmanager
def use_single_thread() -> Iterator[None]:
    """Restrict PyTorch to a single thread within a ``with`` block.

    The previous number of threads is restored afterwards.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _update(model: nn.Module, batch: Batch, torch_optimizer: torch.optim.Optimizer,
            clip: float | None) -> tuple[float, float]:
    torch_optimizer.zero_grad()
    logits, targets = _select_labelled(model(batch.inputs, batch.run_lengths), batch.targets, batch.mask)
    loss = binary_cross_entropy_with_logits(logits, targets)
    loss.backward()
    if clip is not None:
        nn.utils.clip_grad_norm_(model.parameters(), clip)
    torch_optimizer.step()
    with torch.no_grad():
        accuracy = ((logits > 0) == (targets > 0.5)).float().mean()
    return loss.item(), accuracy.item()


def training_batches(task: ParityTask, batch_size: int, rng: np.random.Generator, history: History, max_steps: int):
    """Yield batches of training strings until ``history`` contains ``max_steps`` updates.

    Drawing 64 batches together takes little longer than drawing a single one. The longest string of a curriculum
    follows the accuracies in ``history``.
    """
    longest = task.first_longest
    while history.steps < max_steps:
        chunk = task.assemble(*task.draw(batch_size * CHUNK_STEPS, rng, longest))
        for rows in slices(len(chunk.run_lengths), batch_size):
            yield Batch(*(part[rows] for part in chunk))
            if history.steps >= max_steps:
                return
            previous, longest = longest, task.next_longest(longest, history.accuracy[-1])
            if longest != previous:
                break


class ValidationSet:
    """The fixed validation strings of a training run."""

    def __init__(self, task: ParityTask, size: int, rng: np.random.Generator) -> None:
        drawn = task.draw(size, rng)
        self.batches = [task.assemble(*(part[rows] for part in drawn)) for rows in slices(size, SCREEN_SIZE)]
        self.passed = False

    def score(self, model: nn.Module) -> dict[str, float]:
        """Return the accuracy of a model on the validation strings.

        Testing stops after the first batch with an error.
        """
        device, counts = next(model.parameters()).device, []
        for batch in self.batches:
            counts.append(count_correct(model, batch.to(device)))
            if (counts[-1]["correct"] < counts[-1]["labels"]).any():
                break
        score = score_counts(*(np.concatenate([part[key] for part in counts]) for key in ("correct", "labels")))
        self.passed = score["sequence_accuracy"] == 1.0
        return score


def checked_settings(task: ParityTask, lr: float, optimizer: str, clip: float | None, **counts: int) -> dict[str, Any]:
    """Validate the settings of a training run and return them as a dict.

    :class:`History` stores them in this form.
    """
    for name, value in counts.items():
        require_int(name, value, least=0 if name == "seed" else 1)
    require(lr > 0, "lr", lr, "a number above 0")
    require_choice("optimizer", optimizer, tuple(OPTIMIZERS))
    require(clip is None or clip > 0, "clip", clip, "a number above 0, or None for no clipping")
    return {"lengths": str(task.lengths), "label": task.label, "padding": task.padding, "lr": float(lr),
            "optimizer": optimizer, "clip": None if clip is None else float(clip)} | {
                name: int(value) for name, value in counts.items()}
