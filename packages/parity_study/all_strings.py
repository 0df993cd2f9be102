"""Functions for training networks on all strings of n bits. Start with :func:`train_on_all_strings`.

Chapter: *OpenAI's question*. The gradient is computed over all strings, or over batches that are drawn from them. A
batch is represented by a weight for each string, namely how often it was drawn, so that a large batch takes no more
time than a small one. Strings with the same beginning share its time steps.
:class:`~parity_study.experiments.condition.Enumerated` conditions are trained here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from parity_lib.errors import require, require_int
from parity_lib.models import ParityRNN
from parity_lib.training import OPTIMIZERS, History, single_thread
from parity_study.batched_networks import Ensemble, mean_loss
from parity_study.ensemble import EnsembleTraining

MOST_BITS = 16
DRAWN_AT_ONCE = 64
VALIDATE_EVERY = 50


class AllStrings(Ensemble):
    """An ensemble of networks that read all strings of ``bits`` bits and answer after the last bit.

    ``odd [2^bits]`` is True for the strings with an odd number of ones. Bit t (from 0) of string number s is bit t of
    the binary number s.

    >>> ensemble = AllStrings([ParityRNN(4, "tanh", seed=0)], bits=2)
    >>> ensemble.final_logits().shape, ensemble.odd.tolist()
    (torch.Size([1, 4]), [False, True, True, False])
    """

    def __init__(self, models: Sequence[ParityRNN], bits: int) -> None:
        super().__init__(models)
        require_int("bits", bits, least=1)
        require(bits <= MOST_BITS, "bits", bits, f"at most {MOST_BITS}")
        self.bits = bits
        self.odd = torch.from_numpy(np.bitwise_count(np.arange(2**bits)) % 2 == 1)

    def final_logits(self) -> Tensor:
        """Return the logits ``[seeds, 2^bits]`` after the last bit of each string.

        The states after t bits are ``[seeds, hidden, 2^t]``: the next bit is 0 in the first half of the next states,
        and 1 in the second half.
        """
        U, V, b_input, b_state, W, c = self.weights()
        state = self.first_state(1)
        for _ in range(self.bits):
            from_state = torch.baddbmm(b_state, V, state[0])
            halves = [self.cell(from_input, from_state, state) for from_input in (b_input, U + b_input)]
            state = tuple(torch.cat(parts, dim=2) for parts in zip(*halves))
        return (W @ state[0] + c)[:, 0]

    def losses(self, weights: np.ndarray) -> Tensor:
        """Return each network's average cross-entropy with ``weights [seeds, 2^bits]``, whose rows sum to 1."""
        logits = self.final_logits()[None]
        return mean_loss(logits, self.odd.to(logits).expand_as(logits), torch.from_numpy(weights).to(logits))

    def accuracy(self) -> Tensor:
        """Return the fraction of strings that each network answers correctly."""
        with torch.no_grad():
            return ((self.final_logits() > 0) == self.odd).double().mean(1)


def string_weights(strings: int, batch_size: int | None, seed: int) -> Iterator[np.ndarray]:
    """Yield, for each update, the weights ``[strings]`` of all strings in the loss.

    If ``batch_size`` is None, all strings have the same weight. Otherwise, ``batch_size`` strings are drawn with
    replacement, and the weight of a string is the share of the batch that it makes up.
    """
    rng, equal = np.random.default_rng(np.random.SeedSequence(seed).spawn(1)[0]), np.full(strings, 1 / strings)
    while True:
        if batch_size is None:
            yield equal
        else:
            yield from rng.multinomial(batch_size, equal, size=DRAWN_AT_ONCE)[::-1] / batch_size


class SignOfMomentum(torch.optim.Optimizer):
    """An optimiser that moves each weight by the learning rate, against the sign of a running mean of its gradients.

    >>> weight = torch.tensor([2.0, 2.0])
    >>> weight.grad = torch.tensor([1e-9, -5.0])
    >>> SignOfMomentum([weight], lr=0.5).step()
    >>> weight
    tensor([1.5000, 2.5000])
    """

    def __init__(self, weights: Sequence[torch.Tensor], lr: float, beta: float = 0.9) -> None:
        super().__init__(weights, {"lr": lr, "beta": beta})

    @torch.no_grad()
    def step(self) -> None:     # type: ignore[override]  # without a closure
        """Update the weights."""
        for group in self.param_groups:
            for weights in group["params"]:
                mean = self.state[weights].setdefault("mean", torch.zeros_like(weights))
                weights -= group["lr"] * mean.lerp_(weights.grad, 1 - group["beta"]).sign()


RULES = OPTIMIZERS | {"sign": SignOfMomentum}


@single_thread()
def train_on_all_strings(models: Sequence[ParityRNN], bits: int, *, max_updates: int, seeds: Sequence[int],
                         batch_size: int | Sequence[int | None] | None = None, lr: float = 0.01,
                         clip: float | None = 1.0, optimizer: str = "adam", **options) -> list[History]:
    """Train networks on strings of a fixed length until every answer is correct.

    There are 2^bits strings of ``bits`` bits, with a label at the end. Each update uses the gradient over all strings
    (``batch_size=None``) or over a batch, which is drawn from ``seeds[i]`` for ``models[i]``; ``batch_size`` may also
    have an entry for each model. ``optimizer`` is "adam", "sgd" or "sign", with further ``options`` such as ``eps``.
    Every 50 updates, the networks are tested on all strings, and those that answer all of them correctly are not
    trained further. The trained weights are written into the models. Returns a History for each model. Raises
    ValueError if an argument is not allowed.

    >>> history, = train_on_all_strings([ParityRNN(4, "lstm", seed=0)], 1, max_updates=1000, seeds=[0])
    >>> history.solved
    True
    """
    require(len(seeds) == len(models), "seeds", list(seeds), f"a seed for each of the {len(models)} models")
    require_int("max_updates", max_updates, least=1)
    histories = [History() for _ in seeds]
    ensemble = AllStrings(models, bits)
    training = EnsembleTraining(models, ensemble, histories, RULES[optimizer], lr, clip, **options)
    sizes = [batch_size] * len(models) if isinstance(batch_size, (int, type(None))) else batch_size
    weights = [string_weights(len(ensemble.odd), size, seed) for size, seed in zip(sizes, seeds, strict=True)]
    for step in range(1, max_updates + 1):
        training.update(ensemble.losses(np.stack([next(weights[row]) for row in training.rows])))
        if step % VALIDATE_EVERY == 0 or step == max_updates:
            training.validate(step, [{"bit_accuracy": accuracy, "sequence_accuracy": accuracy, "strings": 2**bits}
                                     for accuracy in ensemble.accuracy().tolist()])
        if not len(training.rows):
            break
    training.copy_weights()
    return histories
