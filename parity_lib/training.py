"""The loss, the training loop and the evaluation of networks on parity tasks. Chapter: *Training*."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from parity_lib.data import Batch, ParityTask
from parity_lib.errors import require, require_choice, require_int
from parity_lib.padding import masked_mean, masked_values
from parity_lib.progress import progress_bar

OPTIMIZERS = {"adam": torch.optim.Adam, "sgd": torch.optim.SGD}
VALIDATION_STRETCH = 1.5
TEST_BATCH = 500
BATCHES_DRAWN_TOGETHER = 64    # a batch drawn among so many takes an eighth of the time


@dataclass
class History:
    """A record of a single training run.

    ``loss`` and ``accuracy`` have one entry per update, measured on the batch before its update; the accuracy counts
    labels. ``validation`` holds dicts with ``update``, ``bit_accuracy``, ``sequence_accuracy`` and ``strings``.
    ``solved_at`` is the update after which every label of every validation string was predicted correctly, or None.
    """

    loss: list[float] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    validation: list[dict[str, float]] = field(default_factory=list)
    solved_at: int | None = None
    seconds: float = 0.0

    @property
    def updates(self) -> int:
        """The number of updates of the weights."""
        return len(self.loss)

    @property
    def solved(self) -> bool:
        """Whether the run ended with every validation string answered correctly."""
        return self.solved_at is not None


def masked_loss(logits: torch.Tensor, targets: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Return the mean binary cross-entropy, in nats, over the positions where ``mask`` is True.

    ``logits`` and ``targets`` have the shape ``[batch, steps, 1]``, and ``mask`` has the shape ``[batch, steps]``.

    >>> zero = torch.zeros(1, 2, 1)
    >>> masked_loss(zero, zero, torch.tensor([[True, False]]))
    tensor(0.6931)
    """
    # Select the positions before computing logarithms, so that a NaN in the padding cannot reach the gradient.
    logits, targets = masked_values(logits.squeeze(-1), mask), masked_values(targets.squeeze(-1), mask)
    return binary_cross_entropy_with_logits(logits, targets.to(logits.dtype))


def train(model: nn.Module, task: ParityTask, *, max_updates: int, seed: int, batch_size: int = 32,
          lr: float = 0.005, optimizer: str = "adam", clip: float | None = 0.25, validate_every: int = 50,
          validation_size: int = 5000, progress: bool | None = None) -> History:
    """Train a model until it answers all validation strings correctly, or for ``max_updates`` updates.

    The model changes in place. It processes the padding, which the mask keeps out of the loss; nothing is packed. The
    defaults, together with ``ParityRNN()``, are the book's recipe. Training and validation strings come from two
    independent generators made from ``seed``. The training strings are new in every batch; the ``validation_size``
    validation strings are up to 1.5 times as long, to test the rule. Every ``validate_every`` updates and after the
    last, they are tested in parts of 500, up to a part with an error.
    ``clip`` limits the norm of the gradient (None: no limit). ``progress`` shows or hides the bar of
    :func:`~parity_lib.progress.progress_bar`. Ctrl-C ends the run and returns the history so far.

    PyTorch uses a single thread: more would add numbers in another order, and would not train such a small network
    faster. Raises ValueError if an argument is not allowed.

    >>> from parity_lib.models import ParityRNN
    >>> history = train(ParityRNN(), ParityTask(8), max_updates=3, seed=0, progress=False)
    >>> history.updates, history.solved
    (3, False)
    """
    require_settings(lr, optimizer, clip, max_updates=max_updates, seed=seed, batch_size=batch_size,
                     validate_every=validate_every, validation_size=validation_size)
    history = History()
    train_rng, validation_rng = np.random.default_rng(seed).spawn(2)
    batches = training_batches(task, batch_size, train_rng, history)
    longer = task.stretched(VALIDATION_STRETCH)
    bits, lengths = longer.draw(validation_size, validation_rng)
    validation = list(in_batches(longer, bits, lengths))
    device = next(model.parameters()).device
    torch_optimizer = OPTIMIZERS[optimizer](model.parameters(), lr=lr, fused=True)      # fused: one kernel for all
    began = time.perf_counter()
    with suppress(KeyboardInterrupt), single_thread(), progress_bar(max_updates, progress) as bar:
        for update in range(1, max_updates + 1):
            batch = next(batches).to(device)
            logits = model(batch.inputs)
            loss = masked_loss(logits, batch.targets, batch.mask)

            torch_optimizer.zero_grad()
            loss.backward()
            if clip is not None:
                nn.utils.clip_grad_norm_(model.parameters(), clip)
            torch_optimizer.step()

            correct = (logits > 0) == (batch.targets > 0.5)
            history.loss.append(loss.item())
            history.accuracy.append(masked_mean(correct.squeeze(-1).float(), batch.mask).item())
            bar.update()
            if update % validate_every == 0 or update == max_updates:
                bar.set_postfix(loss=f"{loss:.4f}")
                score = validate(model, validation)
                history.validation.append({"update": update} | score)
                if score["sequence_accuracy"] == 1:
                    history.solved_at = update
                    break
    history.seconds = time.perf_counter() - began
    return history


