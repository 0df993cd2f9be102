"""The task's own loss, update and training loop, correct or with one common mistake."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from parity_checks.no_teacher_forcing.labels import THE_END, THE_LABEL, cut_parity

THE_LOOP, THE_SEED = "training#the-loop-line-by-line", "data#seeds-and-a-generator-that-fools-you"
HIDDEN, LONGEST, BATCH, RATE = 8, 10, 64, 0.03
Network = tuple[nn.LSTM, nn.Linear]
Weights = list[torch.Tensor]

# Each mistake in the loop with its message and the section to read.
SLIPS = {
    "zero_grad": ("Old gradients are added to the new ones: `optimizer.zero_grad()` is missing.", THE_LOOP),
    "clipping": ("The gradient is not clipped to a norm of 1: call torch.nn.utils.clip_grad_norm_(parameters, 1.0) "
                 "after `backward`, with the parameters of both modules.", THE_LOOP),
    "last column": ("You read the last column and not the last real time step.", THE_END),
    "before the cut": ("The label is that of the string before it was cut.", THE_END),
    "generator": ("Every update has the same strings: make `rng` once, before the loop, and draw in the "
                  "loop.", THE_SEED),
    "min_length": ("These strings have lengths from 1 on: the argument `min_length` does not reach `draw`.", THE_LABEL),
}


def tensors(bits: np.ndarray, lengths: np.ndarray, labels: np.ndarray) -> tuple[torch.Tensor, ...]:
    """Return a batch as tensors: inputs ``[batch, steps, 1]``, lengths ``[batch]`` and labels ``[batch]``."""
    return (torch.from_numpy(bits.astype(np.float32)).unsqueeze(-1), torch.from_numpy(lengths),
            torch.from_numpy(labels.astype(np.float32)))


def new_network() -> Network:
    """Return an LSTM and its readout, in float32 even if the notebook has changed the default."""
    return nn.LSTM(1, HIDDEN, batch_first=True, dtype=torch.float32), nn.Linear(HIDDEN, 1, dtype=torch.float32)


def parameters(network: Iterable[nn.Module]) -> list[nn.Parameter]:
    """Return all parameters, module by module."""
    return [parameter for module in network for parameter in module.parameters()]


def weights_of(network: Iterable[nn.Module]) -> Weights:
    """Return copies of all parameters, module by module."""
    return [parameter.detach().clone() for parameter in parameters(network)]


@torch.no_grad()
def set_weights(network: Network, weights: Weights) -> None:
    """Copy the weights into the network."""
    for parameter, value in zip(parameters(network), weights, strict=True):
        parameter.copy_(value)


def distance(weights: Weights, others: Weights) -> float:
    """Return the mean absolute difference, or infinity if one of the weights is not finite."""
    off = float(torch.cat([(a - b).abs().ravel() for a, b in zip(weights, others, strict=True)]).mean())
    return off if np.isfinite(off) else float("inf")


def end_loss(logits: torch.Tensor, lengths: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Return the mean cross-entropy of the answers at the last real time steps."""
    return binary_cross_entropy_with_logits(logits[torch.arange(len(logits)), lengths - 1, 0], labels)


def update(network: Network, optimizer: torch.optim.Optimizer, batch: tuple, slip: str = "") -> float:
    """Make one update of the task's loop, or one with a slip, and return the loss before it."""
    (lstm, readout), (inputs, lengths, labels) = network, batch
    if slip == "last column":
        lengths = torch.full_like(lengths, inputs.shape[1])
    loss = end_loss(readout(lstm(inputs)[0]), lengths, labels)
    if slip != "zero_grad":
        optimizer.zero_grad()
    loss.backward()
    if slip != "clipping":
        nn.utils.clip_grad_norm_(parameters(network), 1.0)
    optimizer.step()
    return loss.item()


class Loop:
    """The task's training loop from given weights on, correct or with one of SLIPS."""

    def __init__(self, weights: Weights, seed: int, min_length: int = 1, slip: str = "") -> None:
        self.seed, self.min_length, self.slip = seed, 1 if slip == "min_length" else min_length, slip
        self.rng, self.network = np.random.default_rng(seed), new_network()
        set_weights(self.network, weights)
        self.optimizer = torch.optim.Adam(parameters(self.network), lr=RATE)

    def run(self, count: int) -> Weights:
        """Make ``count`` updates and return the weights."""
        for _ in range(count):
            if self.slip == "generator":
                self.rng = np.random.default_rng(self.seed)
            bits = self.rng.integers(2, size=(BATCH, LONGEST))
            lengths = self.rng.integers(self.min_length, LONGEST, BATCH, endpoint=True)
            cut = np.full_like(lengths, LONGEST) if self.slip == "before the cut" else lengths
            update(self.network, self.optimizer, tensors(bits, lengths, cut_parity(bits, cut)), self.slip)
        return weights_of(self.network)
