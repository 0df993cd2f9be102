"""One time step of the tanh, relu, LSTM and GRU cells in PyTorch, for one network or for many at once.

Chapters: *Unrolling a recurrent network*, *Gates*. The layers of PyTorch contain one network each. The functions in
:data:`CELLS` compute the next state of any number of networks, and PyTorch computes the gradients.

A function takes ``from_input`` and ``from_state``, both ``[.., gates x hidden, batch]``: the weighted sums of the input
and of the hidden state, each with its bias. The gates have PyTorch's order. ``state`` and the result are tuples of
tensors ``[.., hidden, batch]``: the hidden state h, and for an LSTM also the cell state c. The units come before the
strings of the batch, so that each gate of a network is one block of memory.

The LSTM: Hochreiter and Schmidhuber, *Neural Computation* 9(8), 1997; the GRU: Cho et al., EMNLP 2014, in PyTorch's
form.

To add a cell, write a function here, add it to :data:`CELLS`, and add its PyTorch module to
:data:`parity_lib.models.MODULES`. CONTRIBUTING.md lists the files that prove and draw it.
"""

from collections.abc import Callable

import torch
from torch import Tensor

State = tuple[Tensor, ...]


def tanh(from_input: Tensor, from_state: Tensor, state: State) -> State:
    """Compute h = tanh(a)."""
    return torch.tanh(from_input + from_state),


def relu(from_input: Tensor, from_state: Tensor, state: State) -> State:
    """Compute h = max(a, 0)."""
    return torch.relu(from_input + from_state),


def lstm(from_input: Tensor, from_state: Tensor, state: State) -> State:
    """Compute c = f c_before + i g and h = o tanh(c)."""
    i, f, g, o = (from_input + from_state).chunk(4, dim=-2)
    c = torch.sigmoid(f) * state[1] + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


def gru(from_input: Tensor, from_state: Tensor, state: State) -> State:
    """Compute h = (1 - z) n + z h_before, where n = tanh(n_input + r n_state)."""
    (r, z, n_input), (r_state, z_state, n_state) = from_input.chunk(3, dim=-2), from_state.chunk(3, dim=-2)
    n = torch.tanh(n_input + torch.sigmoid(r + r_state) * n_state)
    return torch.lerp(n, state[0], torch.sigmoid(z + z_state)),


CELLS: dict[str, Callable[[Tensor, Tensor, State], State]] = {"tanh": tanh, "relu": relu, "lstm": lstm, "gru": gru}
