"""Compare signal and noise with gradients that autograd computes for each string separately."""

import itertools

import numpy as np
import pytest
import torch
from torch.nn.functional import binary_cross_entropy_with_logits
from torch.nn.utils import parameters_to_vector

from parity_lib.models import ParityRNN
from parity_study.all_strings import AllStrings
from parity_study.experiments.label_signal import signal_and_noise

BITS = 4
STRINGS = list(itertools.product([0, 1], repeat=BITS))
CELLS = ("tanh", "relu", "lstm", "gru")


def measure(network, bits):
    """Return the signal and the noise of a network as numbers."""
    return dict(zip(("signal", "noise"), signal_and_noise(AllStrings([network.double()], bits)), strict=True))


def gradients_by_string(network, loss):
    """Return the gradient of ``loss(logit, label)`` at the last time step of each string: ``[strings, weights]``."""
    rows = []
    for string in STRINGS:
        network.zero_grad()
        logit = network(torch.tensor(string, dtype=torch.float64).reshape(1, -1, 1))[0, -1, 0]
        loss(logit, torch.tensor(sum(string) % 2, dtype=torch.float64)).backward()
        rows.append(parameters_to_vector([p.grad for p in network.parameters()]).numpy().copy())
    return np.array(rows)


@pytest.mark.parametrize("cell", CELLS)
def test_the_signal_is_the_labels_part_of_the_whole_gradient(cell):
    network = ParityRNN(3, cell, seed=1).double()
    true = gradients_by_string(network, binary_cross_entropy_with_logits).mean(axis=0)
    flipped = gradients_by_string(
        network, lambda logit, odd: binary_cross_entropy_with_logits(logit, 1 - odd)).mean(axis=0)
    measured = measure(network, BITS)
    # The rest is the same with all labels flipped, so half of the difference is the labels' part.
    assert measured["signal"] == pytest.approx(np.linalg.norm(true - flipped) / 2, rel=1e-9)


@pytest.mark.parametrize("cell", CELLS)
def test_the_noise_is_a_single_strings_gradient_along_the_signal(cell):
    network = ParityRNN(6, cell, seed=1).double()     # relu 3 of this seed is linear on these strings: no signal at all
    signed = gradients_by_string(network, lambda logit, odd: (2 * odd - 1) * logit).mean(axis=0)
    along = gradients_by_string(network, binary_cross_entropy_with_logits) @ (signed / np.linalg.norm(signed))
    measured = measure(network, BITS)["noise"]     # a central difference with a step of 1e-4
    assert measured == pytest.approx(along.std(), rel=1e-5)


def test_a_network_with_constant_answers_has_neither():
    network = ParityRNN(3, "relu", seed=0).double()
    with torch.no_grad():
        network.hidden_to_logits.weight.zero_()
        network.rnn.bias_ih_l0.fill_(-9)     # no unit is ever above 0
    network.hidden_to_logits.bias.data.zero_()
    measured = measure(network, BITS)
    assert measured["signal"] == 0
    assert measured["noise"] == pytest.approx(0, abs=1e-12)