def training_batches(task: ParityTask, batch_size: int, rng: np.random.Generator, history: History) -> Iterator[Batch]:
    """Yield batches endlessly; a curriculum reads the accuracy on each, which the caller appends to ``history``."""
    curriculum, longest = task.curriculum, task.curriculum.start
    while True:
        together = task.batch(batch_size * BATCHES_DRAWN_TOGETHER, rng, longest)
        for start in range(0, len(together.inputs), batch_size):
            yield Batch(*(part[start:start + batch_size] for part in together))
            previous, longest = longest, curriculum.next_longest(longest, history.accuracy[-1])
            if longest != previous:
                break       # and draw longer strings


def in_batches(task: ParityTask, bits: np.ndarray, lengths: np.ndarray) -> Iterator[Batch]:
    """Yield the strings returned by ``task.draw`` in batches of at most 500."""
    for start in range(0, len(bits), TEST_BATCH):
        yield task.assemble(bits[start:start + TEST_BATCH], lengths[start:start + TEST_BATCH])


def validate(model: nn.Module, batches: Iterable[Batch]) -> dict[str, float]:
    """Return the accuracy of a model on validation strings. The first batch with an error ends the test."""
    counts = []
    for batch in batches:
        correct, labels = count_correct(model, batch)
        counts.append((correct, labels))
        if (correct < labels).any():
            break
    return accuracies(*np.concatenate(counts, axis=1))


def evaluate(model: nn.Module, task: ParityTask, *, count: int = 5000, seed: int,
             bucket: int | None = None) -> dict[str, Any]:
    """Measure the accuracy of a model on new strings of a task.

    ``count`` strings are drawn with ``seed``. Returns a dict with ``bit_accuracy``, ``sequence_accuracy`` (the fraction
    of strings with a correct prediction for every label) and ``strings`` (their number). If ``bucket`` is given,
    ``by_length`` is a list with the same numbers for strings ``from`` one length ``to`` another, ``bucket`` lengths
    in each but the last. Raises ValueError if an argument is not allowed.
    """
    require_int("count", count, least=1)
    require_int("seed", seed, least=0)
    require_int("bucket", 1 if bucket is None else bucket, least=1)
    bits, lengths = task.draw(count, np.random.default_rng(seed))
    counts = [count_correct(model, batch) for batch in in_batches(task, bits, lengths)]
    correct, labels = np.concatenate(counts, axis=1)
    result: dict[str, Any] = accuracies(correct, labels)
    if bucket is not None:
        result["by_length"] = []
        for start in range(task.shortest, task.longest + 1, bucket):
            rows = (lengths >= start) & (lengths < start + bucket)
            if rows.any():
                limits = {"from": start, "to": min(start + bucket - 1, task.longest)}
                result["by_length"].append(limits | accuracies(correct[rows], labels[rows]))
    return result


@torch.no_grad()
def count_correct(model: nn.Module, batch: Batch) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers of correct predictions and of labels for each string, as two ``int64`` arrays ``[batch]``."""
    batch = batch.to(next(model.parameters()).device)
    correct = (model(batch.inputs) > 0) == (batch.targets > 0.5)
    return (correct.squeeze(-1) & batch.mask).sum(1).cpu().numpy(), batch.mask.sum(1).cpu().numpy()


def accuracies(correct: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Return the accuracy per label and per string, computed from the counts of :func:`count_correct`."""
    return {"bit_accuracy": float(correct.sum() / labels.sum()), "sequence_accuracy": float((correct == labels).mean()),
            "strings": len(correct)}


@contextmanager
def single_thread() -> Iterator[None]:
    """Restrict PyTorch to a single thread within a ``with`` block."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def require_settings(lr: float, optimizer: str, clip: float | None, **counts: int) -> None:
    """Raise ValueError unless the settings of a training run are valid."""
    for name, value in counts.items():
        require_int(name, value, least=0 if name == "seed" else 1)
    require(lr > 0, "lr", lr, "a number above 0")
    require_choice("optimizer", optimizer, tuple(OPTIMIZERS))
    require(clip is None or clip > 0, "clip", clip, "a number above 0, or None for no clipping")
