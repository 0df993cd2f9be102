"""Each cell's step is that of PyTorch's own cell and its way back is that of autograd; a new cell takes two entries."""

import numpy as np
import pytest
import torch
from torch import nn

from parity_lib import models
from parity_lib.cells import CELLS, Cell, Row, by_row, from_tanh_to_sigmoid, times_slope
from parity_lib.data import ParityTask
from parity_lib.ensemble import train_together
from parity_lib.models import ParityRNN
from parity_lib.nets import Ensemble
from parity_lib.training import masked_loss, train

OF_PYTORCH = {"tanh": nn.RNNCell, "relu": lambda *sizes: nn.RNNCell(*sizes, nonlinearity="relu"),
              "lstm": nn.LSTMCell, "gru": nn.GRUCell}
INPUTS, HIDDEN, BATCH = 2, 3, 5

each_cell = pytest.mark.parametrize("name", OF_PYTORCH)


def a_step(name, dtype=torch.float64):
    """PyTorch's cell, an input, and a state: h, and c beside it where the cell has one."""
    torch.manual_seed(0)
    cell = OF_PYTORCH[name](INPUTS, HIDDEN).to(dtype)
    state = torch.randn(BATCH, HIDDEN * (2 if name == "lstm" else 1), dtype=dtype)
    return cell, torch.randn(BATCH, INPUTS, dtype=dtype), state


def of_pytorch(cell, x, state):
    if isinstance(cell, nn.LSTMCell):
        return torch.cat(cell(x, tuple(state.chunk(2, dim=1))), dim=1)
    return cell(x, state)


def arrays(cell):
    return [p.detach().numpy() for p in cell.parameters()]


@each_cell
@pytest.mark.parametrize(("dtype", "close"), [(torch.float64, 1e-15), (torch.float32, 5e-7)])
def test_a_step_is_that_of_pytorch_in_its_dtype(name, dtype, close):
    cell, x, state = a_step(name, dtype)
    assert [key for key, _ in cell.named_parameters()] == ["weight_ih", "weight_hh", "bias_ih", "bias_hh"]
    found = CELLS[name].next_state(x.numpy(), state.numpy(), *arrays(cell))
    assert found.dtype == x.numpy().dtype
    np.testing.assert_allclose(found, of_pytorch(cell, x, state).detach(), rtol=0, atol=close)


