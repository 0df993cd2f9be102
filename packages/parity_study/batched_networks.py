"""Batched computation of logits and gradients for many networks of the same size.

Chapter: *The experiment*. The computation uses NumPy. In a small network, most of the time is spent on function calls
and little on arithmetic, so fifty networks together take little longer than one. Arrays are
``[steps, seeds, units, batch]``, and no computation mixes the numbers of two seeds. :mod:`~parity_study.cells` computes
the time steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from parity_lib.errors import require
from parity_lib.models import ParityRNN
from parity_study.cells import CELLS


class Ensemble:
    """A batch of networks that differ only in their weights and are evaluated together.

    The weights are copied from ``models``, a sequence of :class:`~parity_lib.models.ParityRNN`.
    ``parameters [seeds, count]`` has a row for each network, in the order of ``model.parameters()`` and in their dtype.
    Raises ValueError if the models differ in cell, size or dtype.

    >>> ensemble = Ensemble([ParityRNN(4, "tanh", seed=seed) for seed in range(3)])
    >>> targets, mask = np.zeros((7, 3, 2), dtype=np.float32), np.ones((7, 3, 2), dtype=bool)
    >>> losses, logits, gradients = ensemble.gradients(targets[:, :, None], targets, mask)
    >>> losses.shape, logits.shape
    ((3,), (7, 3, 2))
    """

    def __init__(self, models: Sequence[ParityRNN]) -> None:
        require(len(models) > 0, "models", models, "at least one ParityRNN")
        kinds = {(m.cell, m.hidden_size, m.num_layers, str(m.hidden_to_logits.weight.dtype)) for m in models}
        require(len(kinds) == 1, "models", sorted(kinds), "alike in cell, hidden_size, num_layers and dtype")
        self.cell = CELLS[models[0].cell]
        self.hidden_size, self.num_layers = models[0].hidden_size, models[0].num_layers
        self.shapes = {name: tuple(p.shape) for name, p in models[0].named_parameters()}
        self._buffers: dict[str, np.ndarray] = {}
        self.replace(np.stack([parameters_to_vector(m.parameters()).detach().cpu().numpy() for m in models]))

    def __len__(self) -> int:
        return len(self.parameters)

    def replace(self, parameters: np.ndarray) -> None:
        """Replace the weights of all networks with the rows of ``parameters [seeds, count]``."""
        self.parameters = parameters
        self.weights = self._split_by_weight(parameters)

    def copy_to(self, models: Sequence[ParityRNN]) -> None:
        """Copy the weights of each network into the corresponding PyTorch model."""
        for model, row in zip(models, self.parameters, strict=True):
            vector_to_parameters(torch.from_numpy(row.copy()).to(next(model.parameters()).device), model.parameters())

    def gradients(self, inputs: np.ndarray, targets: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return the loss, the logits and the weight gradient of each network.

        ``inputs`` is ``[steps, seeds, 1, batch]``; ``targets`` and ``mask`` are ``[steps, seeds, batch]``. The loss
        ``[seeds]`` is the mean cross-entropy over the True entries of the mask. The logits are
        ``[steps, seeds, batch]``, and the gradients are ``[seeds, count]``.
        """
        logits = self.forward(inputs)
        weights = mask / mask.sum((0, 2), dtype=logits.dtype)[:, None]
        loss, d_logits = loss_and_gradient(logits, targets, weights)
        return loss, logits, self.backward(d_logits)

    def forward(self, inputs: np.ndarray) -> np.ndarray:
        """Return the logits ``[steps, seeds, batch]`` for ``inputs [steps, seeds, 1, batch]``."""
        self._layers = []
        for layer in range(self.num_layers):
            self._layers.append(self._forward(layer, inputs))
            inputs = self._layers[-1][0][1:, :, :self.hidden_size]
        self._states = inputs
        weight, bias = self.weights["hidden_to_logits.weight"], self.weights["hidden_to_logits.bias"]
        return (weight @ inputs)[:, :, 0] + bias

    def backward(self, d_logits: np.ndarray) -> np.ndarray:
        """Backpropagate gradients ``[steps, seeds, batch]`` from the logits to the weights ``[seeds, count]``.

        Call :meth:`forward` before each call of this method, which overwrites the activations.
        """
        gradient = np.empty_like(self.parameters)
        views = self._split_by_weight(gradient)
        views["hidden_to_logits.weight"][:] = _outer_sum(d_logits[:, :, None], self._states)
        views["hidden_to_logits.bias"][:] = d_logits.sum((0, 2))[:, None]
        d_states = self.weights["hidden_to_logits.weight"].swapaxes(1, 2) * d_logits[:, :, None]
        for layer in reversed(range(self.num_layers)):
            d_states = self._backward(layer, *self._layers[layer], d_states, self._layer_weights(views, layer))
        return gradient

    def _forward(self, layer: int, inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray, list]:
        """Compute the forward pass of one layer.

        Returns the inputs ``stacked``, the activations and the cell states.
        ``stacked [steps + 1, seeds, hidden + inputs + 1, batch]`` holds at t the hidden state before time step t, the
        input of time step t and a 1, so that one product with the weight matrix gives the pre-activation.
        """
        steps, seeds, size, batch = inputs.shape
        hidden = self.hidden_size
        stacked = self._buffer(f"stacked {layer}", steps + 1, seeds, hidden + size + 1, batch)
        stacked[0, :, :hidden] = 0
        stacked[:-1, :, hidden:-1] = inputs
        stacked[:, :, -1] = 1
        activations = self._buffer(f"activations {layer}", steps, seeds, len(self.cell.blocks) * hidden, batch)
        cell_states: list[Any] = [None] * steps
        if self.cell.has_cell_state:
            c = self._buffer(f"c {layer}", steps + 1, seeds, hidden, batch)
            c[0] = 0
            cell_states = list(zip(c[:-1], c[1:], self._buffer(f"tanh c {layer}", steps, seeds, hidden, batch)))
        matrix = self._matrix(layer)
        for t in range(steps):
            np.matmul(matrix, stacked[t], out=activations[t])
            self.cell.forward(activations[t], stacked[t, :, :hidden], cell_states[t], stacked[t + 1, :, :hidden])
        return stacked, activations, cell_states

    def _backward(self, layer: int, stacked, activations, cell_states, d_states, gradients) -> np.ndarray:
        """Backpropagate through one layer and return the gradient with respect to its inputs."""
        hidden = self.hidden_size
        backward_matrix = np.ascontiguousarray(self._matrix(layer).swapaxes(1, 2))
        d_stacked = self._buffer(f"d stacked {layer}", *stacked.shape)
        d_stacked[-1] = 0
        carry = np.zeros_like(d_states[0])
        for t in reversed(range(len(activations))):
            d_h = d_states[t]
            d_h += d_stacked[t + 1, :, :hidden]
            self.cell.backward(activations[t], d_h, stacked[t, :, :hidden], cell_states[t], carry)
            np.matmul(backward_matrix, activations[t], out=d_stacked[t])
        self.cell.split_gradient(_outer_sum(activations, stacked[:-1]), *gradients)
        return d_stacked[:-1, :, hidden:-1]

    def _matrix(self, layer: int) -> np.ndarray:
        return self.cell.weight_matrix(*self._layer_weights(self.weights, layer))

    @staticmethod
    def _layer_weights(views: dict[str, np.ndarray], layer: int) -> list[np.ndarray]:
        return [views[f"rnn.{name}_l{layer}"] for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]

    def _split_by_weight(self, parameters: np.ndarray) -> dict[str, np.ndarray]:
        """Split parameter vectors ``[seeds, count]`` into views of the individual weight arrays."""
        ends = np.cumsum([np.prod(shape, dtype=int) for shape in self.shapes.values()])
        parts = np.split(parameters, ends[:-1], axis=1)
        return {name: part.reshape(len(part), *shape) for part, (name, shape) in zip(parts, self.shapes.items())}

    def _buffer(self, name: str, *shape: int) -> np.ndarray:
        """Return an uninitialised buffer that is reused by later calls."""
        if name not in self._buffers or self._buffers[name].shape != shape:
            self._buffers[name] = np.empty(shape, self.parameters.dtype)
        return self._buffers[name]


def _outer_sum(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Sum the outer products of two arrays over time steps and batch entries."""
    return (left @ right.swapaxes(2, 3)).sum(0)


def loss_and_gradient(logits: np.ndarray, targets: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each network's cross-entropy and its gradient with respect to the logits.

    All arrays are ``[steps, seeds, batch]``. The cross-entropy ``[seeds]`` is an average with ``weights``, which sum to
    1 for each network.
    """
    losses = np.maximum(logits, 0) - logits * targets + np.log1p(np.exp(-np.abs(logits)))
    sigmoid = 0.5 * np.tanh(0.5 * logits) + 0.5
    return (losses * weights).sum((0, 2)), (sigmoid - targets) * weights
