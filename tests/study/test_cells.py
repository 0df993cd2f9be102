"""Compare the forward and the backward pass of each cell with PyTorch, and add a new cell."""

import numpy as np
import pytest
import torch
from torch import nn

from parity_lib import models
from parity_lib.data import ParityTask
from parity_lib.models import ParityRNN
from parity_lib.training import masked_loss
from parity_study.batched_networks import Ensemble
from parity_study.cells import CELLS, Cell

TORCH_CELLS = {"tanh": nn.RNNCell, "relu": lambda *sizes: nn.RNNCell(*sizes, nonlinearity="relu"),
               "lstm": nn.LSTMCell, "gru": nn.GRUCell}
INPUTS, HIDDEN, BATCH = 2, 3, 5

each_cell = pytest.mark.parametrize("name", TORCH_CELLS)


def random_step(name, dtype=torch.float64):
    """Return PyTorch's cell with random weights, an input, and a state, which is h or h and c concatenated."""
    torch.manual_seed(0)
    cell = TORCH_CELLS[name](INPUTS, HIDDEN).to(dtype)
    state = torch.randn(BATCH, HIDDEN * (2 if name == "lstm" else 1), dtype=dtype)
    return cell, torch.randn(BATCH, INPUTS, dtype=dtype), state


def torch_next_state(cell, x, state):
    if isinstance(cell, nn.LSTMCell):
        return torch.cat(cell(x, tuple(state.chunk(2, dim=1))), dim=1)
    return cell(x, state)


def weight_arrays(cell):
    return [p.detach().numpy() for p in cell.parameters()]


@each_cell
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-15), (torch.float32, 5e-7)])
def test_the_next_state_is_that_of_pytorch_in_its_dtype(name, dtype, tolerance):
    cell, x, state = random_step(name, dtype)
    assert [key for key, _ in cell.named_parameters()] == ["weight_ih", "weight_hh", "bias_ih", "bias_hh"]
    next_state = CELLS[name].next_state(x.numpy(), state.numpy(), *weight_arrays(cell))
    assert next_state.dtype == x.numpy().dtype
    np.testing.assert_allclose(next_state, torch_next_state(cell, x, state).detach(), rtol=0, atol=tolerance)


@each_cell
def test_the_backward_pass_is_that_of_autograd(name):
    torch_cell, x, state = random_step(name)
    state.requires_grad_()
    x.requires_grad_()
    next_state = torch_next_state(torch_cell, x, state)
    d_next_state = torch.randn_like(next_state)
    next_state.backward(d_next_state)

    cell, weights = CELLS[name], weight_arrays(torch_cell)
    h_before, c_before = state.detach().numpy()[:, :HIDDEN].T, state.detach().numpy()[:, HIDDEN:].T
    stacked = np.concatenate([h_before, x.detach().numpy().T, np.ones((1, BATCH))])
    matrix = cell.weight_matrix(*weights)
    pre_activation, h = matrix @ stacked, np.empty((HIDDEN, BATCH))
    cell_state = (c_before, np.empty_like(h), np.empty_like(h)) if cell.has_cell_state else None
    cell.forward(pre_activation, h_before, cell_state, h)
    carry = d_next_state.numpy()[:, HIDDEN:].T.copy() if cell.has_cell_state else np.zeros_like(h)
    cell.backward(pre_activation, d_next_state.numpy()[:, :HIDDEN].T, h_before, cell_state, carry)
    d_stacked = cell.backward_matrix(matrix) @ pre_activation

    d_h = d_stacked[:HIDDEN] + (0 if cell.has_cell_state else carry)
    d_c = [carry] if cell.has_cell_state else []
    np.testing.assert_allclose(np.concatenate([d_h, *d_c]).T, state.grad, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(d_stacked[HIDDEN:-1].T, x.grad, rtol=1e-12, atol=1e-14)
    gradients = [np.full_like(weight, np.nan) for weight in weights]
    cell.split_gradient(pre_activation @ stacked.T, *gradients)
    for gradient, parameter in zip(gradients, torch_cell.parameters(), strict=True):
        np.testing.assert_allclose(gradient, parameter.grad, rtol=1e-12, atol=1e-14)


class Averaging(Cell):
    """A cell whose new state is the mean of the old one and of tanh(pre_activation).

    The carry is the gradient that reaches h_before through the mean.
    """

    def forward(self, pre_activation, h_before, cell_state, h):
        np.tanh(pre_activation, out=pre_activation)
        h[...] = (h_before + pre_activation) / 2

    def backward(self, pre_activation, d_h, h_before, cell_state, carry):
        carry[...] = (d_h + carry) / 2
        pre_activation[...] = carry * (1 - pre_activation * pre_activation)


class AveragingModule(nn.RNN):
    """The same cell for autograd."""

    def forward(self, inputs):
        for weight_ih, weight_hh, bias_ih, bias_hh in self.all_weights:
            h, states = inputs.new_zeros(len(inputs), self.hidden_size), []
            for x in inputs.unbind(1):
                h = (h + torch.tanh(x @ weight_ih.T + bias_ih + h @ weight_hh.T + bias_hh)) / 2
                states.append(h)
            inputs = torch.stack(states, dim=1)
        return inputs, h


@pytest.fixture
def averaging(monkeypatch):
    monkeypatch.setitem(CELLS, "averaging", Averaging())
    monkeypatch.setitem(models.MODULES, "averaging", AveragingModule)
    return "averaging"


@pytest.mark.parametrize("layers", [1, 2])
def test_the_gradients_of_a_new_cell_are_those_of_autograd(averaging, layers):
    model = ParityRNN(4, averaging, layers, seed=1).double()
    batch = ParityTask((1, 9), "end").batch(6, np.random.default_rng(0))
    masked_loss(model(batch.inputs), batch.targets, batch.mask).backward()
    inputs, targets, mask = (part.numpy().reshape(6, 9).T[:, None] for part in batch[:3])
    _, _, gradients = Ensemble([model]).gradients(inputs[:, :, None].astype(float), targets.astype(float), mask)
    torch_gradient = nn.utils.parameters_to_vector([p.grad for p in model.parameters()])
    np.testing.assert_allclose(gradients[0], torch_gradient, rtol=1e-9, atol=1e-13)
