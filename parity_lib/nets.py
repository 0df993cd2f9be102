"""Many networks of one shape side by side: their logits and the gradients of their losses.

Chapter: *The experiment*. A time step of a small network costs its calls, not
its arithmetic, so fifty networks side by side cost little more than one. Arrays
are ``[steps, seeds, units, batch]``, and no number of one seed ever meets a
number of another. What a cell computes, forward and back, is
:mod:`~parity_lib.cells`'s. Three classes do the same: :class:`Ensemble` in NumPy, the reference;
:class:`Compiled` by Numba's kernels; :class:`OneByOne` by PyTorch.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from importlib.util import find_spec

import numpy as np
import torch
from torch.nn.functional import binary_cross_entropy_with_logits
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from parity_lib.cells import CELLS
from parity_lib.errors import require, require_choice
from parity_lib.models import ParityRNN
from parity_lib.training import masked_loss

LARGE_LSTM = 2048  # hidden x batch from which PyTorch's own LSTM, one seed after the other, is faster (parity bench)


def require_alike(models: Sequence[ParityRNN]) -> None:
    require(len(models) > 0, "models", models, "at least one ParityRNN")
    kinds = {(m.cell, m.hidden_size, m.num_layers, str(m.hidden_to_logits.weight.dtype)) for m in models}
    require(len(kinds) == 1, "models", sorted(kinds), "alike in cell, hidden_size, num_layers and dtype")


class Ensemble:
    """The weights of many networks of one shape, and what they compute side by side.

    ``models`` are :class:`~parity_lib.models.ParityRNN` that differ in their
    weights only. ``parameters`` is ``[seeds, count]``, a row a network, in the
    order of ``model.parameters()`` and in their dtype. Raises ValueError where
    the models differ.

    >>> nets = Ensemble([ParityRNN(4, "tanh", seed=seed) for seed in range(3)])
    >>> nets.logits(np.zeros((7, 3, 1, 2), dtype=np.float32)).shape
    (7, 3, 2)
    """

    def __init__(self, models: Sequence[ParityRNN]) -> None:
        require_alike(models)
        self.name, self.cell = models[0].cell, CELLS[models[0].cell]
        self.hidden_size, self.num_layers = models[0].hidden_size, models[0].num_layers
        self.shapes = {name: tuple(p.shape) for name, p in models[0].named_parameters()}
        self._buffers: dict[str, np.ndarray] = {}
        self._set(np.stack([parameters_to_vector(m.parameters()).detach().cpu().numpy() for m in models]))

    def _set(self, parameters: np.ndarray) -> None:
        self.parameters = parameters
        self.weights = self._named(parameters)

    def _named(self, flat: np.ndarray) -> dict[str, np.ndarray]:
        """Views into ``flat [seeds, count]``: each weight, with a first axis for the seeds."""
        views, start = {}, 0
        for name, shape in self.shapes.items():
            size = int(np.prod(shape))
            views[name] = flat[:, start:start + size].reshape(len(flat), *shape)
            start += size
        return views

    def __len__(self) -> int:
        return len(self.parameters)

    def keep(self, rows: np.ndarray) -> None:
        """Go on with these networks only: ``bool [seeds]``, or their numbers."""
        self._set(self.parameters[rows])

    def chosen(self, rows: np.ndarray) -> Ensemble:
        """Some of the networks as an ensemble of their own."""
        part = copy.copy(self)
        part._buffers = {}
        part.keep(rows)
        return part

    def copy_to(self, models: Sequence[ParityRNN]) -> None:
        """Write each network's weights into its model."""
        for model, row in zip(models, self.parameters, strict=True):
            vector_to_parameters(torch.from_numpy(row.copy()).to(next(model.parameters()).device), model.parameters())

    def _array(self, name: str, *shape: int) -> np.ndarray:
        """Memory that is used again at every step of training; its content is whatever it was."""
        if name not in self._buffers or self._buffers[name].shape != shape:
            self._buffers[name] = np.empty(shape, self.parameters.dtype)
        return self._buffers[name]

    # ------------------------------------------------------------ forward

    def logits(self, inputs: np.ndarray) -> np.ndarray:
        """``[steps, seeds, batch]`` from ``inputs [steps, seeds, 1, batch]``."""
        for layer in range(self.num_layers):
            inputs = self._forward(layer, inputs, "test")[0][1:, :, :self.hidden_size]
        return self._readout(inputs)

    def _readout(self, states: np.ndarray) -> np.ndarray:
        weight, bias = self.weights["hidden_to_logits.weight"], self.weights["hidden_to_logits.bias"]
        return (weight @ states)[:, :, 0] + bias

    def _forward(self, layer: int, inputs: np.ndarray, kind: str = "") -> tuple[np.ndarray, ...]:
        """One layer's states, with what stood beside them, and what the steps leave for the way back.

        ``stacked [steps + 1, seeds, hidden + inputs + 1, batch]`` holds at t the
        state before step t, the input of step t and a 1, so that one product
        with :meth:`_matrix` gives all that goes into the step's activations.
        """
        steps, seeds, size, batch = inputs.shape
        hidden = self.hidden_size
        stacked = self._array(f"stacked {kind} {layer}", steps + 1, seeds, hidden + size + 1, batch)
        stacked[0, :, :hidden] = 0
        stacked[:-1, :, hidden:-1] = inputs
        stacked[:, :, -1] = 1
        before = self._array(f"before {kind} {layer}", steps, seeds, len(self.cell.rows) * hidden, batch)
        memory = self._memory(layer, kind, steps, seeds, batch)
        matrix = self._matrix(layer)
        for t in range(steps):
            np.matmul(matrix, stacked[t], out=before[t])
            self.cell.step(before[t], stacked[t, :, :hidden], self._of_step(memory, t), stacked[t + 1, :, :hidden])
        return stacked, before, memory

    def _memory(self, layer: int, kind: str, steps: int, seeds: int, batch: int) -> tuple[np.ndarray, ...] | None:
        """c before and after each step, and its tanh; None where the cell has no c."""
        if not self.cell.remembers:
            return None
        c = self._array(f"c {kind} {layer}", steps + 1, seeds, self.hidden_size, batch)
        c[0] = 0
        return c, self._array(f"tanh c {kind} {layer}", steps, seeds, self.hidden_size, batch)

    @staticmethod
    def _of_step(memory, t: int):
        return memory and (memory[0][t], memory[0][t + 1], memory[1][t])

    def _matrix(self, layer: int) -> np.ndarray:
        return self.cell.matrix(*self._parts(self.weights, layer))

    @staticmethod
    def _parts(named: dict[str, np.ndarray], layer: int) -> list[np.ndarray]:
        return [named[f"rnn.{name}_l{layer}"] for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]

    # ------------------------------------------------------------ backward

    def gradients(self, inputs: np.ndarray, targets: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, ...]:
        """Each network's mean loss ``[seeds]``, its logits, and the gradient of the loss ``[seeds, count]``.

        ``inputs [steps, seeds, 1, batch]``; ``targets`` and ``mask``
        ``[steps, seeds, batch]``, and so are the logits. Padding stands after the string,
        or before it and is run through.
        """
        hidden, layers = self.hidden_size, []
        for layer in range(self.num_layers):
            layers.append(self._forward(layer, inputs))
            inputs = layers[-1][0][1:, :, :hidden]
        logits = self._readout(inputs)
        loss, d_logits = _loss(logits, targets, mask)
        flat = np.empty_like(self.parameters)
        named = self._named(flat)
        named["hidden_to_logits.weight"][:] = _summed(d_logits[:, :, None], inputs)
        named["hidden_to_logits.bias"][:] = d_logits.sum((0, 2))[:, None]
        d_states = self.weights["hidden_to_logits.weight"].swapaxes(1, 2) * d_logits[:, :, None]
        for layer in reversed(range(self.num_layers)):
            d_states = self._backward(layer, *layers[layer], d_states, named)
        return loss, logits, flat

    def _backward(self, layer: int, stacked, before, memory, d_states, named) -> np.ndarray:
        """Fill in one layer's gradients; return the gradient at its inputs, ``[steps, seeds, inputs, batch]``."""
        hidden = self.hidden_size
        transposed = self.cell.slopes(self._matrix(layer))
        d_stacked = self._array(f"d stacked {layer}", *stacked.shape)
        d_stacked[-1] = 0
        carry = np.zeros_like(d_states[0])
        for t in reversed(range(len(before))):
            d_h = d_states[t]
            d_h += d_stacked[t + 1, :, :hidden]
            self.cell.back(before[t], d_h, stacked[t, :, :hidden], self._of_step(memory, t), carry)
            np.matmul(transposed, before[t], out=d_stacked[t])
        self.cell.unstack(_summed(before, stacked[:-1]), *self._parts(named, layer))
        return d_stacked[:-1, :, hidden:-1]


