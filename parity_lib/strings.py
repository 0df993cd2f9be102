"""The strings that many seeds are trained and validated on: those of :func:`~parity_lib.training.train`, side by side.

Chapter: *The experiment*.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from parity_lib.data import ParityTask
from parity_lib.training import CHUNK_STEPS, SCREEN_SIZE, _score, _slices

STRINGS_AT_ONCE = 100  # in validation: more do not fit into a processor's cache


class Stream:
    """The strings that one seed is trained on: those of ``train`` in the same order, or passes over a fixed pool."""

    def __init__(self, task: ParityTask, batch_size: int, seed: np.random.SeedSequence, pool: int | None) -> None:
        self.task, self.batch_size, self.rng = task, batch_size, np.random.default_rng(seed)
        self.longest, self.place = task.first_longest, 0
        self.chunk: tuple[np.ndarray, ...] | None = None
        self.pool = pool and task.draw(pool, self.rng)

    def next(self) -> tuple[np.ndarray, ...]:
        """``bits`` and ``parity [batch, steps]``, ``lengths [batch]``."""
        if self.chunk is None or self.place + self.batch_size > len(self.chunk[0]):
            self.chunk, self.place = self._more(), 0
        rows = slice(self.place, self.place + self.batch_size)
        self.place = rows.stop
        return tuple(part[rows] for part in self.chunk)

    def _more(self) -> tuple[np.ndarray, ...]:
        if self.pool:
            order = self.rng.permutation(len(self.pool[0]))
            return tuple(part[order] for part in self.pool)
        return self.task.draw(self.batch_size * CHUNK_STEPS, self.rng, self.longest)

    def score(self, accuracy: float) -> None:
        """Let a curriculum's longest length grow."""
        previous, self.longest = self.longest, self.task.next_longest(self.longest, accuracy)
        if self.longest != previous:
            self.chunk = None


class Arrays(NamedTuple):
    """A batch for every seed: ``inputs [steps, seeds, 1, batch]``, the others ``[steps, seeds, batch]``."""

    inputs: np.ndarray
    targets: np.ndarray
    mask: np.ndarray


def side_by_side(task: ParityTask, drawn: Sequence[tuple[np.ndarray, ...]], dtype: np.dtype) -> Arrays:
    """The strings of all seeds in one batch, padded to the longest."""
    steps = max(bits.shape[1] for bits, _, _ in drawn)
    bits, parity = (np.concatenate([_widened(one[part], steps) for one in drawn]) for part in (0, 1))
    batch = task.assemble(bits, parity, np.concatenate([lengths for _, _, lengths in drawn]))
    inputs, targets, mask = (np.ascontiguousarray(part.numpy().reshape(len(drawn), -1, steps).transpose(2, 0, 1))
                             for part in batch[:3])
    return Arrays(inputs[:, :, None].astype(dtype, copy=False), targets.astype(dtype, copy=False), mask)


def _widened(rows: np.ndarray, steps: int) -> np.ndarray:
    return rows if rows.shape[1] == steps else np.pad(rows, ((0, 0), (0, steps - rows.shape[1])))


class Validation:
    """Each seed's fixed strings, those of ``train``: 500 are tried first, all of them where these are right."""

    def __init__(self, task: ParityTask, size: int, seeds: Sequence[np.random.SeedSequence]) -> None:
        self.task, self.size, self.seeds = task, size, list(seeds)
        self.screens = [tuple(part[:SCREEN_SIZE].copy() for part in self._drawn(row)) for row in range(len(self.seeds))]

    def _drawn(self, row: int) -> tuple[np.ndarray, ...]:
        return self.task.draw(self.size, np.random.default_rng(self.seeds[row]))

    def keep(self, rows: np.ndarray) -> None:
        self.seeds, self.screens = ([one for one, kept in zip(part, rows, strict=True) if kept]
                                    for part in (self.seeds, self.screens))

    def scores(self, nets) -> list[dict[str, float]]:
        """A row for each network, as in a :class:`~parity_lib.training.History`."""
        counts = [[count] for count in self._counts(nets, self.screens)]
        hopeful = [row for row, ((right, counted),) in enumerate(counts) if (right == counted).all()]
        for row in hopeful:
            alone, drawn = nets.chosen([row]), self._drawn(row)
            for rows in _slices(self.size, SCREEN_SIZE)[1:]:
                counts[row] += self._counts(alone, [tuple(part[rows] for part in drawn)])
                if (counts[row][-1][0] < counts[row][-1][1]).any():
                    break
        return [_score(*(np.concatenate(parts) for parts in zip(*row, strict=True))) for row in counts]

    def _counts(self, nets, drawn: list[tuple[np.ndarray, ...]]) -> list[tuple[np.ndarray, np.ndarray]]:
        """For each network: right and counted positions of each string."""
        parts = []
        for rows in _slices(len(drawn[0][0]), STRINGS_AT_ONCE):
            batch = side_by_side(self.task, [tuple(part[rows] for part in one) for one in drawn],
                                  nets.parameters.dtype)
            right = ((nets.logits(batch.inputs) > 0) == (batch.targets > 0.5)) & batch.mask
            parts.append((right.sum(0), batch.mask.sum(0)))
        right, counted = (np.concatenate(part, axis=1) for part in zip(*parts, strict=True))
        return list(zip(right, counted, strict=True))


def accuracy(logits: np.ndarray, batch: Arrays) -> list[float]:
    """Each seed's share of right answers, in the precision in which ``train`` has it."""
    right = ((logits > 0) == (batch.targets > 0.5)) & batch.mask
    return (right.sum((0, 2), dtype=np.float32) / batch.mask.sum((0, 2), dtype=np.float32)).tolist()