@each_cell
def test_the_way_back_is_that_of_autograd(name):
    torch_cell, x, state = a_step(name)
    state.requires_grad_()
    x.requires_grad_()
    after = of_pytorch(torch_cell, x, state)
    d_after = torch.randn_like(after)
    after.backward(d_after)

    cell, weights = CELLS[name], arrays(torch_cell)
    h_before, c_before = state.detach().numpy()[:, :HIDDEN].T, state.detach().numpy()[:, HIDDEN:].T
    stacked = np.concatenate([h_before, x.detach().numpy().T, np.ones((1, BATCH))])
    matrix = cell.matrix(*weights)
    before, h = matrix @ stacked, np.empty((HIDDEN, BATCH))
    memory = (c_before, np.empty_like(h), np.empty_like(h)) if cell.remembers else None
    cell.step(before, h_before, memory, h)
    carry = d_after.numpy()[:, HIDDEN:].T.copy() if cell.remembers else np.zeros_like(h)
    cell.back(before, d_after.numpy()[:, :HIDDEN].T, h_before, memory, carry)
    d_stacked = cell.slopes(matrix) @ before

    d_h = d_stacked[:HIDDEN] + (0 if cell.remembers else carry)
    expected = [carry] if cell.remembers else []
    np.testing.assert_allclose(np.concatenate([d_h, *expected]).T, state.grad, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(d_stacked[HIDDEN:-1].T, x.grad, rtol=1e-12, atol=1e-14)
    gradients = [np.full_like(weight, np.nan) for weight in weights]
    cell.unstack(before @ stacked.T, *gradients)
    for found, parameter in zip(gradients, torch_cell.parameters(), strict=True):
        np.testing.assert_allclose(found, parameter.grad, rtol=1e-12, atol=1e-14)


def test_many_networks_side_by_side_are_each_alone():
    rng = np.random.default_rng(0)
    for cell in CELLS.values():
        gates = 1 + max(row.gate for row in cell.rows)
        weights = [rng.standard_normal((4, gates * HIDDEN, *rest)) for rest in ((INPUTS,), (HIDDEN,), (), ())]
        together = cell.matrix(*weights)
        for seed in range(4):
            assert np.array_equal(together[seed], cell.matrix(*(weight[seed] for weight in weights)))


# A new cell: a class with an entry in CELLS, its module with an entry in MODULES


class OneGate(Cell):
    """A minimal gated unit (Zhou et al. 2016), its gate put where the GRU of PyTorch has its own.

    h = (1 - f) n + f h_before with n = tanh(n_input + f n_state). The carry is the gradient at h through f alone.
    """

    rows = (Row(0, sigmoid=True), Row(1, "input"), Row(1, "state"))

    def step(self, before, h_before, memory, h):
        f, n, n_state = by_row(before, 3)
        np.tanh(f, out=f)
        from_tanh_to_sigmoid(f)
        n += f * n_state
        np.tanh(n, out=n)
        h[...] = (1 - f) * n + f * h_before

    def back(self, before, d_h, h_before, memory, carry):
        f, n, n_state = by_row(before, 3)
        d_h = d_h + carry
        carry[...] = d_h * f
        d_f = d_h * (h_before - n)
        n[...] = (d_h - carry) * (1 - n * n)
        d_f += n * n_state
        np.multiply(n, f, out=n_state)
        times_slope(f, d_f)


class OneGateModule(nn.Module):
    """The same for autograd, in the form of ``nn.GRU``."""

    def __init__(self, input_size, hidden_size, num_layers, batch_first):
        super().__init__()
        self.layers = num_layers
        for layer in range(num_layers):
            inputs = input_size if layer == 0 else hidden_size
            shapes = {"weight_ih": (inputs,), "weight_hh": (hidden_size,), "bias_ih": (), "bias_hh": ()}
            for name, rest in shapes.items():
                setattr(self, f"{name}_l{layer}", nn.Parameter(torch.empty(2 * hidden_size, *rest)))

    def forward(self, inputs):
        for layer in range(self.layers):
            weight_ih, weight_hh, bias_ih, bias_hh = (
                getattr(self, f"{name}_l{layer}") for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
            h, states = inputs.new_zeros(len(inputs), weight_hh.shape[1]), []
            for x in inputs.unbind(1):
                (f, n), (f_state, n_state) = (
                    part.chunk(2, dim=1) for part in (x @ weight_ih.T + bias_ih, h @ weight_hh.T + bias_hh))
                f = torch.sigmoid(f + f_state)
                h = (1 - f) * torch.tanh(n + f * n_state) + f * h
                states.append(h)
            inputs = torch.stack(states, dim=1)
        return inputs, h


@pytest.fixture
def one_gate(monkeypatch):
    monkeypatch.setitem(CELLS, "one gate", OneGate())
    monkeypatch.setitem(models.MODULES, "one gate", OneGateModule)
    return "one gate"


@pytest.mark.parametrize("layers", [1, 2])
def test_the_gradients_of_a_new_cell_are_those_of_autograd(one_gate, layers):
    net = ParityRNN(4, one_gate, layers, seed=1).double()
    batch = ParityTask((1, 9), "end").batch(6, np.random.default_rng(0))
    masked_loss(net(batch.inputs), batch.targets, batch.mask).backward()
    inputs, targets, mask = (part.numpy().reshape(6, 9).T[:, None] for part in batch[:3])
    _, _, gradients = Ensemble([net]).gradients(inputs[:, :, None].astype(float), targets.astype(float), mask)
    of_torch = nn.utils.parameters_to_vector([p.grad for p in net.parameters()])
    np.testing.assert_allclose(gradients[0], of_torch, rtol=1e-9, atol=1e-13)


def test_a_new_cell_learns_alone_and_together(one_gate):
    nets = [[ParityRNN(8, one_gate, seed=seed).double() for seed in range(2)] for _ in range(2)]
    settings = {"max_steps": 300, "lr": 0.02, "clip": 1.0, "validation_size": 200, "validate_every": 300,
                "progress": False}
    apart = [train(net, ParityTask(4), seed=seed, **settings) for seed, net in enumerate(nets[0])]
    together = train_together(nets[1], ParityTask(4), seeds=range(2), **settings)
    for one, other in zip(apart, together, strict=True):
        np.testing.assert_allclose(one.loss[:50], other.loss[:50], rtol=1e-8)
    for group in (apart, together):
        assert min(history.loss[-1] / history.loss[0] for history in group) < 0.5


def test_a_cell_that_nobody_registered_is_refused():
    with pytest.raises(ValueError, match=r"^cell must be 'tanh' or 'relu' or 'lstm' or 'gru', but it is 'one gate'$"):
        ParityRNN(4, "one gate")
