"""Batched computation of the logits of many networks of the same size.

Chapter: *OpenAI's question*. In a small network, most of the time is spent on function calls and little on arithmetic,
so fifty networks together take little longer than one. Tensors are ``[steps, seeds, units, batch]``, and no computation
mixes the numbers of two seeds. :mod:`~parity_study.cells` computes the time steps.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from parity_lib.errors import require
from parity_lib.models import ParityRNN
from parity_study.cells import CELLS, State


class Ensemble:
    """A batch of networks that differ only in their weights and are evaluated together.

    The weights are copied from ``models``, a sequence of :class:`~parity_lib.models.ParityRNN`.
    ``parameters [seeds, count]`` has a row for each network, in the order of ``model.parameters()`` and in their dtype.
    Raises ValueError if the models differ in cell, size or dtype.

    >>> ensemble = Ensemble([ParityRNN(4, "tanh", seed=seed) for seed in range(3)])
    >>> ensemble.logits(torch.zeros(7, 3, 1, 2)).shape
    torch.Size([7, 3, 2])
    """

    def __init__(self, models: Sequence[ParityRNN]) -> None:
        require(len(models) > 0, "models", models, "at least one ParityRNN")
        kinds = {(m.cell, m.hidden_size, m.num_layers, str(m.hidden_to_logits.weight.dtype)) for m in models}
        require(len(kinds) == 1, "models", sorted(kinds), "alike in cell, hidden_size, num_layers and dtype")
        self.cell = CELLS[models[0].cell]
        self.hidden_size = models[0].hidden_size
        self.shapes = [parameter.shape for parameter in models[0].parameters()]
        self.replace(torch.stack([parameters_to_vector(model.parameters()).cpu() for model in models]))

    def __len__(self) -> int:
        return len(self.parameters)

    def replace(self, parameters: Tensor) -> None:
        """Replace the weights of all networks with the rows of ``parameters [seeds, count]``."""
        self.parameters = parameters.detach().requires_grad_()

    def copy_to(self, models: Sequence[ParityRNN]) -> None:
        """Copy the weights of each network into the corresponding PyTorch model."""
        for model, row in zip(models, self.parameters.detach(), strict=True):
            vector_to_parameters(row.clone().to(next(model.parameters()).device), model.parameters())

    def weights(self) -> list[Tensor]:
        """Return weights in the order of ``model.parameters()``, ``[seeds, rows, columns]``; a bias is a column."""
        parts = self.parameters.split([shape.numel() for shape in self.shapes], dim=1)
        return [part.view(len(part), shape[0], -1) for part, shape in zip(parts, self.shapes)]

    def first_state(self, strings: int) -> State:
        """Return states of zeros. A cell without a cell state ignores the second one."""
        return (self.parameters.new_zeros(len(self), self.hidden_size, strings),) * 2

    def logits(self, inputs: Tensor) -> Tensor:
        """Return the logits ``[steps, seeds, batch]`` for ``inputs [steps, seeds, 1, batch]``."""
        *layers, W, c = self.weights()
        for first in range(0, len(layers), 4):
            U, V, b_input, b_state = layers[first:first + 4]
            state, outputs = self.first_state(inputs.shape[3]), []
            for from_input in U @ inputs + b_input:
                state = self.cell(from_input, torch.baddbmm(b_state, V, state[0]), state)
                outputs.append(state[0])
            inputs = torch.stack(outputs)
        return (W @ inputs + c).squeeze(2)


def mean_loss(logits: Tensor, targets: Tensor, weights: Tensor) -> Tensor:
    """Return the cross-entropy ``[seeds]`` of each network, an average with ``weights``, which sum to 1 for each.

    All arguments are ``[steps, seeds, batch]``.
    """
    return (binary_cross_entropy_with_logits(logits, targets, reduction="none") * weights).sum((0, 2))
