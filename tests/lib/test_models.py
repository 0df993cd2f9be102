"""Test that the networks in PyTorch and NumPy agree, and that those made by hand are correct on every string."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from parity_lib.data import ParityTask, random_bits, running_parity
from parity_lib.models import MODULES, ParityRNN, by_hand
from parity_lib.numpy_rnn import NumpyRNN
from parity_lib.padding import length_mask

DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]
BY_HAND_UNITS = {"tanh": 2, "relu": 2, "gru": 1, "lstm": 1}

each_cell = pytest.mark.parametrize("cell", MODULES)
properties = settings(deadline=None, max_examples=60, derandomize=True)


def all_strings(steps):
    """Return every string of ``steps`` bits; their prefixes are all shorter strings."""
    return np.array(list(itertools.product((0, 1), repeat=steps)), dtype=np.uint8)


@torch.no_grad()
def wrong_rows(model, bits):
    """Return for each string whether the network errs after any of its bits."""
    odd = model(torch.from_numpy(bits).unsqueeze(-1)).squeeze(-1) > 0
    return (odd.numpy() != running_parity(bits)).any(axis=1)


def gradients(model):
    return {name: parameter.grad.clone() for name, parameter in model.named_parameters()}


# ParityRNN

@each_cell
@pytest.mark.parametrize("num_layers", [1, 2])
@pytest.mark.parametrize("device", DEVICES)
def test_packed_and_masked_paths_agree_in_value_and_gradient(cell, num_layers, device):
    generator = np.random.default_rng(0)
    model = ParityRNN(6, cell, num_layers, seed=1).double().to(device)
    inputs = torch.from_numpy(generator.normal(size=(12, 9, 1))).to(device)
    lengths = torch.from_numpy(generator.integers(1, 8, size=12))  # unsorted, and none fills the rectangle
    mask = length_mask(lengths, 9).to(device)
    weight = torch.from_numpy(generator.normal(size=(12, 9))).to(device)
    logits, states, grads = [], [], []
    for passed in (None, lengths):
        model.zero_grad()
        assert model(inputs, passed).shape == (12, 9, 1)
        logits.append(model(inputs, passed).squeeze(-1)[mask])
        states.append(model.hidden_states(inputs, passed)[mask])
        (logits[-1] * weight[mask]).sum().backward()
        grads.append(gradients(model))
    torch.testing.assert_close(logits[0], logits[1], rtol=1e-10, atol=1e-12)
    torch.testing.assert_close(states[0], states[1], rtol=1e-10, atol=1e-12)
    assert all(grad.any() for grad in grads[0].values())
    torch.testing.assert_close(grads[0], grads[1], rtol=1e-9, atol=1e-11)


@each_cell
def test_parameters_come_from_the_seed_and_nothing_else_moves(cell):
    torch.manual_seed(123)
    before = torch.get_rng_state()
    model, same, other = ParityRNN(5, cell, 2, seed=3), ParityRNN(5, cell, 2, seed=3), ParityRNN(5, cell, 2, seed=4)
    assert torch.equal(torch.get_rng_state(), before)
    for parameter, again, different in zip(model.parameters(), same.parameters(), other.parameters()):
        assert torch.equal(parameter, again)
        assert not torch.equal(parameter, different)


@each_cell
def test_parameters_are_uniform_within_one_over_the_root_of_the_hidden_size(cell):
    model = ParityRNN(64, cell, 2, seed=0)
    values = torch.cat([parameter.detach().flatten() for parameter in model.parameters()]) * 8
    assert values.abs().max() <= 1
    counts = torch.histc(values, bins=20, min=-1, max=1)
    assert counts.sum() == len(values)
    assert ((counts - len(values) / 20) ** 2 / (len(values) / 20)).sum() < 45
    for parameter in model.parameters():  # none is left at another scale
        assert parameter.numel() == 1 or parameter.abs().max() > 0.8 / 8


@pytest.mark.parametrize("device", [*DEVICES, "meta"])
def test_the_network_lives_on_the_device_that_is_asked_for(device):
    model = ParityRNN(4, "gru", device=device)
    assert {parameter.device.type for parameter in model.parameters()} == {device}
    inputs = ParityTask(5).batch(3, np.random.default_rng(0)).inputs
    logits = model(inputs.to(device))
    assert logits.device.type == device
    if device != "meta":
        torch.testing.assert_close(logits.cpu(), ParityRNN(4, "gru")(inputs), rtol=1e-5, atol=1e-6)


def test_inputs_of_any_dtype_are_taken_in_the_precision_of_the_weights():
    bits = torch.tensor([[[1], [0], [1]]])
    for model, dtype in ((ParityRNN(4), torch.float32), (ParityRNN(4).double(), torch.float64)):
        outputs = [model(bits.to(kind)) for kind in (torch.uint8, torch.int64, torch.float32, torch.float64)]
        assert all(output.dtype == dtype and torch.equal(output, outputs[0]) for output in outputs)


@pytest.mark.parametrize(("make", "message"), [
    (lambda: ParityRNN(0), "hidden_size must be an integer of at least 1, but it is 0"),
    (lambda: ParityRNN(4, "rnn"), "cell must be 'tanh' or 'relu' or 'lstm' or 'gru', but it is 'rnn'"),
    (lambda: ParityRNN(4, num_layers=0), "num_layers must be an integer of at least 1, but it is 0"),
    (lambda: ParityRNN(4, seed=-1), "seed must be an integer of at least 0, but it is -1"),
    (lambda: ParityRNN(4)(torch.zeros(2, 5, 2)), "inputs must be of shape [batch, steps, 1], but it is (2, 5, 2)"),
    (lambda: ParityRNN(4)(torch.zeros(2, 5, 1), [6, 1]), "lengths must be 2 integers from 1 to 5, but it is [6, 1]"),
    (lambda: NumpyRNN(*[np.zeros(1)] * 5, activation="gru"), "activation must be 'tanh' or 'relu', but it is 'gru'"),
    (lambda: NumpyRNN.from_torch(ParityRNN(2, "gru")), "model.cell must be 'tanh' or 'relu', but it is 'gru'"),
    (lambda: NumpyRNN.from_torch(ParityRNN(2, num_layers=2)), "model.num_layers must be 1, but it is 2"),
    (lambda: by_hand("rnn"), "cell must be 'tanh' or 'relu' or 'lstm' or 'gru', but it is 'rnn'"),
    (lambda: by_hand("tanh", 0), "sharpness must be a number above 0, and left out for relu, but it is 0"),
])
def test_an_error_names_the_argument_the_value_and_what_is_allowed(make, message):
    with pytest.raises(ValueError, match="must be") as error:
        make()
    assert str(error.value) == message


# The same network in NumPy

def unrolled_by_autograd(model, inputs, h0):
    """Return the states of the network, computed by single PyTorch operations, so that each keeps its gradient."""
    rnn, activation = model.rnn, {"tanh": torch.tanh, "relu": torch.relu}[model.cell]
    states = [torch.tensor(h0, requires_grad=True)]
    for t in range(inputs.shape[1]):
        before = (torch.tensor(inputs[:, t]) @ rnn.weight_ih_l0.T + rnn.bias_ih_l0
                  + states[-1] @ rnn.weight_hh_l0.T + rnn.bias_hh_l0)
        states.append(activation(before))
    for state in states[1:]:
        state.retain_grad()
    return states


@properties
@given(cell=st.sampled_from(["tanh", "relu"]), hidden=st.integers(1, 6), batch=st.integers(1, 4),
       steps=st.integers(1, 12), seed=st.integers(0, 999), from_zero=st.booleans())
def test_numpy_and_pytorch_agree_in_value_and_in_every_gradient(cell, hidden, batch, steps, seed, from_zero):
    generator = np.random.default_rng(seed)
    model = ParityRNN(hidden, cell, seed=seed).double()
    network = NumpyRNN.from_torch(model)
    assert not any(np.shares_memory(getattr(network, name), parameter.detach().numpy())
                   for name in "UVbWc" for parameter in model.parameters())
    inputs, d_logits = generator.normal(size=(2, batch, steps, 1))
    h0 = np.zeros((batch, hidden)) if from_zero else generator.normal(size=(batch, hidden))

    logits, states = network.forward(inputs, None if from_zero else h0)
    grads = network.backward(inputs, states, d_logits)

    def assert_equal(ours, theirs):
        np.testing.assert_allclose(ours, theirs.detach().numpy(), rtol=1e-9, atol=1e-12)

    start = torch.tensor(h0[None], requires_grad=True)
    their_states = model.rnn(torch.tensor(inputs), start)[0]
    their_logits = model.hidden_to_logits(their_states)
    assert_equal(logits, their_logits)
    assert_equal(states[:, 1:], their_states)
    np.testing.assert_array_equal(states[:, 0], h0)

    (their_logits * torch.tensor(d_logits)).sum().backward()
    theirs = gradients(model)
    assert set(grads) == {"U", "V", "b", "W", "c", "h"}
    assert_equal(grads["U"], theirs["rnn.weight_ih_l0"])
    assert_equal(grads["V"], theirs["rnn.weight_hh_l0"])
    assert_equal(grads["b"], theirs["rnn.bias_ih_l0"])
    assert_equal(grads["b"], theirs["rnn.bias_hh_l0"])
    assert_equal(grads["W"], theirs["hidden_to_logits.weight"])
    assert_equal(grads["c"], theirs["hidden_to_logits.bias"])
    assert_equal(grads["h"][:, 0], start.grad[0])

    unrolled = unrolled_by_autograd(model, inputs, h0)
    their_logits = model.hidden_to_logits(torch.stack(unrolled[1:], dim=1))
    (their_logits * torch.tensor(d_logits)).sum().backward()
    assert_equal(grads["h"], torch.stack([state.grad for state in unrolled], dim=1))


# Weights by hand

@each_cell
def test_networks_by_hand_are_correct_on_all_strings_of_up_to_12_bits(cell):
    model = by_hand(cell)
    assert (model.cell, model.hidden_size, model.num_layers) == (cell, BY_HAND_UNITS[cell], 1)
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float64}
    assert not wrong_rows(model, all_strings(12)).any()


def test_the_two_relu_units_by_hand_count_in_whole_numbers():
    strings = all_strings(8)
    states = by_hand("relu").hidden_states(torch.from_numpy(strings).unsqueeze(-1)).detach().numpy()
    before = np.pad(running_parity(strings)[:, :-1], [(0, 0), (1, 0)])
    np.testing.assert_array_equal(states[:, :, 0], before + strings)
    np.testing.assert_array_equal(states[:, :, 1], before & strings)


@pytest.fixture(scope="module")
def long_strings():
    bits = np.zeros((3, 20_000), dtype=np.uint8)
    bits[0, 0] = 1
    bits[1] = 1
    bits[2] = random_bits(1, 20_000, np.random.default_rng(0))
    return bits


@each_cell
def test_networks_by_hand_are_correct_for_20_000_time_steps(cell, long_strings):
    """The strings are a 1 followed by zeros, ones only, and random bits."""
    assert not wrong_rows(by_hand(cell), long_strings).any()


@pytest.mark.parametrize("sharpness", [2, 2.5, 10])
def test_a_network_of_two_tanh_units_needs_to_be_sharp(sharpness, long_strings):
    assert not wrong_rows(by_hand("tanh", sharpness), long_strings[:, :2000]).any()
    assert wrong_rows(by_hand("tanh", sharpness=1.1), long_strings[:, :2000]).tolist() == [True, False, True]


def test_random_bits_do_not_show_that_the_gru_unit_forgets(long_strings):
    """A less sharp unit forgets faster: it is correct on 20,000 random bits, and wrong on a 1 followed by zeros."""
    assert wrong_rows(by_hand("gru", sharpness=8), long_strings).tolist() == [True, False, False]


# One unit without a gate

def mistakes_within_two_steps(network, above):
    """Return where a network whose logit means odd above 0, or below 0, errs on the prefixes of 00, 01, 10 and 11."""
    strings = all_strings(2)
    logits = network.forward(strings[:, :, None].astype(float))[0].squeeze(-1)
    return ((logits > 0) == above) != running_parity(strings).astype(bool)


numbers = st.floats(-50, 50, allow_nan=False).map(lambda value: round(value, 6))


@settings(deadline=None, max_examples=200, derandomize=True)
@given(cell=st.sampled_from(["tanh", "relu"]), w=numbers, u=numbers, b=numbers, readout=numbers, threshold=numbers)
def test_no_single_unit_without_a_gate_survives_two_bits(cell, w, u, b, readout, threshold):
    """The next state is monotone in the previous state. A 0 requires that it increases (w > 0), because even and odd
    must keep their order, and a 1 requires that it decreases; the four strings of two bits contain both cases."""
    network = NumpyRNN(*(np.array(a) for a in ([[u]], [[w]], [b], [[readout]], [-threshold])), activation=cell)
    for above in (True, False):
        assert mistakes_within_two_steps(network, above).any()
