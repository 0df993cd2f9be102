"""Extract the state machine inside a network, and compare a time step in NumPy with PyTorch's."""

from copy import deepcopy

import numpy as np
import pytest
import torch

from parity_lib.models import ParityRNN, by_hand
from parity_study.extraction import Automaton, extract
from tests.study.networks import CELLS, stored

PARITY = [[0, 1], [1, 0]]


def test_a_minimised_machine_gives_the_same_answers():
    rng = np.random.default_rng(0)
    bits = rng.integers(2, size=(20, 60))
    for _ in range(50):
        count = int(rng.integers(1, 9))
        machine = Automaton(rng.integers(count, size=(count, 2)), rng.integers(2, size=count) == 1)
        small = machine.minimised()
        assert np.array_equal(machine.answers(bits), small.answers(bits))
        assert len(small) <= len(machine)
        assert len(small.minimised()) == len(small)


def test_states_that_differ_only_later_stay_apart():
    # This machine answers odd only after two 1s in a row: states 0 and 1 have the same answer but other successors.
    machine = Automaton(np.array([[0, 1], [0, 2], [0, 2]]), np.array([False, False, True]))
    assert len(machine.minimised()) == 3


@pytest.mark.parametrize("kind", CELLS)
def test_networks_by_hand_contain_the_machine_with_two_states(kind):
    small = extract(by_hand(kind)).automaton.minimised()
    assert small.successors.tolist() == PARITY
    assert small.odd.tolist() == [False, True]


@pytest.mark.slow
def test_trained_networks_contain_the_machine_with_two_states():
    bits = np.random.default_rng(0).integers(2, size=(2, 200, 50))  # the strings that extract draws
    models = [*stored("tanh 8", "certified", 3), *stored("gru 8", "refuted", 3)]
    correct = [model for model in models if is_correct(model, bits.reshape(-1, 50))]
    assert len(correct) >= 5
    for model in correct:
        extraction = extract(model, most=20)
        assert extraction.agreement == 1
        assert extraction.automaton.minimised().successors.tolist() == PARITY


def is_correct(model, bits):
    """Return whether a network, run by PyTorch in float64, is correct after every bit of ``bits [count, steps]``."""
    with torch.no_grad():
        logits = deepcopy(model).double()(torch.from_numpy(bits[..., None]).double())[..., 0]
    return bool(((logits.numpy() > 0) == (bits.cumsum(axis=1) % 2 == 1)).all())


def test_an_untrained_network_contains_another_machine():
    extraction = extract(ParityRNN(4, "tanh", seed=0), strings=20, steps=20)
    assert extraction.automaton.minimised().successors.tolist() != PARITY


def test_clusters_that_no_state_belongs_to_are_left_out():
    model = ParityRNN(2, "relu")
    with torch.no_grad():
        for parameter in model.rnn.parameters():
            parameter.zero_()
        model.hidden_to_logits.bias.fill_(1)  # odd even before the first bit, so no machine agrees with it
    extraction = extract(model, strings=5, steps=5, most=3)
    assert extraction.centres.tolist() == [[0, 0]]


@pytest.mark.parametrize(("call", "named"), [
    (lambda: extract("net"), "model"),
    (lambda: extract(ParityRNN(4, "tanh", num_layers=2)), "model.num_layers"),
    (lambda: extract(by_hand("tanh"), most=0), "most"),
])
def test_wrong_arguments_are_named(call, named):
    with pytest.raises(ValueError, match=f"^{named} must be"):
        call()
