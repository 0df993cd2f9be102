"""NumPy implementations of the tanh, relu, LSTM and GRU cells.

Chapters: *Unrolling a recurrent network*, *Gates*. Each cell is an object with a forward and a backward pass of
one time step, like a node of a computation graph. Arrays may have any float dtype. Their last two axes are the hidden
units and the strings of a batch: ``[hidden, batch]``, or ``[seeds, hidden, batch]`` for many networks at once.

The weights have PyTorch's names, shapes and order of gates: ``weight_ih [gates x hidden, inputs]``,
``weight_hh [gates x hidden, hidden]``, ``bias_ih`` and ``bias_hh [gates x hidden]``. A time step begins with one
matrix product, from which :meth:`Cell.forward` computes the new state::

    pre_activation = cell.weight_matrix(weight_ih, weight_hh, bias_ih, bias_hh) @ [h_before, x, 1]

Backpropagation through time: Werbos, *Proceedings of the IEEE* 78, 1990; the LSTM: Hochreiter and Schmidhuber, *Neural
Computation* 9(8), 1997; the GRU: Cho et al., EMNLP 2014, in PyTorch's form.

To add a cell, write a class here, add it to :data:`CELLS`, and add its PyTorch module to
:data:`parity_lib.models.MODULES`. CONTRIBUTING.md lists the files that prove and draw it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class GateBlock(NamedTuple):
    """A block of rows in the pre-activation array that belongs to a single gate.

    It has ``hidden`` rows. ``gate`` is the number of the gate in PyTorch's weights. ``reads`` is ``"both"`` if the
    block contains the terms from the input and from the state, and ``"input"`` or ``"state"`` if each of the two has a
    block of its own.
    """

    gate: int
    reads: str = "both"


class Cell:
    """The base class of all recurrent cells.

    A subclass lists its ``blocks`` and defines a forward and a backward pass. Both passes work in place, because for
    small networks allocating memory takes longer than the arithmetic: :meth:`forward` overwrites the pre-activation
    with the activations that the backward pass needs, and :meth:`backward` overwrites those with the gradient of the
    loss with respect to the pre-activation.
    """

    blocks: tuple[GateBlock, ...] = (GateBlock(0),)
    has_cell_state = False

    def forward(self, pre_activation, h_before, cell_state, h) -> None:
        """Compute the forward pass of one time step.

        The new hidden state is written into ``h``, and the activations into ``pre_activation``. ``pre_activation`` is
        ``[.., blocks x hidden, batch]``. ``cell_state`` is None, or three arrays of the shape of ``h``: the previous
        cell state, the new cell state and its tanh, of which the last two are overwritten.
        """
        raise NotImplementedError

    def backward(self, pre_activation, d_h, h_before, cell_state, carry) -> None:
        """Compute the backward pass of one time step.

        ``d_h`` is the gradient with respect to the new hidden state. ``pre_activation`` holds the activations that
        :meth:`forward` left there, and is overwritten with its gradient. ``carry [.., hidden, batch]`` is the gradient
        that reaches the previous time step without passing through the weight matrix. It is updated in place and has to
        be 0 at the last time step.
        """
        raise NotImplementedError

    def weight_matrix(self, weight_ih, weight_hh, bias_ih, bias_hh) -> np.ndarray:
        """Combine the weights and biases of a layer into a single matrix.

        The matrix multiplies ``[h, x, 1]``. Its shape is ``[.., blocks x hidden, hidden + inputs + 1]``.
        """
        hidden, inputs = weight_hh.shape[-1], weight_ih.shape[-1]
        shape = (*weight_hh.shape[:-2], len(self.blocks) * hidden, hidden + inputs + 1)
        matrix = np.zeros(shape, weight_hh.dtype)
        for part, weight in self._matching_parts(matrix, weight_ih, weight_hh, bias_ih, bias_hh):
            part += weight
        return matrix

    def split_gradient(self, gradient, weight_ih, weight_hh, bias_ih, bias_hh) -> None:
        """Split the gradient of the combined weight matrix into the gradients of the weights and biases."""
        for part, weight in self._matching_parts(gradient, weight_ih, weight_hh, bias_ih, bias_hh):
            weight[...] = part

    def _matching_parts(self, matrix, weight_ih, weight_hh, bias_ih, bias_hh):
        """Yield each part of the combined matrix together with the corresponding weights or biases."""
        hidden = weight_hh.shape[-1]
        for number, block in enumerate(self.blocks):
            rows = matrix[..., number * hidden:(number + 1) * hidden, :]
            gate = slice(block.gate * hidden, (block.gate + 1) * hidden)
            if block.reads != "input":
                yield rows[..., :hidden], weight_hh[..., gate, :]
                yield rows[..., -1], bias_hh[..., gate]
            if block.reads != "state":
                yield rows[..., hidden:-1], weight_ih[..., gate, :]
                yield rows[..., -1], bias_ih[..., gate]

    def next_state(self, x, state, weight_ih, weight_hh, bias_ih, bias_hh) -> np.ndarray:
        """Compute the next state of a single network.

        The result is that of ``nn.RNNCell``, ``nn.LSTMCell`` or ``nn.GRUCell``. ``x`` is ``[batch, inputs]``. ``state``
        and the result are ``[batch, hidden]``, or ``[batch, 2 x hidden]`` for a cell with a cell state: first h, then
        c.

        >>> weights = np.ones((1, 1)), np.ones((1, 1)), np.zeros(1), np.zeros(1)
        >>> CELLS["relu"].next_state(np.array([[1.0]]), np.array([[2.0]]), *weights)
        array([[3.]])
        """
        hidden = weight_hh.shape[-1]
        h_before, c_before = state[:, :hidden].T, state[:, hidden:].T
        stacked = np.concatenate([h_before, x.T, np.ones_like(x.T[:1])])
        pre_activation = self.weight_matrix(weight_ih, weight_hh, bias_ih, bias_hh) @ stacked
        h, c, tanh_c = np.empty((3, *h_before.shape), pre_activation.dtype)
        self.forward(pre_activation, h_before, (c_before, c, tanh_c) if self.has_cell_state else None, h)
        return np.concatenate([h, c]).T if self.has_cell_state else h.T


class Tanh(Cell):
    """A simple recurrent cell with the tanh activation function."""

    def forward(self, pre_activation, h_before, cell_state, h):
        np.tanh(pre_activation, out=pre_activation)
        h[...] = pre_activation

    def backward(self, pre_activation, d_h, h_before, cell_state, carry):
        np.multiply(d_h, 1 - pre_activation * pre_activation, out=pre_activation)


class Relu(Cell):
    """A simple recurrent cell with the relu activation function."""

    def forward(self, pre_activation, h_before, cell_state, h):
        np.maximum(pre_activation, 0, out=pre_activation)
        h[...] = pre_activation

    def backward(self, pre_activation, d_h, h_before, cell_state, carry):
        np.multiply(d_h, pre_activation > 0, out=pre_activation)


class LSTM(Cell):
    """A long short-term memory cell.

    Its gates are i, f, g and o. It computes c = f c_before + i g and h = o tanh(c). The carry is the gradient with
    respect to the cell state c.
    """

    blocks = (GateBlock(0), GateBlock(1), GateBlock(2), GateBlock(3))
    has_cell_state = True

    def forward(self, pre_activation, h_before, cell_state, h):
        i, f, g, o = np.split(pre_activation, 4, axis=-2)
        c_before, c, tanh_c = cell_state
        for gate in (i, f, o):
            sigmoid(gate)
        np.tanh(g, out=g)
        np.multiply(f, c_before, out=c)
        c += i * g
        np.tanh(c, out=tanh_c)
        np.multiply(o, tanh_c, out=h)

    def backward(self, pre_activation, d_h, h_before, cell_state, carry):
        i, f, g, o = np.split(pre_activation, 4, axis=-2)
        c_before, _, tanh_c = cell_state
        carry += d_h * o * (1 - tanh_c * tanh_c)
        d_i, d_f, d_g, d_o = carry * g, carry * c_before, carry * i, d_h * tanh_c
        carry *= f
        sigmoid_backward(i, d_i)
        sigmoid_backward(f, d_f)
        sigmoid_backward(o, d_o)
        np.multiply(d_g, 1 - g * g, out=g)


class GRU(Cell):
    """A gated recurrent unit.

    Its gates are r and z, and its candidate is n. It computes h = (1 - z) n + z h_before. The candidate has two blocks,
    because n = tanh(n_input + r n_state). The carry is the gradient that reaches h_before through the update gate z.
    """

    blocks = (GateBlock(0), GateBlock(1), GateBlock(2, "input"), GateBlock(2, "state"))

    def forward(self, pre_activation, h_before, cell_state, h):
        r, z, n, n_state = np.split(pre_activation, 4, axis=-2)
        sigmoid(r)
        sigmoid(z)
        n += r * n_state
        np.tanh(n, out=n)
        np.subtract(h_before, n, out=h)
        h *= z
        h += n

    def backward(self, pre_activation, d_h, h_before, cell_state, carry):
        r, z, n, n_state = np.split(pre_activation, 4, axis=-2)
        d_h = d_h + carry
        np.multiply(d_h, z, out=carry)
        d_z = d_h * (h_before - n)
        np.multiply(d_h - carry, 1 - n * n, out=n)
        d_r = n * n_state
        np.multiply(n, r, out=n_state)
        sigmoid_backward(z, d_z)
        sigmoid_backward(r, d_r)


CELLS: dict[str, Cell] = {"tanh": Tanh(), "relu": Relu(), "lstm": LSTM(), "gru": GRU()}


def sigmoid(gate: np.ndarray) -> None:
    """Compute the sigmoid in place, as (1 + tanh(x / 2)) / 2."""
    gate *= 0.5
    np.tanh(gate, out=gate)
    gate *= 0.5
    gate += 0.5


def sigmoid_backward(gate: np.ndarray, gradient: np.ndarray) -> None:
    """Backpropagate a gradient through a sigmoid.

    ``gate`` is the value of the sigmoid, and is overwritten with the result, gradient x gate x (1 - gate). ``gradient``
    is overwritten too.
    """
    gradient *= gate
    np.subtract(1, gate, out=gate)
    gate *= gradient
