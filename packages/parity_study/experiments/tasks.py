"""Variants of the parity task that single experiments train on."""

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


@dataclass(frozen=True)
class ShortenedTask(ParityTask):
    """A task in which some of the training strings are shortened to one bit.

    The validation strings are not shortened.

    >>> ShortenedTask(4, "end", one_bit_share=0.5).draw(6, np.random.default_rng(0))[1]
    array([4, 4, 4, 4, 4, 1])
    """

    one_bit_share: float = 0.0

    def stretched(self, factor: float) -> ParityTask:
        """Return a validation task with longer strings, none of which is shortened to one bit."""
        return ParityTask(self.lengths, self.label, self.padding).stretched(factor)

    def draw(self, count: int, rng: np.random.Generator, longest: int | None = None):
        """Draw random strings and shorten some of them to one bit."""
        bits, lengths = super().draw(count, rng, longest)
        return bits, np.where(rng.random(count) < self.one_bit_share, 1, lengths)
