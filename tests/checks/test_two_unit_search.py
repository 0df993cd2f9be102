"""The search for a string on which a two-unit network is wrong finds known counterexamples and no others."""

import numpy as np
import pytest

from parity_checks.two_unit_search import find_error, first_error
from parity_checks.unrolling.two_units import every_string


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
