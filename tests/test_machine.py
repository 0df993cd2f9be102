"""The machine inside a net, and one time step of a net in NumPy."""

from copy import deepcopy

import numpy as np
import pytest
import torch

from parity_lib import NumpyRNN, ParityRNN, by_hand
from parity_lib.machine import Automaton, NumpyCell, extract
from tests.nets import CELLS, gru_8, next_states, tanh_8, wide_net


@pytest.mark.parametrize("kind", CELLS)
def test_a_step_in_numpy_is_the_step_of_pytorch(kind):
    model = wide_net(kind, seed=1, hidden=5, dtype=torch.float64)
    cell, rng = NumpyCell(model), np.random.default_rng(0)
    states = rng.normal(size=(50, cell.size))
    for bit in (0, 1):
        np.testing.assert_allclose(cell.state(states, np.full(50, bit)), next_states(model, states, bit), atol=1e-13)


def test_a_step_is_that_of_the_net_written_out():
    model = wide_net("tanh", seed=2)
    states = np.random.default_rng(0).normal(size=(20, 3))
    ours = NumpyCell(model).state(states, np.ones(20))
    np.testing.assert_allclose(ours, NumpyRNN.from_torch(model).step(np.ones((20, 1)), states), atol=1e-13)


def test_a_machine_is_minimised_to_the_same_answers():
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
    # Odd only after two 1s in a row: state 1 and state 0 answer alike and go different ways.
    machine = Automaton(np.array([[0, 1], [0, 2], [0, 2]]), np.array([False, False, True]))
    assert len(machine.minimised()) == 3


@pytest.mark.parametrize("kind", CELLS)
def test_nets_by_hand_hold_the_two_state_machine(kind):
    small = extract(by_hand(kind)).automaton.minimised()
    assert small.successors.tolist() == [[0, 1], [1, 0]]
    assert small.odd.tolist() == [False, True]


def test_two_tanh_units_have_three_clusters_two_of_them_even():
    found = extract(by_hand("tanh"))
    assert found.agreement == 1
    assert len(found.centres) == 3
    assert found.automaton.odd.tolist().count(True) == 1
    even = found.centres[~found.automaton.odd[1:]]
    assert sorted(np.sign(even).tolist()) == [[-1, -1], [1, 1]]


def test_trained_nets_hold_the_two_state_machine():
    bits = np.random.default_rng(0).integers(2, size=(2, 200, 50))        # what extract reads, and what it asks
    exact = [net for net in (*tanh_8().values(), *gru_8().values()) if right(net, bits.reshape(-1, 50))]
    assert len(exact) >= 5       # a net may err where the machine does not: which ones do hangs on last digits
    for net in exact:
        found = extract(net, most=20)
        assert found.agreement == 1
        assert found.automaton.minimised().successors.tolist() == [[0, 1], [1, 0]]
        assert found.states.shape[0] == len(found.cluster) == 200 * 50


def right(net, bits):
    """Whether a net says the parity after every bit of the strings ``[count, steps]``, by PyTorch in float64."""
    with torch.no_grad():
        logits = deepcopy(net).double()(torch.from_numpy(bits[..., None]).double())[..., 0]
    return bool(((logits.numpy() > 0) == (bits.cumsum(axis=1) % 2 == 1)).all())


def test_an_untrained_net_holds_another_machine():
    found = extract(ParityRNN(4, "tanh", seed=0), strings=20, steps=20)
    assert found.automaton.minimised().successors.tolist() != [[0, 1], [1, 0]]


@pytest.mark.parametrize(("call", "named"), [
    (lambda: extract("net"), "model"),
    (lambda: extract(ParityRNN(4, "tanh", num_layers=2)), "model.num_layers"),
    (lambda: extract(by_hand("tanh"), most=0), "most"),
    (lambda: extract(by_hand("tanh"), seed=-1), "seed"),
])
def test_wrong_arguments_are_named(call, named):
    with pytest.raises(ValueError, match=f"^{named} must be"):
        call()
