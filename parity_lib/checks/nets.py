"""A student's recurrent net as checks ask it: made again for each question, with weights that the check sets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from parity_lib.checks.core import ModuleRun, call_module

PAIR = "a recurrent layer of PyTorch returns two things: `states, last = self.rnn(inputs)`, and "
OF_AN_LSTM = "for an LSTM the second is itself a pair: `states, (h, c) = self.lstm(inputs)`"
PAIR_SLIPS = {
    "not enough values to unpack": PAIR + OF_AN_LSTM,
    "too many values to unpack": PAIR + OF_AN_LSTM,
    "must be Tensor, not tuple": PAIR + "the readout takes the first alone",
    "'tuple' object has no attribute": PAIR + "only the first is the tensor of states",
    "before Module.__init__": "`super().__init__()` is the first line of `__init__`, before any layer is made",
    "shapes cannot be multiplied": "a layer gets a last axis of another size than it was made for: "
                                   "nn.Linear(hidden_size, 1) takes the states, [batch, steps, hidden_size]",
}


class Net:
    """A module of the student's, ``make(*arguments)``, from inputs ``[batch, steps, 1]`` to an output for each step.

    With weights of the check's own, nothing depends on how the student's were drawn.
    """

    def __init__(self, make: str, *arguments: Any) -> None:
        self.make, self.arguments = make, arguments
        self.state: dict[str, torch.Tensor] | None = None
        self.learned: list[str] = []
        self.twins: dict[str, str] = {}

    def run(self, inputs: torch.Tensor, state: dict[str, torch.Tensor] | None = None, **options: Any) -> ModuleRun:
        """What it gives with this state, or with its own; ``options`` are those of :func:`call_module`."""
        return call_module(self.make, *self.arguments, inputs=(inputs,), state=self.state if state is None else state,
                           **options)

    def learn_names(self, **options: Any) -> None:
        """Which entries of the state the gradient reaches, and which are second names of those."""
        inputs = every_string(3)
        ran = self.run(inputs, output_gradient=torch.ones_like(inputs), **options)
        self.state, self.learned = ran.state, list(ran.gradients)
        self.twins = twins(ran)

    def without_gradient(self) -> list[str]:
        """Numbers in the state that no gradient reaches. Zeros are left out: they may be a stored first state."""
        return [name for name, value in self.state.items()
                if name not in self.twins and value.is_floating_point() and value.any()]

    def weights(self, make: Callable[[tuple[int, ...]], torch.Tensor]) -> dict[str, torch.Tensor]:
        """A state in which each parameter is ``make(shape)``; what is no parameter stays as it is."""
        made = {name: make(tuple(self.state[name].shape)).to(self.state[name].dtype) for name in self.learned}
        return {name: made[self.twins[name]] if name in self.twins else value for name, value in self.state.items()}


def twins(ran: ModuleRun) -> dict[str, str]:
    """For each entry of the state that is a parameter with a gradient: the name under which the gradient came.

    A module that is held under two names is one set of parameters with two entries.
    """
    found = {name: name for name in ran.gradients}
    for name, value in ran.state.items():
        same = [one for one in ran.gradients
                if ran.state[one].shape == value.shape and torch.equal(ran.state[one], value)]
        if name not in found and same:
            found[name] = same[0]
    return found


def every_string(steps: int) -> torch.Tensor:
    """All strings of ``steps`` bits, ``[2**steps, steps, 1]``."""
    return ((torch.arange(2**steps)[:, None] >> torch.arange(steps)) & 1).float().unsqueeze(-1)


def random_strings(rng: np.random.Generator, batch: int, steps: int) -> torch.Tensor:
    """Random bits ``[batch, steps, 1]``."""
    return torch.from_numpy(rng.integers(2, size=(batch, steps, 1))).float()


def at_the_end(inputs: torch.Tensor) -> torch.Tensor:
    """A gradient for outputs of the shape of ``inputs``: 1 at the last step of each string, 0 before it."""
    gradient = torch.zeros_like(inputs)
    gradient[:, -1] = 1
    return gradient
