"""Test that sets of states contain every image of their points, including the rounding of PyTorch."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from parity_lib import models
from parity_study import cells, verify
from parity_study.extraction import NumpyNetwork
from parity_study.zonotopes import Zonotopes, answers_proved, image
from tests.study.networks import CELLS, make_wide_network, next_states

FAST = settings(max_examples=40, deadline=None)


@pytest.mark.parametrize("kind", CELLS)
@given(seed=st.integers(0, 10_000), width=st.sampled_from([0.0, 1e-9, 0.01, 0.3, 3.0]), steps=st.integers(1, 4))
@FAST
def test_sets_contain_the_images_of_their_points(kind, seed, width, steps):
    rng = np.random.default_rng(seed)
    model = make_wide_network(kind, seed, dtype=torch.float64)
    network = NumpyNetwork(model)
    centre, radius = rng.normal(size=(1, network.size)), width * rng.random((1, network.size))
    corners = rng.choice([-1.0, 1.0], size=(100, network.size))
    corners[50:] = rng.uniform(-1, 1, size=(50, network.size))
    sets = Zonotopes.boxes(centre - radius, centre + radius)
    points = sets.centre + corners * sets.radius
    for bit in rng.integers(2, size=steps):
        points, sets = next_states(model, points, bit), image(network, sets, bit)
        assert (np.abs(points - sets.centre) <= sets.radius).all()
        logits = network.logits(points)
        for odd in (False, True):
            if answers_proved(network, sets, np.array([odd])).all():
                assert ((logits > 0) == odd).all()


@pytest.mark.parametrize("kind", CELLS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_margin_is_several_times_the_rounding_of_pytorch(kind, dtype):
    for seed in range(5):
        model = make_wide_network(kind, seed, hidden=8, dtype=dtype)
        network, rng = NumpyNetwork(model), np.random.default_rng(seed)
        states = rng.uniform(-1, 1, size=(2000, network.size)).astype(np.float32).astype(np.float64)
        for bit in (0, 1):
            error = np.abs(next_states(model, states, bit) - network.next_states(states, np.full(2000, bit)))
            margin = image(network, Zonotopes.boxes(states, states), bit).radius
            assert (error <= margin / 3).all(), (error / margin).max()


def test_sets_that_are_too_small_are_noticed():
    model = make_wide_network("tanh", seed=0, dtype=torch.float64)
    sets = image(NumpyNetwork(model), Zonotopes.boxes(np.full((1, 3), -0.2), np.full((1, 3), 0.2)), 0)
    corners = np.array([[x, y, z] for x in (-0.2, 0.2) for y in (-0.2, 0.2) for z in (-0.2, 0.2)])
    assert not (np.abs(next_states(model, corners, 0) - sets.centre) <= 0.5 * sets.radius).all()


@pytest.mark.parametrize("known", ["lstm", "relu"])
def test_a_cell_without_bounds_is_refused_and_not_taken_for_another_one(known, monkeypatch):
    monkeypatch.setitem(cells.CELLS, "new", cells.CELLS[known])
    monkeypatch.setitem(models.MODULES, "new", models.MODULES[known])
    monkeypatch.setitem(verify.LAYERS, "new", verify.LAYERS[known])
    model = make_wide_network("new", seed=0)
    start = np.zeros((1, NumpyNetwork(model).size))
    with pytest.raises(ValueError, match=r"^network\.kind must be"):
        image(NumpyNetwork(model), Zonotopes.boxes(start, start), 1)
    network = verify.Network("new", 3, nn.utils.parameters_to_vector(model.parameters()).detach().numpy())
    zero = verify.to_balls(np.zeros(network.size))
    with pytest.raises(ValueError, match=r"^network\.cell must be"):
        verify.step(network, verify.AffineSet(zero, zero[:, None]), 1)
