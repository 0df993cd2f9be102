"""Larger initial weights for new layers, for a check whose effect would otherwise be too small to see."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from parity_lib.checks.core import remote

_usual: list[Callable] = []


@contextlib.contextmanager
def large_readouts(scale: float = 40.0) -> Iterator[None]:
    """Inside, new linear layers start with weights that are ``scale`` times as large, so that gradients are clipped.

    This holds for the student's process and for this one, because the check makes layers of its own.
    """
    scale_linear_layers(scale)
    scale_linear_layers.__wrapped__(scale)
    try:
        yield
    finally:
        restore_linear_layers.__wrapped__()
        restore_linear_layers()


@remote
def scale_linear_layers(scale: float) -> None:
    """Multiply the weights of each new linear layer by ``scale`` until :func:`restore_linear_layers`.

    A second call, in the same process, changes nothing more.
    """
    import torch
    from torch import nn

    usual = nn.Linear.reset_parameters
    _usual.append(usual)

    def reset_parameters(layer: nn.Linear) -> None:
        usual(layer)
        with torch.no_grad():
            layer.weight.mul_(scale)

    if len(_usual) == 1:
        nn.Linear.reset_parameters = reset_parameters


@remote
def restore_linear_layers() -> None:
    """Undo the last :func:`scale_linear_layers`."""
    from torch import nn

    nn.Linear.reset_parameters = _usual.pop()
