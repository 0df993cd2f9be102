"""Training as if another processor had rounded: the initial weights of every layer are changed by a millionth."""

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
    """Change each weight of a new layer inside the block by a share of about ``size``, in the same way for a number."""
    with contextlib.ExitStack() as patches:
        for layer in LAYERS:
            patches.enter_context(mock.patch.object(layer, "reset_parameters",
                                                    _moved(layer.reset_parameters, number, size)))
        yield


def _moved(reset: Callable[[nn.Module], None], number: int, size: float) -> Callable[[nn.Module], None]:
    def reset_parameters(layer: nn.Module) -> None:
        reset(layer)
        generator = torch.Generator().manual_seed(number)  # leaves alone the generator from which weights are drawn
        with torch.no_grad():
            for parameter in layer.parameters(recurse=False):
                parameter.mul_(1 + size * torch.randn(parameter.shape, generator=generator, dtype=parameter.dtype))
    return reset_parameters
