"""Compare the gradients at the states with the NumPy network, and test the networks of the experiment."""

import numpy as np
import pytest
import torch

from parity_lib.data import ParityTask
from parity_lib.models import ParityRNN
from parity_lib.numpy_rnn import NumpyRNN
from parity_study.state_gradients import orthogonal, state_gradients
from parity_study.trained_networks import TRAINED_ON


@pytest.mark.parametrize("cell", ["tanh", "relu"])
def test_state_gradients_are_those_of_the_network_in_numpy(cell):
    model = ParityRNN(6, cell, seed=3)
    strings, seed = 5, 7
    norms = state_gradients(model, strings, seed)["h"]
    batch = ParityTask(TRAINED_ON).batch(strings, np.random.default_rng(seed))
    network = NumpyRNN.from_torch(model)
    logits, states = network.forward(batch.inputs.double().numpy())
    d_logits = np.zeros_like(logits)
    d_logits[:, -1] = 1 / (1 + np.exp(-logits[:, -1])) - batch.targets[:, -1].numpy()
    at_states = network.backward(batch.inputs.double().numpy(), states, d_logits)["h"]
    expected = np.linalg.norm(at_states, axis=-1).mean(0)[1:]
    np.testing.assert_allclose(norms, expected, rtol=1e-9)


def test_state_gradients_of_an_lstm_have_a_cell_that_the_last_loss_does_not_read():
    norms = state_gradients(ParityRNN(3, "lstm"), 2, 0)
    assert norms.keys() == {"h", "c"}
    assert norms["c"][-1] == 0
    assert (norms["c"][:-1] > 0).all()


def test_the_recurrent_weights_are_a_multiple_of_an_orthogonal_matrix():
    V = orthogonal(1.5, seed=0).rnn.weight_hh_l0.detach()
    torch.testing.assert_close(V @ V.T, 1.5**2 * torch.eye(16), atol=1e-5, rtol=0)
