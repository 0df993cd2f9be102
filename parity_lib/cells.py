"""What each cell computes in one time step, and the way back through it: tanh, relu, LSTM and GRU.

Chapters: *Unrolling a recurrent network*, *Gates*. One object a cell holds both
directions, as a node of a computation graph does. Arrays may be of any float dtype, and have
their units in the last axis but one and the strings of a batch in the last:
``[units, batch]``, or ``[seeds, units, batch]`` for many networks side by side.

Weights have PyTorch's names and its order of gates: ``weight_ih [gates x hidden,
inputs]``, ``weight_hh [gates x hidden, hidden]``, ``bias_ih`` and ``bias_hh
[gates x hidden]``. A step begins with one product::

    before = cell.matrix(weight_ih, weight_hh, bias_ih, bias_hh) @ [h_before, x, 1]

and the cell says what becomes of ``before``.

Backpropagation through time: Werbos, *Proceedings of the IEEE* 78, 1990; the
LSTM: Hochreiter and Schmidhuber, *Neural Computation* 9(8), 1997; the GRU: Cho
et al., EMNLP 2014, in PyTorch's form.

A new cell is a class here with an entry in :data:`CELLS`, and its module of
PyTorch in :data:`parity_lib.models.MODULES`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Row(NamedTuple):
    """One block of ``hidden`` rows in ``before``: the gate of the weights that it belongs to, and what it reads."""

    gate: int
    reads: str = "both"  # or "input", or "state": then the other has a block of its own
    sigmoid: bool = False


class Cell:
    """What all cells share: where their weights stand in the one matrix.

    A cell says which ``rows`` it has and defines :meth:`step` and :meth:`back`.
    Both work in place, because at this size fresh memory costs more than arithmetic: a
    step overwrites ``before`` with what the way back needs, and the way back
    overwrites that with the gradient at ``before``.
    """

    rows: tuple[Row, ...] = (Row(0),)
    remembers = False  # whether it carries a c beside h

    def step(self, before, h_before, memory, h) -> None:
        """From ``before [.., rows x hidden, batch]`` and the state before to the new state, written into ``h``.

        ``memory`` is None, or three arrays like ``h``: c before, and room for the
        new c and its tanh.
        """
        raise NotImplementedError

    def back(self, before, d_h, h_before, memory, carry) -> None:
        """From ``d_h``, the gradient at the new h, to the gradient at ``before``, put in its place.

        ``before`` is what :meth:`step` left. ``carry [.., hidden, batch]``, 0 at the last
        step, takes along what goes back past the matrix; each cell says what it is.
        """
        raise NotImplementedError

    # ------------------------------------------------------------ the weights as one matrix

    def matrix(self, weight_ih, weight_hh, bias_ih, bias_hh) -> np.ndarray:
        """``[.., rows x hidden, hidden + inputs + 1]``: a layer's weights for h, for x and for a constant 1.

        Rows of sigmoids are halved: sigmoid(x) = (1 + tanh(x / 2)) / 2, and one tanh serves all.
        """
        hidden, inputs = weight_hh.shape[-1], weight_ih.shape[-1]
        shape = (*weight_hh.shape[:-2], len(self.rows) * hidden, hidden + inputs + 1)
        matrix = np.zeros(shape, weight_hh.dtype)
        for place, gate, row in self._blocks(hidden):
            if row.reads != "input":
                matrix[..., place, :hidden] = weight_hh[..., gate, :]
                matrix[..., place, -1] += bias_hh[..., gate]
            if row.reads != "state":
                matrix[..., place, hidden:-1] = weight_ih[..., gate, :]
                matrix[..., place, -1] += bias_ih[..., gate]
            if row.sigmoid:
                matrix[..., place, :] *= 0.5
        return matrix

    def slopes(self, matrix: np.ndarray) -> np.ndarray:
        """What takes a gradient at ``before`` back to h, x and 1: transposed, the rows of sigmoids whole again."""
        hidden = matrix.shape[-2] // len(self.rows)
        whole = matrix.copy()
        for place, _, row in self._blocks(hidden):
            if row.sigmoid:
                whole[..., place, :] *= 2
        return np.ascontiguousarray(whole.swapaxes(-1, -2))

    def unstack(self, gradient, weight_ih, weight_hh, bias_ih, bias_hh) -> None:
        """Write the gradient at ``before`` times ``[h, x, 1]``, shaped as :meth:`matrix`, to where each weight's is."""
        hidden = weight_hh.shape[-1]
        for place, gate, row in self._blocks(hidden):
            if row.reads != "input":
                weight_hh[..., gate, :] = gradient[..., place, :hidden]
                bias_hh[..., gate] = gradient[..., place, -1]
            if row.reads != "state":
                weight_ih[..., gate, :] = gradient[..., place, hidden:-1]
                bias_ih[..., gate] = gradient[..., place, -1]

    def _blocks(self, hidden: int):
        for number, row in enumerate(self.rows):
            yield (slice(number * hidden, (number + 1) * hidden),
                   slice(row.gate * hidden, (row.gate + 1) * hidden), row)

    # ------------------------------------------------------------ one network, as PyTorch's own cells have it

    def next_state(self, x, state, weight_ih, weight_hh, bias_ih, bias_hh) -> np.ndarray:
        """What ``nn.RNNCell``, ``nn.LSTMCell`` or ``nn.GRUCell`` gives, with the batch first.

        ``x [batch, inputs]``; ``state`` and the result ``[batch, hidden]``, and for a cell
        that remembers ``[batch, 2 x hidden]``, h and then c.

        >>> weights = np.ones((1, 1)), np.ones((1, 1)), np.zeros(1), np.zeros(1)
        >>> CELLS["relu"].next_state(np.array([[1.0]]), np.array([[2.0]]), *weights)
        array([[3.]])
        """
        hidden = weight_hh.shape[-1]
        h_before, c_before = state[:, :hidden].T, state[:, hidden:].T
        stacked = np.concatenate([h_before, x.T, np.ones_like(x.T[:1])])
        before = self.matrix(weight_ih, weight_hh, bias_ih, bias_hh) @ stacked
        h, c, tanh_c = np.empty((3, *h_before.shape), before.dtype)
        self.step(before, h_before, (c_before, c, tanh_c) if self.remembers else None, h)
        return np.concatenate([h, c]).T if self.remembers else h.T


