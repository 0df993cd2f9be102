"""Test the verdicts independently: certified networks are correct, and refuting strings refute."""

import copy

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from parity_lib import ParityRNN, ParityTask, by_hand, evaluate, running_parity
from parity_study import boxes
from parity_study.certify import certify, first_error, next_interval, parity_intervals, periodic_strings
from parity_study.extraction import NumpyNetwork
from tests.study.networks import gru_8, tanh_8


@pytest.fixture(scope="module")
def certified():
    """Return certified networks by name, with the boxes of their proofs."""
    models = {"tanh by hand": by_hand("tanh"), "tanh 1.2": by_hand("tanh", 1.2),
              "lstm": by_hand("lstm"), "float32": by_hand("tanh").float()}
    models |= {f"trained {seed}": model for seed, model in tanh_8().items()}
    certificates = {name: certify(model) for name, model in models.items()}
    return {name: (models[name], certificate.boxes) for name, certificate in certificates.items()
            if certificate.verdict == "certified"}


def test_the_next_interval_contains_every_next_p():
    rng = np.random.default_rng(0)
    for _ in range(200):
        low, high = np.sort(rng.uniform(-0.2, 1.2, size=2))
        bit, sharpness = int(rng.integers(2)), rng.uniform(0.5, 5)
        q = np.linspace(low, high, 50) + bit
        p = (np.tanh(2 * sharpness * (q - 0.5)) - np.tanh(2 * sharpness * (q - 1.5))) / 2
        below, above = next_interval(low, high, bit, sharpness)
        assert below <= p.min()
        assert p.max() <= above


@pytest.mark.parametrize("sharpness", [1.0, 1.1, 1.15, 1.2, 1.25, 2.0, 3.0])
def test_intervals_and_boxes_give_the_same_verdict(sharpness):
    intervals = parity_intervals(sharpness)
    assert certify(by_hand("tanh", sharpness)).verdict == ("certified" if intervals else "refuted")


def test_intervals_contain_the_states_of_the_network():
    even, odd = parity_intervals(1.25)
    bits = np.random.default_rng(0).integers(2, size=(20, 1000)).astype(np.uint8)
    states = by_hand("tanh", 1.25).hidden_states(torch.from_numpy(bits[..., None])).detach().numpy()
    p, parity = (states[..., 0] - states[..., 1]) / 2, running_parity(bits)
    for (low, high), values in ((even, p[parity == 0]), (odd, p[parity == 1])):
        assert low <= values.min()
        assert values.max() <= high


@pytest.mark.slow
def test_correct_networks_are_certified(certified):
    assert {"tanh by hand", "tanh 1.2", "lstm", "float32"} <= certified.keys()
    assert sum(name.startswith("trained") for name in certified) >= 2


@pytest.mark.slow
@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=10, deadline=None)
def test_certified_networks_never_err_on_long_strings(certified, seed):
    rng = np.random.default_rng(seed)
    steps = 100_000 if seed % 5 == 0 else 5000
    ones = rng.uniform(0, 1, size=(4, 1))  # from nearly all zeros to nearly all ones
    bits = (rng.random((4, steps)) < ones).astype(np.uint8)
    bits[0] = np.resize(rng.integers(2, size=rng.integers(1, 12)), steps)  # a pattern that repeats
    bits[1, 1 + rng.integers(20):] = 0
    name = sorted(certified)[rng.integers(len(certified))]
    assert not first_error(certified[name][0], bits).any(), name


@pytest.mark.slow
def test_networks_that_pass_random_bits_are_refuted():
    long = np.random.default_rng(0).integers(2, size=(1, 10_000)).astype(np.uint8)
    assert first_error(by_hand("tanh", 1.15), long).tolist() == [0]
    for model in gru_8().values():
        assert evaluate(model, ParityTask(75), count=1000, seed=1)["sequence_accuracy"] > 0.99
        certificate = certify(model)
        assert certificate.verdict == "refuted"
        bits = np.array([list(certificate.string)], dtype=np.uint8)
        assert first_error(model, bits).tolist() == [len(certificate.string)]


@pytest.mark.slow
def test_a_network_that_errs_only_after_very_long_is_undecided():
    # The hand-made GRU unit forgets after about 10**8 zeros: too late for the search, and there is no proof.
    certificate = certify(by_hand("gru"), effort=2000)
    assert (certificate.verdict, certificate.blocked) == ("undecided", "effort")
    assert "nor a proof" in certificate.why
    assert certify(by_hand("tanh")).blocked is None


def spoiled(model, change):
    """Return a copy of a network with changed weights, which make it wrong."""
    model = copy.deepcopy(model)
    with torch.no_grad():
        if change == "signs":
            model.hidden_to_logits.weight.neg_()
            model.hidden_to_logits.bias.neg_()
        elif change == "weak":
            model.rnn.weight_hh_l0.mul_(0.3)
        elif change == "no input":
            model.rnn.weight_ih_l0.zero_()
    return model


@pytest.mark.slow
@pytest.mark.parametrize("change", ["signs", "weak", "no input"])
@pytest.mark.parametrize("name", ["tanh by hand", "lstm", "trained"])
def test_a_spoiled_network_is_refuted_and_has_no_proof(change, name, certified):
    model = spoiled(next(model for key, (model, _) in certified.items() if key.startswith(name)), change)
    assert first_error(model, periodic_strings(100)).any()
    assert certify(model).verdict == "refuted"
    assert boxes.search_proof(NumpyNetwork(model), 20_000)[1] is None


def test_boxes_are_rounded_outward_to_float32():
    low, high = np.random.default_rng(0).normal(size=(2, 30, 4))
    rounded = boxes.Boxes(low, high, np.zeros(30, dtype=bool))
    assert (rounded.low <= low).all()
    assert (rounded.high >= high).all()
    assert np.array_equal(rounded.low, rounded.low.astype(np.float32))
    assert np.array_equal(rounded.high, rounded.high.astype(np.float32))


@pytest.mark.parametrize(("call", "named"), [
    (lambda: certify("net"), "model"),
    (lambda: certify(ParityRNN(200, "tanh")), "model.hidden_size"),
    (lambda: certify(by_hand("tanh"), effort=0), "effort"),
    (lambda: parity_intervals(0), "sharpness"),
])
def test_wrong_arguments_are_named(call, named):
    with pytest.raises(ValueError, match=f"^{named} must be"):
        call()
