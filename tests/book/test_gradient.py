"""The chapter The gradient through time: its backward loop, taken from the page, agrees with PyTorch."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch

from parity_lib import NumpyRNN, ParityRNN

PAGE = Path(__file__).resolve().parents[2] / "book" / "gradient.md"
LOOP = re.search(r"^def backward\(.*?^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)[0][:-3]


def backward(code=LOOP):
    """The page's function, or what becomes of it when a line is changed."""
    names = {"np": np}
    exec(compile(code, PAGE.name, "exec"), names)
    return names["backward"]


def largest_difference(loop, hidden, seed):
    """Between the loop and PyTorch over U, V and b, for a label at every step of random strings."""
    net = ParityRNN(hidden, "tanh", seed=seed).double()
    rng = np.random.default_rng(seed)
    inputs = rng.integers(2, size=(3, 12, 1)).astype(float)
    d_logits = rng.normal(size=(3, 12, 1))
    (net(torch.from_numpy(inputs)) * torch.from_numpy(d_logits)).sum().backward()
    ours = NumpyRNN.from_torch(net)
    _, states = ours.forward(inputs)
    found = loop(inputs, states, d_logits, ours.U, ours.V, ours.W)
    theirs = net.rnn.weight_ih_l0, net.rnn.weight_hh_l0, net.rnn.bias_hh_l0
    return max(np.abs(one - other.grad.numpy()).max() for one, other in zip(found, theirs, strict=True))


@pytest.mark.parametrize("hidden", [1, 2, 7])
@pytest.mark.parametrize("seed", range(3))
def test_the_loop_agrees_with_pytorch(hidden, seed):
    assert largest_difference(backward(), hidden, seed) < 1e-12


@pytest.mark.parametrize(("right", "wrong"), [
    ("dV += ", "dV = "), ("dU += ", "dU = "), ("db += ", "db = "), (" + from_later", ""),
    ("** 2)", "** 2) ** 2"), ("states[:, t]\n", "states[:, t + 1]\n"), ("d_sum @ V ", "d_sum @ V.T "),
])
def test_a_mistake_in_one_line_is_noticed(right, wrong):
    assert LOOP.count(right) == 1
    assert largest_difference(backward(LOOP.replace(right, wrong)), 4, 0) > 1e-3
