"""The search for a string on which a two-unit network is wrong, and the proof that there is none."""

import numpy as np
import pytest

from parity_checks.two_unit_search import every_string, find_error, first_error, is_proved
from parity_checks.unrolling import two_unit_weights
from tests.checks.helpers import says


def weights(K, *, U=None, V=None, b=None, W=(10.0, -10.0), c=-10.0):
    """Return the weights of a network for bits coded as -1 and 1; by default those of the exercise with this K."""
    U, V, b = U or (K, K), V or ((K, -K), (K, -K)), b or (0, -2 * K)
    return [np.array(U)[:, None], np.array(V), np.array(b, dtype=float), np.array([W]), np.array([c])]


ASTRAY = weights(1, U=(1.13, 1.11), V=((1.32, -1.21), (1.22, -1.22)), b=(-0.04, -2.32), W=(9.87, -9.08), c=-10.39)


@pytest.mark.parametrize("K", [1.3, 1.5, 2, 3, 5, 10])
def test_it_finds_no_error_if_the_units_are_sharp(K):
    assert find_error(weights(K), 600, zero=-1) is None


@pytest.mark.parametrize("network", [weights(1.15), ASTRAY], ids=["the state fades", "the state goes astray"])
def test_it_finds_an_error_of_a_network_that_is_correct_on_every_short_string(network):
    assert first_error(network, every_string(), zero=-1) is None
    string = find_error(network, 600, zero=-1)
    assert 12 < len(string) < 200
    assert first_error(network, string[None], zero=-1) == (0, len(string) - 1)


@pytest.mark.parametrize("K", [1.17, 1.3, 2, 3, 10, 1e5, 1e14])
def test_a_network_with_sharp_units_is_proved_correct(K):
    assert is_proved(weights(K), zero=-1)


@pytest.mark.parametrize("network", [
    weights(1.15), weights(1.16510637), ASTRAY, weights(3, c=10.0), weights(0), weights(3, W=(10.0, np.nan)),
    weights(np.inf), weights(3, W=(10.0, -10.0), c=0.0),
], ids=["fades", "fades after 34,422 zeros", "goes astray", "odd only", "zeros", "nan", "inf", "outputs of about 0"])
def test_a_network_that_errs_is_not_proved_correct(network):
    with np.errstate(all="ignore"):
        assert not is_proved(network, zero=-1)


def test_a_proof_is_right_about_networks_near_those_that_err():
    rng, strings, proved = np.random.default_rng(0), np.random.default_rng(1).integers(2, size=(50, 500)), 0
    for _ in range(100):
        network = [array * (1 + rng.normal(scale=0.1, size=array.shape)) for array in weights(1.4)]
        if is_proved(network, zero=-1):
            proved += 1
            assert find_error(network, 100, zero=-1, keep=50) is None
            assert first_error(network, strings, zero=-1) is None
    assert 15 < proved < 85


def test_a_message_names_every_entry_that_would_make_the_network_correct(student):
    student.two_unit_weights = lambda: weights(10.0, b=(0, -31))
    with says("place of U[1, 0] or V[1, 0] or V[1, 1] or b[1] alone"):
        two_unit_weights()
