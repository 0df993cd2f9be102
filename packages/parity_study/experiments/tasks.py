"""Variants of the parity task, each for a particular experiment."""

from dataclasses import dataclass

import numpy as np
import torch

from parity_lib.data import Batch, ParityTask


class CarriedTask(ParityTask):
    """A task whose only label comes after the padding.

    A network has to carry its answer through the padding to the last time step.

    >>> CarriedTask((1, 3), "end").batch(2, np.random.default_rng(0)).mask
    tensor([[False, False,  True],
            [False, False,  True]])
    """

    def assemble(self, bits: np.ndarray, lengths: np.ndarray) -> Batch:
        """Convert strings to a batch whose only labels are at the last time step."""
        batch = super().assemble(bits, lengths)
        targets, mask = torch.zeros_like(batch.targets), torch.zeros_like(batch.mask)
        targets[:, -1] = batch.targets[torch.arange(len(lengths)), torch.from_numpy(lengths) - 1]
        mask[:, -1] = True
        return Batch(batch.inputs, targets, mask)


class ScoredTask(ParityTask):
    """A task with a label at every time step, including the padding after a string."""

    def assemble(self, bits: np.ndarray, lengths: np.ndarray) -> Batch:
        """Convert strings to a batch with a label at every time step."""
        steps = bits.shape[1]
        return ParityTask(steps).assemble(bits * (np.arange(steps) < lengths[:, None]), np.full(len(bits), steps))


class AlteredTask(ParityTask):
    """A task whose training strings are altered but whose validation strings are not."""

    def stretched(self, factor: float) -> ParityTask:
        """Return a validation task with longer random strings, which are not altered."""
        return ParityTask(self.lengths, self.label, self.padding).stretched(factor)


class RunsTask(AlteredTask):
    """A task in which half of the training strings end in a run of equal bits.

    The run begins in the first half of the string.

    >>> RunsTask(8).draw(4, np.random.default_rng(1))[0]
    array([[1, 0, 0, 0, 0, 0, 1, 1],
           [1, 1, 0, 0, 0, 0, 0, 0],
           [0, 0, 1, 0, 0, 1, 0, 0],
           [1, 1, 1, 1, 1, 1, 1, 1]], dtype=uint8)
    """

    def draw(self, count: int, rng: np.random.Generator, longest: int | None = None):
        """Draw random strings, about half of which end in a run of equal bits."""
        bits, lengths = super().draw(count, rng, longest)
        begins = rng.integers(1, bits.shape[1] // 2, size=(count, 1), endpoint=True)
        chosen = rng.random((count, 1)) < 0.5
        in_run = chosen & (np.arange(bits.shape[1]) >= begins)
        bits = np.where(in_run, rng.integers(2, size=(count, 1), dtype=np.uint8), bits)
        return bits, lengths


@dataclass(frozen=True)
class ShortenedTask(AlteredTask):
    """A task in which some of the training strings are shortened to one bit.

    >>> ShortenedTask(4, "end", one_bit_share=0.5).draw(6, np.random.default_rng(0))[1]
    array([4, 4, 4, 4, 4, 1])
    """

    one_bit_share: float = 0.0

    def draw(self, count: int, rng: np.random.Generator, longest: int | None = None):
        """Draw random strings and shorten some of them to one bit."""
        bits, lengths = super().draw(count, rng, longest)
        return bits, np.where(rng.random(count) < self.one_bit_share, 1, lengths)
