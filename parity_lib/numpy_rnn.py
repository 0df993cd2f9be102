"""A recurrent neural network in NumPy that does not need PyTorch.

Chapters: *Unrolling a recurrent network* and *The gradient through time*.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from parity_lib.errors import require, require_choice


class NumpyRNN:
    """A recurrent network with one layer of tanh or relu units, and its forward and backward passes.

    The weights have the chapter's names: ``U [hidden, 1]``, ``V [hidden, hidden]``, ``b [hidden]``, ``W [1, hidden]``,
    ``c [1]``. With the same weights, outputs and gradients equal those of :class:`~parity_lib.models.ParityRNN`, where
    ``b`` is the sum of PyTorch's two biases. Backpropagation through time: Werbos, *Proceedings of the IEEE* 78, 1990.

    >>> from parity_lib.models import ParityRNN
    >>> network = NumpyRNN.from_torch(ParityRNN(4, "tanh"))
    >>> network.forward(np.zeros((2, 7, 1)))[0].shape
    (2, 7, 1)
    """

    def __init__(self, U: np.ndarray, V: np.ndarray, b: np.ndarray, W: np.ndarray, c: np.ndarray,
                 *, activation: str = "tanh") -> None:
        require_choice("activation", activation, ("tanh", "relu"))
        self.U, self.V, self.b, self.W, self.c = U, V, b, W, c
        self.activation = activation

    @classmethod
    def from_torch(cls, model: Any) -> NumpyRNN:
        """Create a float64 copy of a :class:`~parity_lib.models.ParityRNN` with one layer of tanh or relu units."""
        require_choice("model.cell", model.cell, ("tanh", "relu"))
        require(model.num_layers == 1, "model.num_layers", model.num_layers, "1")
        copy = {name: p.detach().cpu().double().numpy().copy() for name, p in model.named_parameters()}
        return cls(copy["rnn.weight_ih_l0"], copy["rnn.weight_hh_l0"], copy["rnn.bias_ih_l0"] + copy["rnn.bias_hh_l0"],
                   copy["hidden_to_logits.weight"], copy["hidden_to_logits.bias"], activation=model.cell)

    def step(self, x: np.ndarray, h: np.ndarray) -> np.ndarray:
        """Return the hidden state after a time step, given the input ``x [batch, 1]`` and ``h [batch, hidden]``."""
        pre_activation = x @ self.U.T + h @ self.V.T + self.b
        return np.tanh(pre_activation) if self.activation == "tanh" else np.maximum(pre_activation, 0)

    def forward(self, inputs: np.ndarray, h0: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Run the network and return its logits and hidden states.

        The logits have the shape ``[batch, steps, 1]``. The states have the shape ``[batch, steps + 1, hidden]`` and
        begin with the initial state ``h0``, which is zero by default.
        """
        batch, steps, _ = inputs.shape
        states = np.zeros((batch, steps + 1, len(self.b)))
        states[:, 0] = 0 if h0 is None else h0
        for t in range(steps):
            states[:, t + 1] = self.step(inputs[:, t], states[:, t])
        return states[:, 1:] @ self.W.T + self.c, states

    def backward(self, inputs: np.ndarray, states: np.ndarray, d_logits: np.ndarray) -> dict[str, np.ndarray]:
        """Backpropagate through time and return the gradients of the loss.

        Returns a dict with an entry for each weight and one for the states. ``d_logits [batch, steps, 1]`` is the
        gradient of the loss with respect to the logits, and ``states`` is the second value that :meth:`forward`
        returned. The entry ``"h"`` of shape ``[batch, steps + 1, hidden]`` is the total gradient at each hidden state:
        the part from its own logit plus the part from all later time steps.
        """
        grads = {name: np.zeros_like(getattr(self, name)) for name in "UVb"}
        grads["W"] = np.einsum("bto,bth->oh", d_logits, states[:, 1:])      # sums over the batch and time
        grads["c"] = d_logits.sum((0, 1))
        d_states = np.zeros_like(states)
        d_states[:, 1:] = d_logits @ self.W
        for t in reversed(range(inputs.shape[1])):
            h = states[:, t + 1]
            slope = 1 - h**2 if self.activation == "tanh" else (h > 0)
            d_pre_activation = d_states[:, t + 1] * slope
            grads["U"] += d_pre_activation.T @ inputs[:, t]
            grads["V"] += d_pre_activation.T @ states[:, t]
            grads["b"] += d_pre_activation.sum(0)
            d_states[:, t] += d_pre_activation @ self.V     # carries the gradient one step back in time
        return grads | {"h": d_states}