class Compiled(Ensemble):
    """The same interface by Numba (:mod:`~parity_lib.kernels`): for cells that have a kernel there.

    Its matrices stand in tiles of four rows by four columns, so units are filled
    up with zeros to a multiple of four. Where a cell has four rows, they go unit by unit. The columns are
    those of the layer's own state, of the state of the layer below where there is one, of the bit, and of the 1.
    """

    def __init__(self, models: Sequence[ParityRNN]) -> None:
        from parity_lib import kernels
        super().__init__(models)
        require_choice("models[0].cell", self.name, tuple(kernels.KINDS))
        self.kind, self._run = kernels.KINDS[self.name], kernels.run
        self.units = -(-self.hidden_size // 4) * 4
        self.columns = self.units * min(self.num_layers, 2) + 2

    def _places(self, layer: int) -> tuple[np.ndarray, np.ndarray]:
        """Rows and columns of the filled-up matrix where those of ``cell.matrix`` go."""
        unit, count = np.arange(self.hidden_size), len(self.cell.rows)
        rows = np.concatenate([unit * count + row for row in range(count)])
        inputs = [self.columns - 2] if layer == 0 else self.units + unit
        return rows[:, None], np.concatenate([unit, inputs, [self.columns - 1]])

    def _tiles(self) -> tuple[np.ndarray, ...]:
        """The tiles of the matrices, of their transposed, and the last two columns, as ``kernels.run`` takes them."""
        layers, seeds, rows = self.num_layers, len(self), len(self.cell.rows) * self.units
        whole = np.zeros((2, layers, seeds, rows, self.columns), self.parameters.dtype)
        for layer in range(layers):
            matrix, places = self._matrix(layer), self._places(layer)
            whole[0, layer][:, *places] = matrix
            whole[1, layer][:, *places] = self.cell.slopes(matrix).swapaxes(1, 2)
        blocks = whole[..., :-2].reshape(2, layers, seeds, rows // 4, 4, (self.columns - 2) // 4, 4)
        parts = blocks[0].transpose(0, 1, 2, 4, 3, 5), blocks[1].transpose(0, 1, 4, 2, 5, 3)
        forward, backward = (np.ascontiguousarray(part).reshape(*part.shape[:3], -1) for part in parts)
        return forward, backward, np.ascontiguousarray(whole[0, ..., -2:]).reshape(layers, seeds, rows // 4, 8)

    def _computed(self, inputs: np.ndarray, targets: np.ndarray, weights: np.ndarray, learns: bool):
        """Logits, and the gradients at the filled-up matrices and at the readout with its bias."""
        steps, seeds, _, batch = inputs.shape
        dtype, size = self.parameters.dtype, self.hidden_size
        readout = np.zeros((seeds, self.units + 1), dtype)
        readout[:, :size] = self.weights["hidden_to_logits.weight"][:, 0]
        readout[:, -1:] = self.weights["hidden_to_logits.bias"]
        logits, d_readout = np.empty((steps, seeds, batch), dtype), np.zeros_like(readout)
        shape = (self.num_layers if learns else 0, seeds, len(self.cell.rows) * self.units, self.columns)
        gradient = np.zeros(shape, dtype)
        arrays = (np.ascontiguousarray(part, dtype) for part in (inputs, targets, weights))
        self._run(self.kind, *self._tiles(), readout, *arrays, logits, gradient, d_readout,
                  dtype.type(0.5), dtype.type(1))
        return logits, gradient, d_readout

    def logits(self, inputs: np.ndarray) -> np.ndarray:
        nothing = np.empty((0, 0, 0))
        return self._computed(inputs, nothing, nothing, learns=False)[0]

    def gradients(self, inputs: np.ndarray, targets: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, ...]:
        weights = mask / mask.sum((0, 2), dtype=self.parameters.dtype)[:, None]
        logits, gradient, d_readout = self._computed(inputs, targets, weights, learns=True)
        losses = binary_cross_entropy_with_logits(
            *(torch.from_numpy(part) for part in (logits, targets)), torch.from_numpy(weights), reduction="none")
        flat = np.empty_like(self.parameters)
        named = self._named(flat)
        named["hidden_to_logits.weight"][:] = d_readout[:, None, :self.hidden_size]
        named["hidden_to_logits.bias"][:] = d_readout[:, -1:]
        for layer in range(self.num_layers):
            self.cell.unstack(gradient[layer][:, *self._places(layer)], *self._parts(named, layer))
        return losses.sum((0, 2)).numpy(), logits, flat


class OneByOne(Ensemble):
    """The same interface by PyTorch, one network after the other: faster for large LSTMs."""

    def __init__(self, models: Sequence[ParityRNN]) -> None:
        super().__init__(models)
        self.model = copy.deepcopy(models[0]).cpu()

    def _with_weights(self, row: int) -> ParityRNN:
        vector_to_parameters(torch.from_numpy(self.parameters[row].copy()), self.model.parameters())
        return self.model

    @torch.no_grad()
    def logits(self, inputs: np.ndarray) -> np.ndarray:
        return self._stacked([self._with_weights(row)(strings) for row, strings in enumerate(self._by_seed(inputs))])

    def gradients(self, inputs: np.ndarray, targets: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, ...]:
        losses, logits, flat = [], [], np.empty_like(self.parameters)
        parts = zip(*(self._by_seed(part[:, :, None] if part.ndim == 3 else part) for part in (inputs, targets, mask)),
                    strict=True)
        for row, (strings, labels, real) in enumerate(parts):
            model = self._with_weights(row)
            model.zero_grad()
            logits.append(model(strings))
            loss = masked_loss(logits[-1], labels, real[..., 0])
            loss.backward()
            losses.append(loss.item())
            flat[row] = parameters_to_vector([p.grad for p in model.parameters()]).numpy()
        return np.array(losses, self.parameters.dtype), self._stacked([one.detach() for one in logits]), flat

    @staticmethod
    def _by_seed(part: np.ndarray) -> torch.Tensor:
        """From ``[steps, seeds, 1, batch]`` to ``[seeds, batch, steps, 1]``."""
        return torch.from_numpy(np.ascontiguousarray(part.transpose(1, 3, 0, 2)))

    @staticmethod
    def _stacked(logits: list[torch.Tensor]) -> np.ndarray:
        """From ``[batch, steps, 1]`` for each seed to ``[steps, seeds, batch]``."""
        return torch.stack(logits)[..., 0].permute(2, 0, 1).numpy()


def _summed(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """The sum over steps and batch of left x right: ``[seeds, left's units, right's units]``."""
    return (left @ right.swapaxes(2, 3)).sum(0)


def _loss(logits: np.ndarray, targets: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Binary cross-entropy of each seed, a mean over its mask, and its gradient at the logits."""
    count = mask.sum((0, 2), dtype=logits.dtype)
    each = np.maximum(logits, 0) - logits * targets + np.log1p(np.exp(-np.abs(logits)))
    sigmoid = 0.5 * np.tanh(0.5 * logits) + 0.5
    return (each * mask).sum((0, 2)) / count, (sigmoid - targets) * mask / count[:, None]


BACKENDS = {"numpy": Ensemble, "numba": Compiled, "torch": OneByOne}


def chosen_backend(model: ParityRNN, batch_size: int) -> str:
    """Which of ``BACKENDS`` is the fastest for networks like this one.

    ``"numba"`` where it is installed and has a kernel, in float32: in float64 its tangent is not fast.
    """
    if model.cell == "lstm" and model.hidden_size * batch_size >= LARGE_LSTM:
        return "torch"
    if find_spec("numba") is None or model.hidden_to_logits.weight.dtype != torch.float32:
        return "numpy"
    from parity_lib import kernels
    return "numba" if model.cell in kernels.KINDS else "numpy"
