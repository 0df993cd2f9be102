"""Sets of states hold every image, the rounding of PyTorch included."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from parity_lib import zonotopes
from parity_lib.machine import NumpyCell, sigmoid
from parity_lib.zonotopes import Zonotopes, image, right_in
from tests.nets import CELLS, next_states, wide_net

FAST = settings(max_examples=40, deadline=None)



@pytest.mark.parametrize("kind", CELLS)
@given(seed=st.integers(0, 10_000), width=st.sampled_from([0.0, 1e-9, 0.01, 0.3, 3.0]), steps=st.integers(1, 4))
@FAST
def test_sets_hold_the_images_of_their_points(kind, seed, width, steps):
    rng = np.random.default_rng(seed)
    model = wide_net(kind, seed, dtype=torch.float64)
    cell = NumpyCell(model)
    centre, radius = rng.normal(size=(1, cell.size)), width * rng.random((1, cell.size))
    corners = rng.choice([-1.0, 1.0], size=(100, cell.size))
    corners[50:] = rng.uniform(-1, 1, size=(50, cell.size))
    points, sets = centre + corners * radius, Zonotopes.boxes(centre, radius)
    for bit in rng.integers(2, size=steps):
        points, sets = next_states(model, points, bit), image(cell, sets, bit)
        assert (np.abs(points - sets.centre) <= sets.radius).all()
        logits = points[:, :model.hidden_size] @ cell.W + cell.c
        for odd in (False, True):
            if right_in(cell, sets, np.array([odd])).all():
                assert ((logits > 0) == odd).all()


@pytest.mark.parametrize("kind", CELLS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_margin_is_several_times_the_rounding_of_pytorch(kind, dtype):
    for seed in range(5):
        model = wide_net(kind, seed, hidden=8, dtype=dtype)
        cell, rng = NumpyCell(model), np.random.default_rng(seed)
        states = rng.uniform(-1, 1, size=(2000, cell.size)).astype(np.float32).astype(np.float64)
        for bit in (0, 1):
            off = np.abs(next_states(model, states, bit) - cell.state(states, np.full(2000, bit)))
            margin = image(cell, Zonotopes.boxes(states, np.zeros_like(states)), bit).radius
            assert (off <= margin / 3).all(), (off / margin).max()


def test_too_small_a_set_is_noticed():
    model = wide_net("tanh", seed=0, dtype=torch.float64)
    cell = NumpyCell(model)
    box = Zonotopes.boxes(np.zeros((1, 3)), np.full((1, 3), 0.2))
    after = image(cell, box, 0)
    corners = np.array([[x, y, z] for x in (-0.2, 0.2) for y in (-0.2, 0.2) for z in (-0.2, 0.2)])
    assert not (np.abs(next_states(model, corners, 0) - after.centre) <= 0.5 * after.radius).all()


@given(low=st.floats(-6, 6), width=st.floats(0, 8))
@FAST
def test_curves_stay_within_their_lines(low, width):
    z = np.linspace(low, low + width, 101)[:, None]
    sets = Zonotopes.boxes(np.array([[low + width / 2]]), np.array([[width / 2]]))
    for after, curve in ((sets.through(np.tanh, zonotopes._tanh_slope), np.tanh),
                         (sets.through(sigmoid, zonotopes._sigmoid_slope), sigmoid),
                         (sets.through_relu(), lambda z: np.maximum(z, 0))):
        slope = after.generators[0, 0, 0] / (width / 2) if width > 1e-6 else 0
        line = after.centre[0, 0] + slope * (z - sets.centre[0, 0])
        off = after.slack[0, 0] + (0 if width > 1e-6 else after.radius[0, 0])
        assert (np.abs(curve(z) - line) <= off + 1e-9).all()
