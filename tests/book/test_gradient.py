"""The chapter The gradient through time: its backward loop, taken from the page, agrees with PyTorch."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch

from parity_lib.models import ParityRNN
from parity_lib.numpy_rnn import NumpyRNN

PAGE = Path(__file__).resolve().parents[2] / "book" / "gradient.md"
LOOP = re.search(r"^def backward\(.*?^    return [^\n]*$", PAGE.read_text(encoding="utf8"), re.MULTILINE | re.DOTALL)[0]


@pytest.mark.parametrize("hidden", [1, 2, 7])
@pytest.mark.parametrize("seed", range(3))
def test_the_loop_agrees_with_pytorch(hidden, seed):
    """The gradients of U, V and b agree, for a label at every step of random strings."""
    names = {"np": np}
    exec(compile(LOOP, PAGE.name, "exec"), names)
    net = ParityRNN(hidden, "tanh", seed=seed).double()
    rng = np.random.default_rng(seed)
    inputs = rng.integers(2, size=(3, 12, 1)).astype(float)
    d_logits = rng.normal(size=(3, 12, 1))
    (net(torch.from_numpy(inputs)) * torch.from_numpy(d_logits)).sum().backward()
    ours = NumpyRNN.from_torch(net)
    _, states = ours.forward(inputs)
    found = names["backward"](inputs, states, d_logits, ours.U, ours.V, ours.W)
    theirs = net.rnn.weight_ih_l0, net.rnn.weight_hh_l0, net.rnn.bias_hh_l0
    for one, other in zip(found, theirs, strict=True):
        np.testing.assert_allclose(one, other.grad.numpy(), atol=1e-12)
