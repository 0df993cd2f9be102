"""Reference implementation of the loss, the update and the training loop."""

import functools
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from parity_checks.no_teacher_forcing.labels import cut_parity

THE_LOOP, THE_SEED = "training#The loop, line by line", "data#Seeds, and a generator that fools you"
HIDDEN, LONGEST, BATCH, RATE = 8, 10, 64, 0.03
RATE_OF_STEPS = 0.5         # the learning rate of SGD with which the checks call train_step
Network = tuple[nn.LSTM | nn.GRU, nn.Linear]


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


def logits_of(network: Network, inputs: Tensor, state: tuple | None = None) -> Tensor:
    """Return a network's logits ``[batch, steps, 1]`` for a batch of inputs."""
    lstm, readout = network
    return readout(lstm(inputs, state)[0])


def clip(network: Network, bound: float = 1.0, groups: Callable = lambda network: [parameters(network)]) -> None:
    """Clip the gradient of each of the ``groups`` of parameters to the norm ``bound``."""
    for group in groups(network):
        nn.utils.clip_grad_norm_(group, bound)


def update(network: Network, optimizer: torch.optim.Optimizer, batch: tuple, *, loss: Callable[..., Tensor] = end_loss,
           zero: Iterable[int] = (0, 1), clip: Callable[[Network], object] = clip,
           state: Any = None, scale: float = 1.0) -> float:
    """Perform an update and return the loss before it.

    The gradients of the modules in ``zero`` are set to zero, and the loss is multiplied by ``scale``.
    """
    value = loss(logits_of(network, batch[0], state), *batch[1:])
    for position in zero:
        network[position].zero_grad()
    (scale * value).backward()
    clip(network)
    optimizer.step()
    return value.item()


def train_step(lstm: nn.LSTM, readout: nn.Linear, optimizer: torch.optim.Optimizer, *batch: Tensor) -> float:
    """Perform one update with the arguments of the task, to replace a student's wrong function."""
    return update((lstm, readout), optimizer, batch)


class Loop:
    """A training loop that starts from given weights.

    The defaults are the settings of the task, and other settings make the mistakes of :mod:`.mistakes`. ``label`` takes
    bits and lengths. ``rng_seed`` is that of the strings, if it is not ``seed``, and ``thrown_away`` batches are drawn
    before the first update. ``renewed`` is what is made again for each update: "rng", "optimizer" or nothing. With
    ``carry``, a batch starts from the last state of the batch before it. The ``options`` are those of :func:`update`.
    """

    def __init__(self, weights: Tensor, seed: int, min_length: int = 1, longest: int = LONGEST, *, batch: int = BATCH,
                 optimizer: Callable = torch.optim.Adam, rate: float = RATE, label: Callable = cut_parity,
                 coded: Callable = np.asarray, rng_seed: int | None = None, thrown_away: int = 0, renewed: str = "",
                 repeats: int = 1, carry: bool = False, **options: Any) -> None:
        self.network, self.label, self.coded, self.options = new_network(), label, coded, options
        self.renewed, self.repeats, self.carry = renewed, repeats, carry
        self.state: tuple | None = None
        set_weights(self.network, weights)
        self.made = {"rng": lambda: np.random.default_rng(seed if rng_seed is None else rng_seed),
                     "optimizer": lambda: optimizer(parameters(self.network), lr=rate)}
        self.rng, self.optimizer = (make() for make in self.made.values())
        self.draw = lambda: (self.rng.integers(2, size=(batch, longest)),
                             self.rng.integers(min_length, longest, batch, endpoint=True))
        for _ in range(thrown_away):
            self.draw()

    def run(self, count: int) -> Tensor:
        """Perform ``count`` updates and return the new weights."""
        for _ in range(count):
            if self.renewed:
                setattr(self, self.renewed, self.made[self.renewed]())
            bits, lengths = self.draw()
            batch = tensors(self.coded(bits), lengths, self.label(bits, lengths))
            for _ in range(self.repeats):
                before, self.state = self.state, self._last_state(batch[0]) if self.carry else None
                update(self.network, self.optimizer, batch, state=before, **self.options)
        return weights_of(self.network)

    @torch.no_grad()
    def _last_state(self, inputs: Tensor) -> tuple:
        return self.network[0](inputs, self.state)[1]


def weights_after(count: int, weights: Tensor, seed: int, min_length: int, longest: int) -> Tensor:
    """Return the weights after ``count`` updates of the correct training loop. They are kept for later calls."""
    loop, path = _followed(tuple(weights.tolist()), seed, min_length, longest)
    path += (loop.run(1) for _ in range(len(path), count + 1))
    return path[count]


@functools.lru_cache(maxsize=20)
def _followed(weights: tuple[float, ...], seed: int, min_length: int, longest: int) -> tuple[Loop, list[Tensor]]:
    first = torch.tensor(weights, dtype=torch.float32)
    return Loop(first, seed, min_length, longest), [first]
