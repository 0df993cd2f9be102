"""A student's recurrent network as a check runs it: built anew for every call, with weights that the check sets."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from parity_checks.core import ModuleRun, call_module

if TYPE_CHECKING:
    import torch

PAIR = "A recurrent layer of PyTorch returns two things: `states, last = self.rnn(inputs)`, and "
OF_AN_LSTM = "for an LSTM the second is itself a pair: `states, (h, c) = self.lstm(inputs)`."
PAIR_SLIPS = {
    "not enough values to unpack": PAIR + OF_AN_LSTM,
    "too many values to unpack": PAIR + OF_AN_LSTM,
    "must be Tensor, not tuple": PAIR + "the readout takes the first alone.",
    "'tuple' object has no attribute": PAIR + "only the first is the tensor of states.",
    "before Module.__init__": "`super().__init__()` has to be the first line of `__init__`, before any layer is made.",
    "shapes cannot be multiplied": "The last axis of a layer's input has another size than the layer was made for: "
                                   "nn.Linear(hidden_size, 1) takes the states, [batch, steps, hidden_size].",
}


class Net:
    """The student's module ``make(*arguments)``, from inputs ``[batch, steps, 1]`` to one output for each time step.

    The check sets its weights, so no result depends on how the student's were drawn.
    """

    def __init__(self, make: str, *arguments: Any) -> None:
        self.make, self.arguments = make, arguments
        self.state: dict[str, torch.Tensor] | None = None
        self.learned: list[str] = []
        self.twins: dict[str, str] = {}

    def run(self, inputs: torch.Tensor, state: dict[str, torch.Tensor] | None = None, **options: Any) -> ModuleRun:
        """Run the module with these weights, or with its own; ``options`` are those of :func:`call_module`."""
        return call_module(self.make, *self.arguments, inputs=(inputs,), state=self.state if state is None else state,
                           **options)

    def learn_names(self, **options: Any) -> None:
        """Find out which entries of the state dict a gradient reaches, and which are second names of those."""
        inputs = every_string(3)
        ran = self.run(inputs, output_gradient=inputs * 0 + 1, **options)
        self.state, self.learned = ran.state, list(ran.gradients)
        self.twins = twins(ran)

    def without_gradient(self) -> list[str]:
        """Return the entries that no gradient reaches, without zeros, which may be a stored first state."""
        return [name for name, value in self.state.items()
                if name not in self.twins and value.is_floating_point() and value.any()]

    def weights(self, make: Callable[[tuple[int, ...]], torch.Tensor]) -> dict[str, torch.Tensor]:
        """Return a state dict in which each parameter is ``make(shape)`` and all other entries are unchanged."""
        made = {name: make(tuple(self.state[name].shape)).to(self.state[name].dtype) for name in self.learned}
        return {name: made[self.twins[name]] if name in self.twins else value for name, value in self.state.items()}


def twins(ran: ModuleRun) -> dict[str, str]:
    """Map each parameter's entries in the state dict to the name under which its gradient was returned.

    A module that is stored under two names has two entries for each of its parameters.
    """
    names = {name: name for name in ran.gradients}
    for name, value in ran.state.items():
        first = next((key for key in ran.gradients
                      if ran.state[key].shape == value.shape and ran.state[key].equal(value)), None)
        if first is not None:
            names.setdefault(name, first)
    return names


def every_string(steps: int) -> torch.Tensor:
    """Return all strings of ``steps`` bits as floats, ``[2**steps, steps, 1]``."""
    import torch

    return ((torch.arange(2**steps)[:, None] >> torch.arange(steps)) & 1).float().unsqueeze(-1)


def random_strings(rng: np.random.Generator, batch: int, steps: int) -> torch.Tensor:
    """Return random bits as floats, ``[batch, steps, 1]``."""
    import torch

    return torch.from_numpy(rng.integers(2, size=(batch, steps, 1))).float()


def at_the_end(inputs: torch.Tensor) -> torch.Tensor:
    """Return a gradient for outputs of the shape of ``inputs``: 1 at the last time step of each string, else 0."""
    gradient = inputs * 0
    gradient[:, -1] = 1
    return gradient
