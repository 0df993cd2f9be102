"""Compare signal and noise with gradients that autograd computes for each string separately."""

import copy
import itertools

import numpy as np
import pytest
import torch
from torch.nn.functional import binary_cross_entropy_with_logits
from torch.nn.utils import parameters_to_vector

from parity_lib import ParityRNN, by_hand
from parity_study.experiments.condition import Enumerated
from parity_study.experiments.signal_and_noise import MEASURED, Measured, signal_and_noise, train_and_measure
from parity_study.full_batch import StringTree

BITS = 4
STRINGS = list(itertools.product([0, 1], repeat=BITS))
CELLS = ("tanh", "relu", "lstm", "gru")


def measure(network, bits):
    """Return the signal, noise and gradient of a network as numbers."""
    return {name: float(values[0]) for name, values in signal_and_noise(StringTree([network.double()], bits)).items()}


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
    assert measured["gradient"] == pytest.approx(np.linalg.norm(true), rel=1e-9)
    # The rest is the same with all labels flipped, so half of the difference is the labels' part.
    assert measured["signal"] == pytest.approx(np.linalg.norm(true - flipped) / 2, rel=1e-9)


@pytest.mark.parametrize("cell", CELLS)
def test_the_noise_is_a_single_strings_gradient_along_the_signal(cell):
    network = ParityRNN(6, cell, seed=1).double()     # relu 3 of this seed is linear on these strings: no signal at all
    signed = gradients_by_string(network, lambda logit, odd: (2 * odd - 1) * logit).mean(axis=0)
    along = gradients_by_string(network, binary_cross_entropy_with_logits) @ (signed / np.linalg.norm(signed))
    measured = measure(network, BITS)["noise"]     # a central difference with a step of 1e-4
    assert measured == pytest.approx(along.std(), rel=1e-5)


def test_the_signal_of_a_network_by_hand_does_not_shrink_with_the_length_and_a_fresh_ones_does():
    untrained, by_hand_relu = ParityRNN(2, "relu", seed=0), by_hand("relu")
    assert measure(by_hand_relu, 10)["signal"] > 0.5 * measure(by_hand_relu, 2)["signal"]
    assert measure(untrained, 10)["signal"] < 1e-3 * measure(untrained, 1)["signal"]


def test_a_network_with_constant_answers_has_neither():
    network = ParityRNN(3, "relu", seed=0).double()
    with torch.no_grad():
        network.hidden_to_logits.weight.zero_()
        network.rnn.bias_ih_l0.fill_(-9)     # no unit is ever above 0
    network.hidden_to_logits.bias.data.zero_()
    measured = measure(network, BITS)
    assert measured["signal"] == 0
    assert measured["noise"] == pytest.approx(0, abs=1e-12)


def test_measuring_changes_nothing_and_is_about_the_network_at_that_time():
    condition = Enumerated(bits=3, cell="lstm", max_steps=100)
    measured, alone = train_and_measure(condition, range(2), (50, 100)), condition.train(range(2))
    fresh = [measure(copy.deepcopy(network), 3) for network in condition.models(range(2))]
    for row, unmeasured, at_first in zip(measured, alone, fresh, strict=True):
        assert {key: row[key] for key in unmeasured} == unmeasured
        for name, value in at_first.items():
            assert row[name][0] == pytest.approx(value, rel=1e-6)
            assert len(row[name]) == 3


def test_a_measured_condition_measures_the_untrained_networks_in_float64():
    condition = Measured(bits=3, batch_size=8, weight_scale=3.0, forget_bias=2.0, max_steps=50)
    rows = condition.train(range(2))
    repeated = train_and_measure(Enumerated(bits=3, batch_size=8, weight_scale=3.0, forget_bias=2.0, max_steps=50),
                                 range(2), at=())
    for row, other in zip(rows, repeated, strict=True):
        assert row["steps"] == other["steps"]
        assert [row[name] for name in MEASURED] == pytest.approx([other[name][0] for name in MEASURED])
    summary = condition.summarise(rows)
    assert summary["signal"] == pytest.approx([row["signal"] for row in rows], rel=1e-5)
