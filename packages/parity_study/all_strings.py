"""Functions for training networks on all strings of n bits. Begin at :func:`train_on_all_strings`.

Chapter: *The experiment*. The gradient is computed over all strings, or over batches that are drawn from them. A batch
is represented by a weight for each string, namely how often it was drawn, so that a large batch takes no more time than
a small one. :class:`~parity_study.experiments.condition.Enumerated` conditions are trained here.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import numpy as np

from parity_lib.errors import require, require_int
from parity_lib.models import ParityRNN
from parity_lib.training import OPTIMIZERS, History
from parity_study.batched_networks import Ensemble, loss_and_gradient
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
    ((1, 4), [False, True, True, False])
    """

    def __init__(self, models: Sequence[ParityRNN], bits: int) -> None:
        super().__init__(models)
        require_int("bits", bits, least=1)
        require(bits <= MOST_BITS, "bits", bits, f"at most {MOST_BITS}")
        self.bits = bits
        self.strings = np.arange(2**bits) >> np.arange(bits)[:, None] & 1      # [bits, 2^bits]
        self.odd = self.strings.sum(0) % 2 == 1

    def final_logits(self) -> np.ndarray:
        """Return the logits ``[seeds, 2^bits]`` after the last bit of each string."""
        return self.forward(np.broadcast_to(self.strings[:, None, None], (self.bits, len(self), 1, 2**self.bits)))[-1]

    def gradient(self, d_logits: np.ndarray) -> np.ndarray:
        """Backpropagate gradients ``[seeds, 2^bits]`` from the final logits to the weights ``[seeds, count]``.

        Call :meth:`final_logits` before each call of this method, which overwrites the activations.
        """
        at_all_steps = np.zeros((self.bits, *d_logits.shape), self.parameters.dtype)
        at_all_steps[-1] = d_logits
        return self.backward(at_all_steps)

    def loss_and_gradient(self, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the loss and its gradient for each network.

        The losses are ``[seeds]``, and the gradients are ``[seeds, count]``. The loss is the average cross-entropy,
        weighted by ``weights [seeds, 2^bits]``, whose rows sum to 1.
        """
        weights = weights[None].astype(self.parameters.dtype, copy=False)
        losses, (d_logits,) = loss_and_gradient(self.final_logits()[None], self.odd, weights)
        return losses, self.gradient(d_logits)

    def accuracy(self) -> np.ndarray:
        """Return the fraction of strings that each network answers correctly."""
        return ((self.final_logits() > 0) == self.odd).mean(1)


def string_weights(strings: int, batch_size: int | None, seed: int) -> Iterator[np.ndarray]:
    """Yield the weights ``[strings]`` of all strings in the loss, once per update.

    If ``batch_size`` is None, all strings have the same weight. Otherwise, ``batch_size`` strings are drawn with
    replacement, and the weight of a string is the share of the batch that it makes up.
    """
    rng, equal = np.random.default_rng(np.random.SeedSequence(seed).spawn(1)[0]), np.full(strings, 1 / strings)
    while True:
        if batch_size is None:
            yield equal
        else:
            yield from rng.multinomial(batch_size, equal, size=DRAWN_AT_ONCE)[::-1] / batch_size


def train_on_all_strings(models: Sequence[ParityRNN], bits: int, *, max_updates: int, seeds: Sequence[int],
                         batch_size: int | None = None, lr: float = 0.01, clip: float | None = 1.0) -> list[History]:
    """Train networks with Adam on strings of a fixed length until every answer is correct.

    There are 2^bits strings of ``bits`` bits, with a label at the end. Each update uses the gradient over all strings
    (``batch_size=None``) or over a batch, which is drawn from ``seeds[i]`` for ``models[i]``. Every 50 updates, the
    networks are tested on all strings, and those that answer all of them correctly are not trained further. The trained
    weights are written into the models. Returns a History for each model. Raises ValueError if an argument is not
    allowed.

    >>> history, = train_on_all_strings([ParityRNN(4, "lstm", seed=0)], 1, max_updates=1000, seeds=[0])
    >>> history.solved
    True
    """
    require(len(seeds) == len(models), "seeds", list(seeds), f"a seed for each of the {len(models)} models")
    require_int("max_updates", max_updates, least=1)
    histories = [History() for _ in seeds]
    ensemble = AllStrings(models, bits)
    training = EnsembleTraining(models, ensemble, histories, OPTIMIZERS["adam"], lr, clip)
    weights = [string_weights(len(ensemble.odd), batch_size, seed) for seed in seeds]
    began = time.perf_counter()
    for step in range(1, max_updates + 1):
        training.update(*ensemble.loss_and_gradient(np.stack([next(weights[row]) for row in training.rows])))
        if step % VALIDATE_EVERY == 0 or step == max_updates:
            training.validate(step, [{"bit_accuracy": accuracy, "sequence_accuracy": accuracy, "strings": 2**bits}
                                     for accuracy in ensemble.accuracy().tolist()])
        if not len(training.rows):
            break
    training.copy_weights()
    for history in histories:
        history.seconds = time.perf_counter() - began
    return histories
