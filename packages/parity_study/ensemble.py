"""Tools for training many networks in one batched computation on the CPU.

Chapter: *The experiment*. :func:`train_together` trains each model as :func:`~parity_lib.training.train` would from the
same seed, on the same strings in the same order. :mod:`~parity_study.batched_networks` computes the gradients.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from parity_lib.data import Curriculum, ParityTask
from parity_lib.errors import require, require_int
from parity_lib.models import ParityRNN
from parity_lib.progress import close, progress_bar
from parity_lib.training import (
    CHUNK_STEPS,
    SCREEN_SIZE,
    VALIDATION_STRETCH,
    History,
    checked_settings,
    score_counts,
    slices,
)
from parity_study.batched_networks import Ensemble

STRINGS_AT_ONCE = 100  # validated together; the activations of more strings do not fit into a processor's cache


class TrainingStrings:
    """A source of new or pooled training strings for one seed."""

    def __init__(self, task: ParityTask, batch_size: int, seed: np.random.SeedSequence, pool: int | None) -> None:
        self.task, self.batch_size, self.rng = task, batch_size, np.random.default_rng(seed)
        self.longest, self.start = task.first_longest, 0
        self.chunk: tuple[np.ndarray, ...] | None = None
        self.pool = pool and task.draw(pool, self.rng)

    def next_batch(self) -> tuple[np.ndarray, ...]:
        """Return the bits and parities ``[batch, steps]`` and the lengths ``[batch]`` of the next batch."""
        if self.chunk is None or self.start + self.batch_size > len(self.chunk[0]):
            self.chunk, self.start = self._next_chunk(), 0
        rows = slice(self.start, self.start + self.batch_size)
        self.start = rows.stop
        return tuple(part[rows] for part in self.chunk)

    def _next_chunk(self) -> tuple[np.ndarray, ...]:
        if self.pool:
            order = self.rng.permutation(len(self.pool[0]))
            return tuple(part[order] for part in self.pool)
        return self.task.draw(self.batch_size * CHUNK_STEPS, self.rng, self.longest)

    def report_accuracy(self, accuracy: float) -> None:
        """Adjust the string lengths of a curriculum to the accuracy on the last batch."""
        previous, self.longest = self.longest, self.task.next_longest(self.longest, accuracy)
        if self.longest != previous:
            self.chunk = None


class EnsembleBatch(NamedTuple):
    """A batch of strings for every seed.

    ``inputs`` is ``[steps, seeds, 1, batch]``; ``targets`` and ``mask`` are ``[steps, seeds, batch]``.
    """

    inputs: np.ndarray
    targets: np.ndarray
    mask: np.ndarray

    def correct(self, logits: np.ndarray) -> np.ndarray:
        """Return a mask of the labels that are predicted correctly."""
        return ((logits > 0) == (self.targets > 0.5)) & self.mask

    def accuracies(self, logits: np.ndarray) -> list[float]:
        """Return the bit accuracy of each seed, computed in float32 as in ``train``."""
        correct = self.correct(logits).sum((0, 2), dtype=np.float32)
        return (correct / self.mask.sum((0, 2), dtype=np.float32)).tolist()


def stack_strings(task: ParityTask, drawn: Sequence[tuple[np.ndarray, ...]], dtype: np.dtype) -> EnsembleBatch:
    """Combine the strings drawn for each seed into a batch that is padded to the longest string."""
    steps = max(bits.shape[1] for bits, _, _ in drawn)
    padded = np.zeros((2, len(drawn), len(drawn[0][0]), steps), drawn[0][0].dtype)
    for seed, (bits, parity, _) in enumerate(drawn):
        padded[:, seed, :, :bits.shape[1]] = bits, parity
    batch = task.assemble(*padded.reshape(2, -1, steps), np.concatenate([lengths for _, _, lengths in drawn]))
    inputs, targets, mask = (np.ascontiguousarray(part.numpy().reshape(len(drawn), -1, steps).transpose(2, 0, 1))
                             for part in batch[:3])
    return EnsembleBatch(inputs[:, :, None].astype(dtype, copy=False), targets.astype(dtype, copy=False), mask)


class ValidationStrings:
    """The fixed validation strings for each seed."""

    def __init__(self, task: ParityTask, size: int, seeds: Sequence[np.random.SeedSequence]) -> None:
        self.task, self.parts = task, slices(size, SCREEN_SIZE)
        self.drawn = [task.draw(size, np.random.default_rng(seed)) for seed in seeds]

    def scores(self, ensemble: Ensemble, rows: np.ndarray) -> list[dict[str, float]]:
        """Evaluate each network on its validation strings.

        Returns the accuracies as a :class:`~parity_lib.training.History` records them. ``rows`` holds the index of each
        network's seed. As in ``train``, a network is tested on the first 500 strings, and on further strings only while
        all of its answers are correct.
        """
        counts, perfect = [[] for _ in rows], list(range(len(rows)))
        for part in self.parts:
            drawn = [self.drawn[rows[place]] for place in perfect]
            for place, count in zip(perfect, self._count_correct(ensemble.select(perfect), drawn, part), strict=True):
                counts[place].append(count)
            perfect = [place for place in perfect if np.array_equal(*counts[place][-1])]
            if not perfect:
                break
        return [score_counts(*map(np.concatenate, zip(*count, strict=True))) for count in counts]

    def _count_correct(self, ensemble: Ensemble, drawn: list[tuple[np.ndarray, ...]],
                part: slice) -> list[tuple[np.ndarray, np.ndarray]]:
        """Count the correct predictions and the labels for each network and each string in a slice."""
        counts = []
        for start in range(part.start, min(part.stop, len(drawn[0][0])), STRINGS_AT_ONCE):
            rows = slice(start, min(start + STRINGS_AT_ONCE, part.stop))
            batch = stack_strings(self.task, [tuple(array[rows] for array in strings) for strings in drawn],
                                  ensemble.parameters.dtype)
            counts.append((batch.correct(ensemble.logits(batch.inputs)).sum(0), batch.mask.sum(0)))
        return list(zip(*(np.concatenate(count, axis=1) for count in zip(*counts, strict=True)), strict=True))


class EnsembleTraining:
    """The training state of an ensemble of networks.

    It holds the networks that are still being trained, their histories, and the running means of a batched SGD or Adam
    optimiser. ``rows`` holds the indices of these networks in ``models``.
    """

    def __init__(self, models: Sequence[ParityRNN], ensemble: Ensemble, histories: list[History], optimizer: str,
                 lr: float, clip: float | None, momentum: float = 0.0) -> None:
        self.models, self.ensemble, self.histories = models, ensemble, histories
        self.optimizer, self.lr, self.clip, self.momentum = optimizer, lr, clip, momentum
        self.rows = np.arange(len(models))
        self.reset_optimizer()

    def reset_optimizer(self) -> None:
        """Reset the running means of the gradients to zero."""
        self.step = 0
        self.mean, self.square = (np.zeros_like(self.ensemble.parameters) for _ in range(2))

    def update(self, losses: np.ndarray, gradient: np.ndarray) -> None:
        """Update the weights of all networks and record their losses.

        ``losses`` is ``[networks]``. ``gradient [networks, count]`` is clipped in place, separately for each network.
        The formulas are those of PyTorch's ``clip_grad_norm_``, and of SGD with momentum or Adam (Kingma and Ba, ICLR
        2015).
        """
        self.step += 1
        if self.clip is not None:
            norm = np.linalg.norm(gradient, axis=1, keepdims=True)
            gradient *= np.minimum(1, self.clip / (norm + 1e-6))
        if self.optimizer == "sgd":
            self.mean = self.momentum * self.mean + gradient
            self.ensemble.parameters -= self.lr * self.mean
        else:
            self.mean += (1 - 0.9) * (gradient - self.mean)
            self.square += (1 - 0.999) * (gradient * gradient - self.square)
            size = np.sqrt(self.square / (1 - 0.999**self.step)) + 1e-8
            self.ensemble.parameters -= self.lr / (1 - 0.9**self.step) * self.mean / size
        for row, loss in zip(self.rows, losses.tolist(), strict=True):
            self.histories[row].loss.append(loss)

    def validate(self, step: int, scores: list[dict[str, float]]) -> None:
        """Record validation scores and stop training the networks whose answers were all correct."""
        for row, score in zip(self.rows, scores, strict=True):
            self.histories[row].validation.append({"step": step} | score)
            self.histories[row].solved_at = step if score["sequence_accuracy"] == 1.0 else None
        unsolved = np.array([not self.histories[row].solved for row in self.rows])
        if not unsolved.all():
            self.copy_weights()
            self.rows, self.mean, self.square = self.rows[unsolved], self.mean[unsolved], self.square[unsolved]
            self.ensemble.replace(self.ensemble.parameters[unsolved])

    def copy_weights(self) -> None:
        """Copy the weights of the networks that are still being trained into the PyTorch models."""
        self.ensemble.copy_to([self.models[row] for row in self.rows])


def train_together(models: Sequence[ParityRNN], task: ParityTask, *, max_steps: int, seeds: Sequence[int],
                   batch_size: int = 32, lr: float = 0.005, optimizer: str = "adam", clip: float | None = 0.25,
                   validate_every: int = 50, validation_size: int = 5000, stretch: float = VALIDATION_STRETCH,
                   momentum: float = 0.0, pool: int | None = None, progress: bool | None = None) -> list[History]:
    """Train many models of the same architecture together.

    Each model is trained as :func:`~parity_lib.training.train` would train it. ``models[i]`` is trained from
    ``seeds[i]`` on the strings that ``train`` would draw. It is validated on its own strings and stops as soon as it
    solves the task, while training of the other models continues. Most arguments have the same meaning as in ``train``.
    Three are new: the validation strings are ``stretch`` times as long as the training strings; ``momentum`` belongs to
    SGD; and if ``pool`` is given, each model is trained on a fixed set of ``pool`` strings instead of new ones. The
    results differ from those of separate runs only by rounding errors, which a long training may amplify. Returns a
    History for each model, whose ``seconds`` is the time that all models took together. Raises ValueError if an
    argument is not allowed.

    >>> models = [ParityRNN(4, "tanh", seed=seed) for seed in range(2)]
    >>> histories = train_together(models, ParityTask(8), max_steps=3, seeds=[0, 1], progress=False)
    >>> [history.steps for history in histories]
    [3, 3]
    """
    require(len(seeds) == len(models), "seeds", list(seeds), f"a seed for each of the {len(models)} models")
    histories = [History(checked_settings(task, lr, optimizer, clip, max_steps=max_steps, seed=seed,
                                          batch_size=batch_size, validate_every=validate_every,
                                          validation_size=validation_size)) for seed in seeds]
    require(0 <= momentum < 1 and (momentum == 0 or optimizer == "sgd"), "momentum", momentum,
            "a number from 0 to below 1, and 0 for Adam")
    if pool is not None:
        require_int("pool", pool, least=batch_size)
    if isinstance(task.lengths, Curriculum):
        require(not pool, "pool", pool, "None for a curriculum, which draws strings as they grow longer")
        require(task.padding == "after", "task.padding", task.padding,
                "'after' in a curriculum, because strings of different lengths share a batch here")
    training = EnsembleTraining(models, Ensemble(models), histories, optimizer=optimizer, lr=lr, clip=clip,
                                momentum=momentum)
    train_seeds, validation_seeds = zip(*(np.random.SeedSequence(seed).spawn(2) for seed in seeds))
    strings = [TrainingStrings(task, batch_size, seed, pool) for seed in train_seeds]
    validation = ValidationStrings(task.stretched(stretch), validation_size, validation_seeds)
    began = time.perf_counter()
    bar = progress_bar(max_steps, progress)
    try:
        for step in range(1, max_steps + 1):
            drawn = [strings[row].next_batch() for row in training.rows]
            batch = stack_strings(task, drawn, training.ensemble.parameters.dtype)
            losses, logits, gradient = training.ensemble.gradients(*batch)
            training.update(losses, gradient)
            for row, accuracy in zip(training.rows, batch.accuracies(logits), strict=True):
                histories[row].accuracy.append(accuracy)
                strings[row].report_accuracy(accuracy)
            bar.update()
            if step % validate_every == 0 or step == max_steps:
                training.validate(step, validation.scores(training.ensemble, training.rows))
                bar.set_postfix(solved=len(models) - len(training.rows))
            if not len(training.rows):
                break
    except KeyboardInterrupt:
        for row in training.rows:
            histories[row].interrupted = True
    finally:
        close(bar)
        training.copy_weights()
    for history in histories:
        history.seconds = time.perf_counter() - began
    return histories
