"""Small changes of the initial weights, with which a training runs as it might on another processor."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from unittest import mock

import torch
from torch import nn

SIZE, TIMES = 1e-6, 20
LAYERS = (nn.modules.rnn.RNNBase, nn.modules.rnn.RNNCellBase, nn.Linear)


@contextlib.contextmanager
def weights(number: int, size: float = SIZE) -> Iterator[None]:
    """Multiply each weight of the layers made in a ``with`` block by about ``1 ± size``; ``number`` is the seed."""
    with contextlib.ExitStack() as patches:
        for layer in LAYERS:
            patches.enter_context(mock.patch.object(layer, "reset_parameters",
                                                    _moved(layer.reset_parameters, number, size)))
        yield


def _moved(reset: Callable[[nn.Module], None], number: int, size: float) -> Callable[[nn.Module], None]:
    def reset_parameters(layer: nn.Module) -> None:
        reset(layer)
        generator = torch.Generator().manual_seed(number)  # the generator from which weights are drawn stays as it is
        with torch.no_grad():
            for parameter in layer.parameters(recurse=False):
                parameter.mul_(1 + size * torch.randn(parameter.shape, generator=generator, dtype=parameter.dtype))
    return reset_parameters
