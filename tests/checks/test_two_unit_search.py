"""The search for a string that a two-unit network gets wrong: it finds the known counterexamples and no others."""

import numpy as np
import pytest
from parity_checks.unrolling.reachable import wrong_string

from parity_checks.unrolling.two_units import every_string, first_error


def weights(K, *, U=None, V=None, b=None, W=(10.0, -10.0), c=-10.0):
    U, V, b = U or (K, K), V or ((K, -K), (K, -K)), b or (0, -2 * K)
    return [np.array(U)[:, None], np.array(V), np.array(b, dtype=float), np.array([W]), np.array([c])]


ASTRAY = weights(1, U=(1.13, 1.11), V=((1.32, -1.21), (1.22, -1.22)), b=(-0.04, -2.32), W=(9.87, -9.08), c=-10.39)


@pytest.mark.parametrize("K", [1.3, 1.5, 2, 3, 5, 10])
def test_it_finds_nothing_for_sharp_units(K):
    assert wrong_string(weights(K)) is None


@pytest.mark.parametrize("net", [weights(1.15), ASTRAY], ids=["forgets", "led astray"])
def test_it_finds_a_counterexample_where_every_short_string_is_correct(net):
    assert first_error(net, every_string()) is None
    found = wrong_string(net)
    assert 12 < len(found) < 200
    assert first_error(net, found[None]) == (0, len(found) - 1)
