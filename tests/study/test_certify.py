"""Test the verdicts independently: certified networks are correct, and refuting strings refute."""


import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parity_lib.data import ParityTask
from parity_lib.models import ParityRNN, by_hand
from parity_lib.training import evaluate
from parity_study import boxes
from parity_study.certify import certify, first_error
from tests.study.networks import stored


@pytest.fixture(scope="module")
def certified():
    """Return certified networks by name, with the boxes of their proofs."""
    models = {"tanh by hand": by_hand("tanh"), "tanh 1.2": by_hand("tanh", 1.2),
              "lstm": by_hand("lstm"), "float32": by_hand("tanh").float()}
    models |= {f"trained {place}": model for place, model in enumerate(stored("tanh 8", "certified", 2))}
    certificates = {name: certify(model) for name, model in models.items()}
    return {name: (models[name], certificate.boxes) for name, certificate in certificates.items()
            if certificate.verdict == "certified"}


@pytest.mark.parametrize(("sharpness", "verdict"), [(1.0, "refuted"), (1.15, "refuted"), (1.2, "certified"),
                                                    (3.0, "certified")])
def test_a_network_by_hand_is_certified_if_it_is_sharp_enough(sharpness, verdict):
    assert certify(by_hand("tanh", sharpness)).verdict == verdict


@pytest.mark.slow
def test_correct_networks_are_certified(certified):
    assert {"tanh by hand", "tanh 1.2", "lstm", "float32"} <= certified.keys()
    assert {"trained 0", "trained 1"} <= certified.keys()


@pytest.mark.slow
@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=6, deadline=None)
def test_certified_networks_never_err_on_long_strings(certified, seed):
    rng = np.random.default_rng(seed)
    steps = 50_000 if seed % 5 == 0 else 5000
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
    for model in stored("gru 8", "refuted", 3):
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
    assert certify(by_hand("tanh")).blocked is None


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
])
def test_wrong_arguments_are_named(call, named):
    with pytest.raises(ValueError, match=f"^{named} must be"):
        call()
