"""The references of the checks of *LSTM comparison* agree with PyTorch, and each gate of the memory cell matters."""

import numpy as np
import pytest
import torch
from torch import nn

from parity_checks.lstm_comparison import comparison as plans
from parity_checks.lstm_comparison import (
    first_error,
    hidden_states,
    long_inputs,
    next_states,
    random_inputs,
    stored_values,
)
from tests.submissions import bank


def test_hidden_states_are_those_of_pytorch():
    rng = np.random.default_rng(0)
    weights = {"weight_ih": rng.normal(size=(4, 4)), "weight_hh": rng.normal(size=(4, 1)),
               "bias_ih": rng.normal(size=4), "bias_hh": rng.normal(size=4)}
    inputs = random_inputs(rng, 5, 30)
    lstm = nn.LSTM(4, 1, batch_first=True, dtype=torch.float64)
    lstm.load_state_dict({f"{name}_l0": torch.from_numpy(value) for name, value in weights.items()})
    with torch.no_grad():
        expected = lstm(torch.from_numpy(inputs).double())[0][..., 0].numpy()
    np.testing.assert_allclose(hidden_states(weights, inputs), expected, atol=1e-12)


def test_the_next_states_are_those_of_pytorch():
    rng, cell = np.random.default_rng(0), nn.LSTMCell(2, 3, dtype=torch.float64)
    x, h, c = torch.from_numpy(rng.normal(size=(5, 2))), *torch.from_numpy(10 * rng.normal(size=(2, 5, 3)))
    weights = {name: parameter.detach().numpy() for name, parameter in cell.named_parameters()}
    expected = [state.detach().numpy() for state in cell(x, (h, c))]
    np.testing.assert_allclose(next_states(x.numpy(), h.numpy(), c.numpy(), weights), expected, atol=1e-12)


def test_stored_values_follow_the_words_of_the_task():
    inputs = np.array([[int(bit) for bit in step] for step in ("0001", "1100", "0001", "0101", "1111", "1010", "1000")])
    assert stored_values(inputs[None])[0].tolist() == [0, 1, 1, -1, 1, 0, 0]


def test_long_inputs_wait_with_each_value_and_without_one():
    inputs = long_inputs(np.random.default_rng(0))
    assert inputs.shape[1:] == (1000, 4)
    assert set(stored_values(inputs)[:27, -1]) == {-1, 0, 1}


@pytest.mark.parametrize(("row", "column"), [(0, 1), (1, 1), (1, 2), (2, 0), (3, 3)])
def test_each_weight_of_the_model_answer_is_needed(row, column):
    cells, names = bank.authoring.notebook(bank.published("lstm_comparison")).cells, {"np": np}
    exec(next(cell.source for cell in cells if cell.id == "memory-cell"), names)
    weights = names["memory_cell"]()
    weights["weight_ih"][row, column] = 0
    assert first_error(weights, random_inputs(np.random.default_rng(1), 200, 12)) is not None


@pytest.mark.parametrize("units", [1, 2, 5, 8, 30])
def test_parameters_are_counted_as_pytorch_counts_them(units):
    for net, layer in (("RNN", nn.RNN), ("LSTM", nn.LSTM)):
        modules = layer(1, units), nn.Linear(units, 1)
        assert plans.parameters(net, units) == sum(p.numel() for module in modules for p in module.parameters())
    matched = plans.matched_units(units)
    assert plans.parameters("RNN", matched) >= plans.parameters("LSTM", units) > plans.parameters("RNN", matched - 1)
