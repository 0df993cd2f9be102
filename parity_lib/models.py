"""Recurrent networks: written out in NumPy, built on PyTorch, and with weights set by hand.

Chapter: *Unrolling a recurrent network*. Shapes: ``inputs [batch, steps, 1]``,
hidden states ``[batch, steps, hidden]``, logits ``[batch, steps, 1]``.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import torch
from torch import nn

from parity_lib import padding
from parity_lib.errors import require, require_choice, require_int

# The PyTorch module of each kind of cell.
MODULES = {"tanh": partial(nn.RNN, nonlinearity="tanh"), "relu": partial(nn.RNN, nonlinearity="relu"),
           "lstm": nn.LSTM, "gru": nn.GRU}


class ParityRNN(nn.Module):
    """A recurrent network that reads bits and says after each one whether the count of 1s is odd.

    ``cell`` is ``"tanh"``, ``"relu"``, ``"lstm"`` or ``"gru"``, a key of
    :data:`MODULES`. Every parameter is drawn from ``seed``, uniformly on
    +-1/sqrt(hidden_size), which is PyTorch's own choice for these layers.
    Raises ValueError where an argument is not allowed.

    >>> model = ParityRNN(hidden_size=4, cell="tanh", seed=0)
    >>> model(torch.zeros(2, 7, 1)).shape
    torch.Size([2, 7, 1])
    """

    def __init__(self, hidden_size: int = 32, cell: str = "relu", num_layers: int = 1, *,
                 seed: int = 0, device: str | torch.device = "cpu") -> None:
        super().__init__()
        require_int("hidden_size", hidden_size, least=1)
        require_int("num_layers", num_layers, least=1)
        require_choice("cell", cell, tuple(MODULES))
        require_int("seed", seed, least=0)
        self.hidden_size, self.cell, self.num_layers = hidden_size, cell, num_layers
        sizes = dict(input_size=1, hidden_size=hidden_size, num_layers=num_layers, batch_first=True)
        with torch.random.fork_rng(devices=[]):  # PyTorch's own first draw leaves no trace outside
            self.rnn = MODULES[cell](**sizes)
            self.hidden_to_logits = nn.Linear(hidden_size, 1)
        self._draw_parameters(seed)
        self.to(device)

    @torch.no_grad()
    def _draw_parameters(self, seed: int) -> None:
        bound = self.hidden_size**-0.5
        generator = torch.Generator().manual_seed(seed)
        for parameter in self.parameters():
            parameter.uniform_(-bound, bound, generator=generator)

    def hidden_states(self, inputs: torch.Tensor, lengths: torch.Tensor | None = None, *,
                      packed: bool = False) -> torch.Tensor:
        """The last layer's hidden state after each step: ``[batch, steps, hidden]``.

        With padding after the string, a state on a real position cannot depend
        on what follows, so by default the padding is run through and left to the
        mask. ``packed=True`` skips it and needs ``lengths``. Both agree on real
        positions; what stands on padding is undefined. The inputs may be of any
        dtype: bits are exact in all of them.
        """
        require(inputs.dim() == 3 and inputs.shape[2] == 1, "inputs", tuple(inputs.shape), "of shape [batch, steps, 1]")
        inputs = inputs.to(self.hidden_to_logits.weight.dtype)
        if not packed:
            return self.rnn(inputs)[0]
        require(lengths is not None, "lengths", lengths, "given when packed=True")
        return padding.unpack(self.rnn(padding.pack(inputs, lengths))[0], inputs.shape[1])

    def forward(self, inputs: torch.Tensor, lengths: torch.Tensor | None = None, *,
                packed: bool = False) -> torch.Tensor:
        """Logits ``[batch, steps, 1]``: above 0 means odd. See :meth:`hidden_states` for ``packed``."""
        return self.hidden_to_logits(self.hidden_states(inputs, lengths, packed=packed))


class NumpyRNN:
    """One tanh or relu layer and its readout, forward and backward written out.

    Weights carry the names of the chapter: ``U [hidden, 1]``, ``V [hidden, hidden]``,
    ``b [hidden]``, ``W [1, hidden]``, ``c [1]``. Equal to :class:`ParityRNN` in value
    and gradient on the same weights (``b`` is the sum of PyTorch's two biases).
    Backpropagation through time: Werbos, *Proceedings of the IEEE* 78, 1990.

    >>> net = NumpyRNN.from_torch(ParityRNN(4, "tanh"))
    >>> net.forward(np.zeros((2, 7, 1)))[0].shape
    (2, 7, 1)
    """

    def __init__(self, U: np.ndarray, V: np.ndarray, b: np.ndarray, W: np.ndarray, c: np.ndarray,
                 activation: str = "tanh") -> None:
        require_choice("activation", activation, ("tanh", "relu"))
        self.U, self.V, self.b, self.W, self.c = U, V, b, W, c
        self.activation = activation

    @classmethod
    def from_torch(cls, model: ParityRNN) -> NumpyRNN:
        """Copy the weights of a one-layer tanh or relu :class:`ParityRNN`, in float64."""
        require_choice("model.cell", model.cell, ("tanh", "relu"))
        require(model.num_layers == 1, "model.num_layers", model.num_layers, "1")
        copy = {name: p.detach().cpu().double().numpy().copy() for name, p in model.named_parameters()}
        return cls(copy["rnn.weight_ih_l0"], copy["rnn.weight_hh_l0"], copy["rnn.bias_ih_l0"] + copy["rnn.bias_hh_l0"],
                   copy["hidden_to_logits.weight"], copy["hidden_to_logits.bias"], model.cell)

    def step(self, x: np.ndarray, h: np.ndarray) -> np.ndarray:
        """One time step: ``x [batch, 1]`` and ``h [batch, hidden]`` give the next ``h``."""
        before = x @ self.U.T + h @ self.V.T + self.b
        return np.tanh(before) if self.activation == "tanh" else np.maximum(before, 0)

    def forward(self, inputs: np.ndarray, h0: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Logits ``[batch, steps, 1]`` and states ``[batch, steps + 1, hidden]``, ``h0`` first (0 if left out)."""
        batch, steps, _ = inputs.shape
        states = np.zeros((batch, steps + 1, len(self.b)))
        if h0 is not None:
            states[:, 0] = h0
        for t in range(steps):
            states[:, t + 1] = self.step(inputs[:, t], states[:, t])
        return states[:, 1:] @ self.W.T + self.c, states

    def backward(self, inputs: np.ndarray, states: np.ndarray, d_logits: np.ndarray) -> dict[str, np.ndarray]:
        """Gradients of the loss for each weight and for every state, by name.

        ``d_logits [batch, steps, 1]`` is the loss's gradient at the logits. The
        entry ``"h"`` ``[batch, steps + 1, hidden]`` is the total gradient at each
        state: what came from its own readout and from all later steps.
        """
        grads = {name: np.zeros_like(getattr(self, name)) for name in "UVb"}
        grads["W"] = np.einsum("bto,bth->oh", d_logits, states[:, 1:])
        grads["c"] = d_logits.sum((0, 1))
        d_states = np.zeros_like(states)
        d_states[:, 1:] = d_logits @ self.W
        for t in reversed(range(inputs.shape[1])):
            h = states[:, t + 1]
            slope = 1 - h**2 if self.activation == "tanh" else (h > 0)
            d_before = d_states[:, t + 1] * slope
            grads["U"] += d_before.T @ inputs[:, t]
            grads["V"] += d_before.T @ states[:, t]
            grads["b"] += d_before.sum(0)
            d_states[:, t] += d_before @ self.V
        return grads | {"h": d_states}


def by_hand(cell: str = "tanh", sharpness: float | None = None) -> ParityRNN:
    """A network whose weights were found by thought, right on strings of any length.

    Two tanh units or two relu units, one GRU unit or one LSTM unit; the chapter
    derives each. ``sharpness`` multiplies what goes into the activations
    (tanh 3, GRU 20, LSTM 40 unless given; relu has none). float64. The GRU unit
    alone has a limit: its update gate never opens quite, each 0 lets a
    little of the state go, and after 1 and then about 10^8 zeros it has forgotten.

    The tanh net is an OR minus an AND of the bit and the parity so far. That
    two first-order units suffice and one does not: Goudreau, Giles, Chakradhar
    and Chen, *IEEE Transactions on Neural Networks* 5(3), 1994.

    >>> (by_hand("tanh")(torch.tensor([[[1.0], [1.0], [1.0]]]).double()) > 0).flatten().tolist()
    [True, False, True]
    """
    require_choice("cell", cell, tuple(BY_HAND))
    require(sharpness is None or (cell != "relu" and sharpness > 0), "sharpness", sharpness,
            "a number above 0, and left out for relu")
    weights, usual = BY_HAND[cell]
    U, V, b, W, c = weights(sharpness or usual)
    model = ParityRNN(len(W[0]), cell).double()
    parameters = {"weight_ih_l0": U, "weight_hh_l0": V, "bias_ih_l0": b}
    with torch.no_grad():
        for name, value in parameters.items():
            getattr(model.rnn, name).copy_(torch.tensor(value))
        model.rnn.bias_hh_l0.zero_()
        model.hidden_to_logits.weight.copy_(torch.tensor(W))
        model.hidden_to_logits.bias.copy_(torch.tensor(c))
    return model


def _tanh_by_hand(k: float):
    # h1 - h2 is 0 after an even and about 2 after an odd count, so (h1 - h2) / 2 is the parity.
    # h1 answers "parity or bit", h2 "parity and bit"; XOR is the first without the second.
    return [[2 * k], [2 * k]], [[k, -k], [k, -k]], [-k, -3 * k], [[10.0, -10.0]], [-10.0]


def _relu_by_hand(_):
    # h1 - 2 h2 is the parity p; h1 = p + x counts to two, h2 = relu(p + x - 1) is 1 only at two.
    return [[1.0], [1.0]], [[1.0, -2.0], [1.0, -2.0]], [0.0, -1.0], [[20.0, -40.0]], [-10.0]


def _gru_by_hand(k: float):
    # A 0 opens the update gate and h stays; a 1 shuts it and h becomes the sign of 1/2 - h.
    return ([[0.0], [-2 * k], [0.0]], [[0.0], [0.0], [-k]], [k, k, k / 2], [[10.0]], [-5.0])


def _lstm_by_hand(k: float):
    # Nothing is kept by the forget gate: each step writes 1 (odd), -1 or, for a 1 after odd, nothing.
    return ([[-2 * k], [0.0], [2 * k], [0.0]], [[-k], [0.0], [k], [0.0]],
            [2.38 * k, -k, -0.38 * k, k], [[10.0]], [-3.8])


BY_HAND = {"tanh": (_tanh_by_hand, 3.0), "relu": (_relu_by_hand, None), "lstm": (_lstm_by_hand, 40.0),
           "gru": (_gru_by_hand, 20.0)}