# ---------------------------------------------------------------- the cells


class Tanh(Cell):
    """h = tanh(before)."""

    def step(self, before, h_before, memory, h):
        np.tanh(before, out=before)
        h[...] = before

    def back(self, before, d_h, h_before, memory, carry):
        np.multiply(d_h, 1 - before * before, out=before)


class Relu(Cell):
    """h = max(before, 0)."""

    def step(self, before, h_before, memory, h):
        np.maximum(before, 0, out=before)
        h[...] = before

    def back(self, before, d_h, h_before, memory, carry):
        np.multiply(d_h, before > 0, out=before)


class LSTM(Cell):
    """Gates i, f, g, o. c = f c + i g and h = o tanh(c). The carry is the gradient at c."""

    rows = (Row(0, sigmoid=True), Row(1, sigmoid=True), Row(2), Row(3, sigmoid=True))
    remembers = True

    def step(self, before, h_before, memory, h):
        i, f, g, o = by_row(before, 4)
        c_before, c, tanh_c = memory
        np.tanh(before, out=before)
        for gate in (i, f, o):
            from_tanh_to_sigmoid(gate)
        np.multiply(f, c_before, out=c)
        c += i * g
        np.tanh(c, out=tanh_c)
        np.multiply(o, tanh_c, out=h)

    def back(self, before, d_h, h_before, memory, carry):
        i, f, g, o = by_row(before, 4)
        c_before, _, tanh_c = memory
        carry += d_h * o * (1 - tanh_c * tanh_c)
        d_i, d_f, d_g, d_o = carry * g, carry * c_before, carry * i, d_h * tanh_c
        carry *= f
        times_slope(i, d_i)
        times_slope(f, d_f)
        times_slope(o, d_o)
        np.multiply(d_g, 1 - g * g, out=g)


class GRU(Cell):
    """Gates r, z, n; the last in two rows. n = tanh(n_input + r n_state) and h = (1 - z) n + z h.

    The carry is the gradient at h that comes through z alone.
    """

    rows = (Row(0, sigmoid=True), Row(1, sigmoid=True), Row(2, "input"), Row(2, "state"))

    def step(self, before, h_before, memory, h):
        r, z, n, n_state = by_row(before, 4)
        for gate in (r, z):
            np.tanh(gate, out=gate)
            from_tanh_to_sigmoid(gate)
        n += r * n_state
        np.tanh(n, out=n)
        np.subtract(h_before, n, out=h)
        h *= z
        h += n

    def back(self, before, d_h, h_before, memory, carry):
        r, z, n, n_state = by_row(before, 4)
        d_h = d_h + carry
        np.multiply(d_h, z, out=carry)
        d_z = d_h * (h_before - n)
        np.multiply(d_h - carry, 1 - n * n, out=n)
        d_r = n * n_state
        np.multiply(n, r, out=n_state)
        times_slope(z, d_z)
        times_slope(r, d_r)


CELLS: dict[str, Cell] = {"tanh": Tanh(), "relu": Relu(), "lstm": LSTM(), "gru": GRU()}


def by_row(before: np.ndarray, count: int) -> list[np.ndarray]:
    """Views of the ``count`` blocks of rows of ``before [.., count x hidden, batch]``.

    >>> [block.tolist() for block in by_row(np.arange(4.0).reshape(4, 1), 2)]
    [[[0.0], [1.0]], [[2.0], [3.0]]]
    """
    return np.split(before, count, axis=-2)


def from_tanh_to_sigmoid(half: np.ndarray) -> None:
    """From tanh(x / 2) to the sigmoid of x, in place."""
    half *= 0.5
    half += 0.5


def times_slope(gate: np.ndarray, gradient: np.ndarray) -> None:
    """Put the gradient at a sigmoid's input in place of its value: gradient x value x (1 - value)."""
    gradient *= gate
    np.subtract(1, gate, out=gate)
    gate *= gradient
