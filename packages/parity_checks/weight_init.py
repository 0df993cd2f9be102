"""Larger initial weights for new layers, for a check whose effect would otherwise be too small to see."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from parity_checks.core import remote


@contextlib.contextmanager
def large_readouts(scale: float = 40.0) -> Iterator[None]:
    """Scale the initial weights of new linear layers within a ``with`` block, so that gradients become large.

    This affects the student's process and this one, because the check makes layers of its own.
    """
    try:
        for run in (scale_linear_layers, scale_linear_layers.__wrapped__):
            run(scale)
        yield
    finally:
        for run in (scale_linear_layers, scale_linear_layers.__wrapped__):
            run(1.0)


@remote
def scale_linear_layers(scale: float) -> None:
    """Multiply the initial weights of linear layers that are made from now on by ``scale``."""
    import torch
    from torch import nn

    usual = getattr(nn.Linear.reset_parameters, "usual", nn.Linear.reset_parameters)

    def reset_parameters(layer: nn.Linear) -> None:
        usual(layer)
        with torch.no_grad():
            layer.weight.mul_(scale)

    reset_parameters.usual = usual
    nn.Linear.reset_parameters = usual if scale == 1 else reset_parameters
