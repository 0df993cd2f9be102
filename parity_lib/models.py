"""Recurrent neural networks that compute parity.

Chapter: *Unrolling a recurrent network*. The networks are built on PyTorch, written in NumPy (in
:mod:`parity_lib.numpy_rnn`), or have weights that were worked out by hand. Inputs have the shape ``[batch, steps, 1]``,
hidden states ``[batch, steps, hidden]`` and logits ``[batch, steps, 1]``.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import nn

from parity_lib import padding
from parity_lib.errors import require, require_choice, require_int
from parity_lib.numpy_rnn import NumpyRNN

__all__ = ["BY_HAND", "MODULES", "NumpyRNN", "ParityRNN", "by_hand"]

# PyTorch's recurrent layer for each kind of cell
MODULES: dict[str, Any] = {"tanh": partial(nn.RNN, nonlinearity="tanh"), "relu": partial(nn.RNN, nonlinearity="relu"),
                           "lstm": nn.LSTM, "gru": nn.GRU}


class ParityRNN(nn.Module):
    """A recurrent network that predicts the parity of the bits read so far.

    After each bit, it predicts whether the number of ones so far is odd. ``cell`` is ``"tanh"``, ``"relu"``, ``"lstm"``
    or ``"gru"``, a key of :data:`MODULES`. Every parameter is drawn uniformly from +-1/sqrt(hidden_size), as PyTorch
    does by default for these layers, with a generator made from ``seed``. Raises ValueError if an argument is not
    allowed.

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
        # When PyTorch creates a layer, it draws weights from its global generator.
        with torch.random.fork_rng(devices=[]):
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
        """Return the last layer's hidden state after each time step.

        The result has the shape ``[batch, steps, hidden]``. If padding follows the string, the states at the string's
        bits cannot depend on it. By default, the network therefore processes the padding too, and the mask excludes it
        later. ``packed=True`` skips the padding and needs ``lengths``. Both ways give the same states at the string's
        bits; the states at the padding are undefined. The inputs may have any dtype.
        """
        require(inputs.dim() == 3 and inputs.shape[2] == 1, "inputs", tuple(inputs.shape), "of shape [batch, steps, 1]")
        inputs = inputs.to(self.hidden_to_logits.weight.dtype)
        if packed and lengths is not None:
            return padding.unpack(self.rnn(padding.pack(inputs, lengths))[0], inputs.shape[1])
        require(not packed, "lengths", lengths, "given when packed=True")
        return self.rnn(inputs)[0]

    def forward(self, inputs: torch.Tensor, lengths: torch.Tensor | None = None, *,
                packed: bool = False) -> torch.Tensor:
        """Return the logits after each time step.

        They have the shape ``[batch, steps, 1]``, and a logit above 0 means odd. The arguments are those of
        :meth:`hidden_states`.
        """
        return self.hidden_to_logits(self.hidden_states(inputs, lengths, packed=packed))


def by_hand(cell: str = "tanh", sharpness: float | None = None) -> ParityRNN:
    """Return a network that computes parity with weights worked out by hand.

    Its dtype is float64. The network has two tanh units, two relu units, one GRU unit or one LSTM unit, and the chapter
    derives the weights of each. ``sharpness`` multiplies the pre-activations. By default it is 3 for tanh, 20 for the
    GRU and 40 for the LSTM; the relu network needs no such factor. The networks are correct on strings of any length,
    except for the GRU unit: its update gate never opens completely, so each 0 shrinks the state a little, and after a 1
    followed by about 10^8 zeros the answer is wrong.

    The tanh network subtracts an AND from an OR of the bit and the parity so far. Two first-order units suffice for
    this and one does not: Goudreau, Giles, Chakradhar and Chen, *IEEE Transactions on Neural Networks* 5(3), 1994.

    >>> (by_hand("tanh")(torch.tensor([[[1.0], [1.0], [1.0]]]).double()) > 0).flatten().tolist()
    [True, False, True]
    """
    require_choice("cell", cell, tuple(BY_HAND))
    require(sharpness is None or (cell != "relu" and sharpness > 0), "sharpness", sharpness,
            "a number above 0, and left out for relu")
    weights, default_sharpness = BY_HAND[cell]
    U, V, b, W, c = weights(sharpness or default_sharpness)
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
    # After an even number of ones, h1 - h2 is 0, and after an odd number it is about 2, so (h1 - h2) / 2 is the parity.
    # h1 computes "parity or bit" and h2 computes "parity and bit". XOR is the first without the second.
    return [[2 * k], [2 * k]], [[k, -k], [k, -k]], [-k, -3 * k], [[10.0, -10.0]], [-10.0]


def _relu_by_hand(_):
    # The parity is p = h1 - 2 h2. With the bit x, h1 becomes p + x, and h2 becomes 1 if p + x = 2 and 0 otherwise.
    return [[1.0], [1.0]], [[1.0, -2.0], [1.0, -2.0]], [0.0, -1.0], [[20.0, -40.0]], [-10.0]


def _gru_by_hand(k: float):
    # A 0 opens the update gate, so h stays. A 1 closes it, and h becomes the sign of 1/2 - h.
    return ([[0.0], [-2 * k], [0.0]], [[0.0], [0.0], [-k]], [k, k, k / 2], [[10.0]], [-5.0])


def _lstm_by_hand(k: float):
    # The forget gate is always closed, so each step writes a new cell state: 1 if the parity is odd, and otherwise -1,
    # or 0 after a 1 that follows an odd count, because then the input gate is closed too.
    return ([[-2 * k], [0.0], [2 * k], [0.0]], [[-k], [0.0], [k], [0.0]],
            [2.38 * k, -k, -0.38 * k, k], [[10.0]], [-3.8])


BY_HAND: dict[str, Any] = {"tanh": (_tanh_by_hand, 3.0), "relu": (_relu_by_hand, None), "lstm": (_lstm_by_hand, 40.0),
                           "gru": (_gru_by_hand, 20.0)}
