"""Recurrent neural networks in PyTorch that learn parity, or compute it with weights worked out by hand.

Chapter: *Unrolling a recurrent network*, which writes the same network in NumPy (:mod:`parity_lib.numpy_rnn`).
"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import nn

from parity_lib import padding
from parity_lib.errors import require, require_choice, require_int

# PyTorch's recurrent layer for each kind of cell
MODULES: dict[str, Any] = {"tanh": partial(nn.RNN, nonlinearity="tanh"), "relu": partial(nn.RNN, nonlinearity="relu"),
                           "lstm": nn.LSTM, "gru": nn.GRU}


class ParityRNN(nn.Module):
    """A recurrent network that predicts, after each bit, whether the number of ones so far is odd.

    ``cell`` is ``"tanh"``, ``"relu"``, ``"lstm"`` or ``"gru"``, a key of :data:`MODULES`. Every parameter is drawn
    uniformly from +-1/sqrt(hidden_size), as PyTorch does by default for these layers, with a generator made from
    ``seed``. Raises ValueError if an argument is not allowed.

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
        # PyTorch draws first weights from its global generator, whose state must stay as the caller left it.
        with torch.random.fork_rng(devices=[]):
            self.rnn = MODULES[cell](**sizes)
            self.hidden_to_logits = nn.Linear(hidden_size, 1)
        bound, generator = hidden_size**-0.5, torch.Generator().manual_seed(seed)
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -bound, bound, generator=generator)
        self.to(device)

    def hidden_states(self, inputs: torch.Tensor, lengths: torch.Tensor | None = None) -> torch.Tensor:
        """Return the last layer's hidden state after each time step.

        ``inputs`` has the shape ``[batch, steps, 1]`` and any dtype; the result has the shape ``[batch, steps,
        hidden]``. By default, the network processes the padding too, and the mask excludes it later. With ``lengths``
        ``[batch]``, strings with the padding after them are packed, so that the network skips it. The states at their
        bits are equal in both cases, up to rounding, because they cannot depend on what follows a string.
        """
        require(inputs.dim() == 3 and inputs.shape[2] == 1, "inputs", tuple(inputs.shape), "of shape [batch, steps, 1]")
        inputs = inputs.to(self.hidden_to_logits.weight.dtype)
        if lengths is None:
            return self.rnn(inputs)[0]
        return padding.unpack(self.rnn(padding.pack(inputs, lengths))[0], steps=inputs.shape[1])

    def forward(self, inputs: torch.Tensor, lengths: torch.Tensor | None = None) -> torch.Tensor:
        """Return the logits ``[batch, steps, 1]`` after each time step; a logit above 0 means odd.

        The arguments are those of :meth:`hidden_states`.
        """
        return self.hidden_to_logits(self.hidden_states(inputs, lengths))


def by_hand(cell: str = "tanh", sharpness: float | None = None) -> ParityRNN:
    """Return a float64 network that computes parity with weights worked out by hand.

    It has two tanh units, two relu units, one GRU unit or one LSTM unit; the chapters derive the weights. ``sharpness``
    multiplies the pre-activations, by default by 3 for tanh, 20 for the GRU and 40 for the LSTM; relu needs no such
    factor. The networks are correct on strings of any length, except for the GRU unit: its update gate never opens
    completely, so each 0 shrinks the state a little, and after a 1 and about 10^8 zeros the answer is wrong.

    The tanh network subtracts an AND from an OR of the bit and the parity so far. Two first-order units suffice for
    this and one does not: Goudreau, Giles, Chakradhar and Chen, *IEEE Transactions on Neural Networks* 5(3), 1994.

    >>> (by_hand("tanh")(torch.tensor([[[1.0], [1.0], [1.0]]]).double()) > 0).flatten().tolist()
    [True, False, True]
    """
    require_choice("cell", cell, tuple(BY_HAND))
    require(sharpness is None or (cell != "relu" and sharpness > 0), "sharpness", sharpness,
            "a number above 0, and left out for relu")
    make_weights, default_sharpness = BY_HAND[cell]
    U, V, b, W, c = make_weights(sharpness or default_sharpness)
    model = ParityRNN(len(W[0]), cell).double()
    with torch.no_grad():
        # in the order of model.parameters(): the second of PyTorch's two biases is 0
        for parameter, value in zip(model.parameters(), (U, V, b, [0.0] * len(b), W, c), strict=True):
            parameter.copy_(torch.tensor(value))
    return model


def _tanh_by_hand(k: float):
    # After an even number of ones, h1 - h2 is 0, and after an odd number it is about 2, so (h1 - h2) / 2 is the parity.
    # h1 computes "parity or bit" and h2 computes "parity and bit". XOR is the first without the second.
    return [[2 * k], [2 * k]], [[k, -k], [k, -k]], [-k, -3 * k], [[10.0, -10.0]], [-10.0]


def _relu_by_hand(_):
    # The parity is p = h1 - 2 h2. With the bit x, h1 becomes p + x, and h2 becomes 1 if p + x = 2 and 0 otherwise.
    return [[1.0], [1.0]], [[1.0, -2.0], [1.0, -2.0]], [0.0, -1.0], [[20.0, -40.0]], [-10.0]


def _gru_by_hand(k: float):
    # Rows: reset gate, update gate, new value. After a 0, the update gate is near 1, so h stays. After a 1, it is near
    # 0, and h becomes the sign of 1/2 - h.
    return ([[0.0], [-2 * k], [0.0]], [[0.0], [0.0], [-k]], [k, k, k / 2], [[10.0]], [-5.0])


def _lstm_by_hand(k: float):
    # Rows: input gate, forget gate, new value, output gate. The forget gate is always closed, so each step writes a new
    # cell state: 1 if the parity is odd, and otherwise -1, or 0 after a 1 that follows an odd count, because then the
    # input gate is closed too.
    return ([[-2 * k], [0.0], [2 * k], [0.0]], [[-k], [0.0], [k], [0.0]],
            [2.38 * k, -k, -0.38 * k, k], [[10.0]], [-3.8])


BY_HAND: dict[str, Any] = {"tanh": (_tanh_by_hand, 3.0), "relu": (_relu_by_hand, None), "lstm": (_lstm_by_hand, 40.0),
                           "gru": (_gru_by_hand, 20.0)}
