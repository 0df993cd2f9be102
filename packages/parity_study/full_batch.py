"""Tools for training networks on all strings of n bits.

Chapter: *The experiment*. The gradient is computed over all strings, or over batches that are drawn from them. Many of
the 2^n strings of n bits have the same prefix: after t bits there are only 2^t different states. We therefore compute
each time step once for each prefix, and the backward pass adds the gradients of the two strings that continue a prefix.
The gradient over all strings then takes 2^(n+1) time steps instead of n 2^n. A batch that is drawn from the strings is
represented by a weight for each string, namely how often it was drawn, so that a large batch takes no more time than a
small one.

Arrays are ``[seeds, units, strings]``. Bit t (from 0) of string number s is bit t of the binary number s, so the two
halves of a level are the same prefixes, followed by a 0 and by a 1.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch

from parity_lib.errors import require, require_choice, require_int
from parity_lib.models import ParityRNN
from parity_lib.training import OPTIMIZERS, History
from parity_study.batched_networks import Ensemble, loss_and_gradient
from parity_study.ensemble import EnsembleTraining

MOST_BITS = 16
NOISE = ("all", "along the signal", "off the signal", "off the signal, shortened")
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
        backward_matrix, carry, d_matrix = self.cell.backward_matrix(self._matrix(0)), np.zeros_like(d_h), 0
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

    def signal(self) -> np.ndarray:
        """Return the part of the gradient over all strings that depends on the labels ``[seeds, count]``.

        :mod:`~parity_study.experiments.signal_and_noise` explains it.
        """
        self.final_logits()
        sign = np.where(self.odd, -1, 1).astype(self.parameters.dtype)
        return self.gradient(np.tile(sign / (2 * len(sign)), (len(self), 1)))

    def accuracy(self) -> np.ndarray:
        """Return the fraction of strings that each network answers correctly."""
        return ((self.final_logits() > 0) == self.odd).mean(1)


def _add_halves(level: np.ndarray) -> np.ndarray:
    """For each prefix, add the gradients of the two strings that continue it."""
    half = level.shape[2] // 2
    return level[:, :, :half] + level[:, :, half:]


def string_weights(odd: np.ndarray, batch_size: int | None, replace: bool, seed: int,
                   balanced: bool = False) -> Iterator[np.ndarray]:
    """Yield the weights of all strings in the loss, once per update.

    The weights are ``[strings]``, and ``odd [strings]`` says which strings are odd. If ``batch_size`` is None, all
    strings have the same weight. Otherwise, ``batch_size`` strings are drawn, and the weight of a string is the share
    of the batch that it makes up. A ``balanced`` batch has as many even as odd strings.
    """
    strings, rng = len(odd), np.random.default_rng(np.random.SeedSequence(seed).spawn(1)[0])
    while True:
        if batch_size is None:
            yield np.full(strings, 1 / strings)
            continue
        if balanced:
            yield from np.sum([rng.multinomial(batch_size // 2, half / half.sum(), size=DRAWN_AT_ONCE)
                               for half in (odd, ~odd)], axis=0) / batch_size
            continue
        counts = (rng.multinomial(batch_size, np.full(strings, 1 / strings), size=DRAWN_AT_ONCE) if replace else
                  rng.multivariate_hypergeometric(np.ones(strings, dtype=int), batch_size, size=DRAWN_AT_ONCE))
        yield from counts[::-1] / batch_size


def keep_noise(tree: StringTree, drawn: np.ndarray, exact: np.ndarray, noise: str) -> np.ndarray:
    """Remove a part of the noise from the gradients of drawn batches.

    The noise is the difference between the gradients ``drawn [seeds, count]`` and ``exact [seeds, count]``, which are
    computed over all strings. ``noise`` says which part of it is kept: the part along the direction of the signal, the
    part at right angles to it, or that part shortened to the norm of the other.
    """
    signal, difference = tree.signal(), drawn - exact
    direction = signal / np.maximum(np.linalg.norm(signal, axis=1, keepdims=True), np.finfo(signal.dtype).tiny)
    along = (difference * direction).sum(1, keepdims=True) * direction
    if noise == "along the signal":
        return exact + along
    off = difference - along
    if noise == "off the signal, shortened":
        norms = [np.linalg.norm(part, axis=1, keepdims=True) for part in (along, off)]
        off *= norms[0] / np.maximum(norms[1], np.finfo(off.dtype).tiny)
    return exact + off


class ExactlyScaledAdam(torch.optim.Optimizer):
    """An Adam optimiser that divides by the running mean square of another gradient.

    The other gradient is the attribute ``scale_gradient`` of each parameter. The running mean of the gradient itself is
    computed as usual (Kingma and Ba, 2015).
    """

    def __init__(self, parameters, lr: float, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8) -> None:
        super().__init__(parameters, {"lr": lr, "betas": betas, "eps": eps})

    @torch.no_grad()
    def step(self, closure: Any = None) -> Any:
        """Update the parameters."""
        for group in self.param_groups:
            for parameter in group["params"]:
                state = self.state[parameter]
                if not state:
                    state.update(step=torch.tensor(0.0), exp_avg=torch.zeros_like(parameter),
                                 exp_avg_sq=torch.zeros_like(parameter))
                state["step"] += 1
                step, (first, second), scale = state["step"].item(), group["betas"], parameter.scale_gradient
                state["exp_avg"].lerp_(parameter.grad, 1 - first)
                state["exp_avg_sq"].mul_(second).addcmul_(scale, scale, value=1 - second)
                size = (state["exp_avg_sq"] / (1 - second**step)).sqrt_().add_(group["eps"])
                parameter.addcdiv_(state["exp_avg"], size, value=-group["lr"] / (1 - first**step))


def train_on_all_strings(models: Sequence[ParityRNN], bits: int, *, max_steps: int, seeds: Sequence[int],
                         batch_size: int | None = None, replace: bool = True, balanced: bool = False,
                         noise: str = "all", lr: float = 0.01, optimizer: str = "adam", momentum: float = 0.0,
                         beta2: float = 0.999, eps: float = 1e-8, exact_scale: bool = False, clip: float | None = 1.0,
                         reset_after: int | None = None, after_validation=None) -> list[History]:
    """Train networks on strings of a fixed length until every answer is correct.

    There are 2^bits strings of ``bits`` bits, with a label at the end. Each update uses the gradient over all strings
    (``batch_size=None``) or over a batch, which is drawn from ``seeds[i]`` for ``models[i]``, with or without
    replacement; a ``balanced`` batch has as many even as odd strings. ``noise`` is the part of a drawn batch's noise
    that is kept (:func:`keep_noise`), by default all of it. ``momentum`` belongs to SGD, and ``beta2`` and ``eps`` to
    Adam; with ``exact_scale``, Adam divides by the running mean square of the gradient over all strings. Every 50
    updates, the networks are tested on all strings, and those that answer all of them correctly are not trained
    further. After ``reset_after`` updates, the optimiser starts afresh: its running means and its count of updates
    begin again at zero. After each validation, ``after_validation(step, tree, rows)`` is called with the networks that
    are still trained and their indices in ``models``. The trained weights are written into the models. Returns a
    History for each model. Raises ValueError if an argument is not allowed.

    >>> history, = train_on_all_strings([ParityRNN(4, "lstm", seed=0)], 1, max_steps=1000, seeds=[0])
    >>> history.solved
    True
    """
    require(len(seeds) == len(models), "seeds", list(seeds), f"a seed for each of the {len(models)} models")
    require_choice("optimizer", optimizer, tuple(OPTIMIZERS))
    require_choice("noise", noise, NOISE)
    require(not exact_scale or optimizer == "adam", "exact_scale", exact_scale, "False unless the optimiser is Adam")
    require_int("max_steps", max_steps, least=1)
    require(batch_size is None or replace or batch_size <= 2**bits, "batch_size", batch_size,
            f"at most {2**bits} without replacement")
    require(not balanced or (batch_size is not None and batch_size % 2 == 0 and replace), "balanced", balanced,
            "False unless an even number of strings is drawn with replacement")
    settings = {"bits": bits, "batch_size": batch_size, "replace": replace, "balanced": balanced, "noise": noise,
                "lr": lr, "optimizer": optimizer, "momentum": momentum, "beta2": beta2, "eps": eps,
                "exact_scale": exact_scale, "clip": clip, "reset_after": reset_after, "max_steps": max_steps,
                "validate_every": VALIDATE_EVERY}
    histories = [History(settings | {"seed": seed}) for seed in seeds]
    tree = StringTree(models, bits)
    options = {"momentum": momentum} if optimizer == "sgd" else {"betas": (0.9, beta2), "eps": eps}
    make = ExactlyScaledAdam if exact_scale else OPTIMIZERS[optimizer]
    training = EnsembleTraining(models, tree, histories, make, lr, clip, **options)
    weights = [string_weights(tree.odd, batch_size, replace, seed, balanced) for seed in seeds]
    began = time.perf_counter()
    for step in range(1, max_steps + 1):
        losses, gradient = tree.loss_and_gradient(np.stack([next(weights[row]) for row in training.rows]))
        exact = None
        if noise != "all" or exact_scale:
            exact = tree.loss_and_gradient(np.full((len(tree), 2**bits), 2.0**-bits))[1]
        if exact is not None and noise != "all":
            gradient = keep_noise(tree, gradient, exact, noise)
        training.update(losses, gradient, exact if exact_scale else None)
        if step == reset_after:
            training.reset_optimizer()
        if step % VALIDATE_EVERY == 0 or step == max_steps:
            training.validate(step, [{"bit_accuracy": accuracy, "sequence_accuracy": accuracy, "strings": 2**bits}
                                     for accuracy in tree.accuracy().tolist()])
            if not len(training.rows):
                break
            if after_validation is not None:
                after_validation(step, tree, training.rows)
    training.copy_weights()
    for history in histories:
        history.seconds = time.perf_counter() - began
    return histories
