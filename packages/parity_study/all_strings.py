"""Tools for training networks on all strings of n bits. Begin at :func:`train_on_all_strings`.

Chapter: *The experiment*. The gradient is computed over all strings, or over batches that are drawn from them. Many of
the 2^n strings of n bits have the same prefix: after t bits there are only 2^t different states. We therefore compute
each time step once for each prefix, and the backward pass adds the gradients of the two strings that continue a prefix.
The gradient over all strings then takes 2^(n+1) time steps instead of n 2^n. A batch that is drawn from the strings is
represented by a weight for each string, namely how often it was drawn, so that a large batch takes no more time than a
small one. :class:`~parity_study.experiments.condition.Enumerated` conditions are trained here.

Arrays are ``[seeds, units, strings]``. Bit t (from 0) of string number s is bit t of the binary number s, so the two
halves of a level are the same prefixes, followed by a 0 and by a 1.
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


class StringTree(Ensemble):
    """An ensemble of one-layer networks that read all strings of a given length.

    They read the strings of ``bits`` bits and answer after the last bit. ``odd [2^bits]`` is True for the strings with
    an odd number of ones.

    >>> tree = StringTree([ParityRNN(4, "tanh", seed=0)], bits=2)
    >>> tree.final_logits().shape, tree.odd.tolist()
    ((1, 4), [False, True, True, False])
    """

    def __init__(self, models: Sequence[ParityRNN], bits: int) -> None:
        super().__init__(models)
        require(self.num_layers == 1, "models", f"{self.num_layers} layers", "networks of one layer")
        require_int("bits", bits, least=1)
        require(bits <= MOST_BITS, "bits", bits, f"at most {MOST_BITS}")
        self.bits, self.odd = bits, np.zeros(1, dtype=bool)
        for _ in range(bits):
            self.odd = np.concatenate([self.odd, ~self.odd])

    def final_logits(self) -> np.ndarray:
        """Return the logits ``[seeds, 2^bits]`` after the last bit of each string."""
        hidden, seeds, matrix = self.hidden_size, len(self), self._matrix(0)
        h = c = np.zeros((seeds, hidden, 1), self.parameters.dtype)
        self._levels = []
        for t in range(self.bits):
            stacked = np.ones((seeds, hidden + 2, 2 ** (t + 1)), self.parameters.dtype)
            stacked[:, :hidden] = np.tile(h, 2)
            stacked[:, hidden] = np.repeat([0, 1], 2**t)
            activations = matrix @ stacked
            h, new_c, tanh_c = np.empty((3, seeds, hidden, 2 ** (t + 1)), self.parameters.dtype)
            cell_state = (np.tile(c, 2), new_c, tanh_c) if self.cell.has_cell_state else None
            self.cell.forward(activations, stacked[:, :hidden], cell_state, h)
            c = new_c
            self._levels.append((stacked, activations, cell_state))
        self._h = h
        return self._readout(h[None])[0]

    def gradient(self, d_logits: np.ndarray) -> np.ndarray:
        """Backpropagate gradients from the final logits to the weights.

        ``d_logits`` is ``[seeds, 2^bits]``, and the result is ``[seeds, count]``. Call :meth:`final_logits` before each
        call of this method, which overwrites the activations.
        """
        gradient = np.zeros_like(self.parameters)
        views = self._split_by_weight(gradient)
        views["hidden_to_logits.weight"][:] = d_logits[:, None] @ self._h.swapaxes(1, 2)
        views["hidden_to_logits.bias"][:] = d_logits.sum(1, keepdims=True)
        d_h = self.weights["hidden_to_logits.weight"].swapaxes(1, 2) * d_logits[:, None]
        backward_matrix, carry, d_matrix = self._matrix(0).swapaxes(1, 2), np.zeros_like(d_h), 0
        for stacked, activations, cell_state in reversed(self._levels):
            self.cell.backward(activations, d_h, stacked[:, :self.hidden_size], cell_state, carry)
            d_matrix = d_matrix + activations @ stacked.swapaxes(1, 2)
            d_h = _add_halves(backward_matrix[:, :self.hidden_size] @ activations)
            carry = _add_halves(carry)
        self.cell.split_gradient(d_matrix, *self._layer_weights(views, 0))
        return gradient

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


def _add_halves(level: np.ndarray) -> np.ndarray:
    """For each prefix, add the gradients of the two strings that continue it."""
    half = level.shape[2] // 2
    return level[:, :, :half] + level[:, :, half:]


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
    tree = StringTree(models, bits)
    training = EnsembleTraining(models, tree, histories, OPTIMIZERS["adam"], lr, clip)
    weights = [string_weights(len(tree.odd), batch_size, seed) for seed in seeds]
    began = time.perf_counter()
    for step in range(1, max_updates + 1):
        training.update(*tree.loss_and_gradient(np.stack([next(weights[row]) for row in training.rows])))
        if step % VALIDATE_EVERY == 0 or step == max_updates:
            training.validate(step, [{"bit_accuracy": accuracy, "sequence_accuracy": accuracy, "strings": 2**bits}
                                     for accuracy in tree.accuracy().tolist()])
        if not len(training.rows):
            break
    training.copy_weights()
    for history in histories:
        history.seconds = time.perf_counter() - began
    return histories
