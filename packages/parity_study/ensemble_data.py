"""Training and validation strings for many networks that are trained together.

Chapter: *The experiment*. For each seed, the strings and their order are those of :func:`~parity_lib.training.train`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from parity_lib.data import ParityTask
from parity_lib.training import CHUNK_STEPS, SCREEN_SIZE, score_counts, slices
from parity_study.batched_networks import Ensemble

STRINGS_AT_ONCE = 100  # validated together; the activations of more strings do not fit into a processor's cache


class TrainingStrings:
    """A source of training strings for one seed, which are new in every batch or come from a fixed pool."""

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
    """The fixed validation strings of each seed, which are those of ``train``."""

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
