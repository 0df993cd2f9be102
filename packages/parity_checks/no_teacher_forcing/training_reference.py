"""Reference implementation of the loss, the update and the training loop."""

from __future__ import annotations

import functools
from collections.abc import Iterable

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from parity_checks.no_teacher_forcing.labels import THE_END, cut_parity

THE_LOOP, THE_SEED = "training#the-loop-line-by-line", "data#seeds-and-a-generator-that-fools-you"
HIDDEN, LONGEST, BATCH, RATE = 8, 10, 64, 0.03
Network = tuple[nn.LSTM, nn.Linear]

# The most frequent mistakes in the loop, each with its message and the section to read.
MISTAKES = {
    "zero_grad": ("Old gradients are added to the new ones: `optimizer.zero_grad()` is missing.", THE_LOOP),
    "clipping": ("The gradient is not clipped to a norm of 1: call torch.nn.utils.clip_grad_norm_(parameters, 1.0) "
                 "between `backward` and `step`, with the parameters of both modules.", THE_LOOP),
    "last column": ("You read the last column and not the last real time step.", THE_END),
    "before the cut": ("The label is that of the string before it was cut.", THE_END),
    "generator": ("Every update has the same strings: make `rng` once, before the loop, and draw in the loop.",
                  THE_SEED),
}


def tensors(bits: np.ndarray, lengths: np.ndarray, labels: np.ndarray) -> tuple[Tensor, Tensor, Tensor]:
    """Convert a batch of strings, lengths and labels to tensors."""
    return (torch.from_numpy(bits.astype(np.float32)).unsqueeze(-1), torch.from_numpy(lengths),
            torch.from_numpy(labels.astype(np.float32)))


def new_network() -> Network:
    """Create an LSTM and a linear readout in float32, regardless of the default dtype."""
    return nn.LSTM(1, HIDDEN, batch_first=True, dtype=torch.float32), nn.Linear(HIDDEN, 1, dtype=torch.float32)


def parameters(network: Iterable[nn.Module]) -> list[nn.Parameter]:
    """Return a list of the parameters of all modules in a network."""
    return [parameter for module in network for parameter in module.parameters()]


def weights_of(network: Iterable[nn.Module]) -> Tensor:
    """Return a copy of all parameters as a single vector."""
    return parameters_to_vector(parameters(network)).detach().clone()


def set_weights(network: Network, weights: Tensor) -> None:
    """Copy a vector of weights into the parameters of a network."""
    vector_to_parameters(weights.clone(), parameters(network))


def distance(weights: Tensor, expected: Tensor) -> float:
    """Return the mean absolute difference between two weight vectors."""
    return float((weights - expected).abs().mean().nan_to_num(nan=torch.inf))


def end_loss(logits: Tensor, lengths: Tensor, labels: Tensor) -> Tensor:
    """Return the mean cross-entropy at the last time step of each string."""
    return binary_cross_entropy_with_logits(logits[torch.arange(len(logits)), lengths - 1, 0], labels)


def logits_of(network: Network, inputs: Tensor) -> Tensor:
    """Return a network's logits ``[batch, steps, 1]`` for a batch of inputs."""
    lstm, readout = network
    return readout(lstm(inputs)[0])


def update(network: Network, optimizer: torch.optim.Optimizer, batch: tuple, mistake: str = "") -> float:
    """Perform one training update and return the loss before the update."""
    inputs, lengths, labels = batch
    if mistake == "last column":
        lengths = torch.full_like(lengths, inputs.shape[1])
    loss = end_loss(logits_of(network, inputs), lengths, labels)
    if mistake != "zero_grad":
        optimizer.zero_grad()
    loss.backward()
    if mistake != "clipping":
        nn.utils.clip_grad_norm_(parameters(network), 1.0)
    optimizer.step()
    return loss.item()


class Loop:
    """A training loop that starts from given weights."""

    def __init__(self, weights: Tensor, seed: int, min_length: int = 1, longest: int = LONGEST,
                 mistake: str = "") -> None:
        self.seed, self.min_length, self.longest, self.mistake = seed, min_length, longest, mistake
        self.rng, self.network = np.random.default_rng(seed), new_network()
        set_weights(self.network, weights)
        self.optimizer = torch.optim.Adam(parameters(self.network), lr=RATE)

    def run(self, count: int) -> Tensor:
        """Perform ``count`` updates and return the new weights."""
        for _ in range(count):
            if self.mistake == "generator":
                self.rng = np.random.default_rng(self.seed)
            bits = self.rng.integers(2, size=(BATCH, self.longest))
            lengths = self.rng.integers(self.min_length, self.longest, BATCH, endpoint=True)
            cut = np.full_like(lengths, self.longest) if self.mistake == "before the cut" else lengths
            update(self.network, self.optimizer, tensors(bits, lengths, cut_parity(bits, cut)), self.mistake)
        return weights_of(self.network)


@functools.lru_cache(maxsize=50)
def weights_after(count: int, weights: tuple[float, ...], seed: int, min_length: int, longest: int) -> Tensor:
    """Return the weights after ``count`` updates of the correct training loop, for use in several checks."""
    return Loop(torch.tensor(weights), seed, min_length, longest).run(count)
