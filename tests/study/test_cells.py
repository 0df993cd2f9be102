"""Compare a time step of each cell with PyTorch; test_ensemble compares training, and so the gradients."""

import pytest
import torch
from torch import nn

from parity_study.cells import CELLS

TORCH_CELLS = {"tanh": nn.RNNCell, "relu": lambda *sizes: nn.RNNCell(*sizes, nonlinearity="relu"),
               "lstm": nn.LSTMCell, "gru": nn.GRUCell}
INPUTS, HIDDEN, BATCH = 2, 3, 5


@pytest.mark.parametrize("name", TORCH_CELLS)
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-15), (torch.float32, 5e-7)])
def test_the_next_state_is_that_of_pytorch_in_its_dtype(name, dtype, tolerance):
    torch.manual_seed(0)
    cell, x = TORCH_CELLS[name](INPUTS, HIDDEN).to(dtype), torch.randn(BATCH, INPUTS, dtype=dtype)
    state = torch.randn(BATCH, HIDDEN * (2 if name == "lstm" else 1), dtype=dtype)
    expected = torch.cat(cell(x, state.chunk(2, dim=1)), dim=1) if name == "lstm" else cell(x, state)
    (U, V, b_input, b_state), hidden = (weight.detach() for weight in cell.parameters()), state.mT[:HIDDEN]
    parts = U @ x.mT + b_input[:, None], V @ hidden + b_state[:, None]
    next_state = torch.cat(CELLS[name](*parts, state.mT.split(HIDDEN))).mT
    torch.testing.assert_close(next_state, expected.detach(), rtol=0, atol=tolerance)
