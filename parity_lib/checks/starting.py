"""How new layers start, where the student's code runs: for a check whose effect would else be too small to be seen."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import torch
from torch import nn

from parity_lib.checks.core import beside

_before: list[Callable[[nn.Linear], None]] = []


@contextlib.contextmanager
def large_readouts(scale: float = 40.0) -> Iterator[None]:
    """Inside, a new linear layer starts with larger weights, so that the gradient is longer than 1 and is clipped.

    On both sides of a wall, because the check makes layers of its own.
    """
    start_large(scale)
    start_large.__wrapped__(scale)
    try:
        yield
    finally:
        start_as_usual.__wrapped__()
        start_as_usual()


@beside
def start_large(scale: float) -> None:
    """Multiply the weights of each new linear layer, until :func:`start_as_usual`. Twice is as once."""
    usual = nn.Linear.reset_parameters
    _before.append(usual)

    def reset_parameters(layer: nn.Linear) -> None:
        usual(layer)
        with torch.no_grad():
            layer.weight.mul_(scale)

    if len(_before) == 1:
        nn.Linear.reset_parameters = reset_parameters


@beside
def start_as_usual() -> None:
    """Undo the last :func:`start_large`."""
    nn.Linear.reset_parameters = _before.pop()
