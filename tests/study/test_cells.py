"""Compare a time step of each cell with PyTorch, and add a new cell; test_ensemble compares the gradients."""

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
