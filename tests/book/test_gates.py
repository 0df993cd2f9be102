"""The page More on gates: its own functions, taken from the page, agree with PyTorch in value and gradient."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from parity_lib.data import running_parity

BOOK = Path(__file__).resolve().parents[2] / "book"
PAGE = BOOK / "deeper-gates.md"
CELL = re.compile(r"^```\{code-cell\} ipython3\n((?::[^\n]*\n)*)(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def page():
    """What the page's cells leave behind, run in order; its own assertions are part of them."""
    names = {}
    for options, code in CELL.findall(PAGE.read_text(encoding="utf-8")):
        exec(compile(code, f"{PAGE.name} {options.strip()}", "exec"), names)
    return names


def some_strings(seed, batch=5, steps=20):
    bits = np.random.default_rng(seed).integers(2, size=(batch, steps, 1))
    return torch.from_numpy(bits).double()


def with_random_weights(layer, seed, size=1.0):
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weight in layer.parameters():
            weight.normal_(0, size, generator=generator)
    return layer


def gru(page, hidden, seed):
    """The largest differences in value and gradient from nn.GRU: the page's own comparison."""
    layer = with_random_weights(nn.GRU(1, hidden, batch_first=True).double(), seed)
    return page["compare_gru"](layer, some_strings(seed))


def lstm_unit(page, seed):
    """The same for the LSTM unit of the page."""
    layer, string = with_random_weights(nn.LSTM(1, 1, batch_first=True).double(), seed), some_strings(seed, batch=1)
    ours, gradients = page["lstm_states_and_gradients"](string[0, :, 0].numpy(), *page["numbers_of"](layer))
    theirs, _ = layer(string)
    theirs[0, -1, 0].backward()
    return (page["largest"]([ours], [theirs[0, :, 0].detach().numpy()]),
            page["largest"](gradients, [weight.grad.squeeze() for weight in page["weights_of"](layer)]))


@pytest.mark.parametrize("seed", range(9))
def test_value_and_gradient_agree_with_pytorch(page, seed):
    for value, gradient in (lstm_unit(page, seed), gru(page, (1, 2, 7)[seed % 3], seed)):
        assert value < 1e-12
        assert gradient < 1e-10


def every_string(steps):
    return (np.arange(2**steps)[:, None] >> np.arange(steps)) & 1


@pytest.mark.parametrize(("U", "V", "b", "forget_gate"), [
    ([80, -80, 0, 0], [0, 0, -40, 0], [-40, 40, 20, 40], lambda bit: 1 - bit),
    ([-80, 0, 80, 0], [-40, 0, 40, 0], [100, -40, -20, 40], lambda bit: 0),
], ids=["keeps", "never keeps"])
def test_both_lstm_units_of_the_chapter_compute_parity(page, U, V, b, forget_gate):
    """The first unit of Gates shuts its forget gate at a 1, the second always."""
    strings = every_string(12)
    for string, odd in zip(strings, running_parity(strings) == 1, strict=True):
        h = c = 0.0
        for bit, answer in zip(string, odd, strict=True):
            h, c, (_, f, _, _) = page["lstm_step"](bit, h, c, np.array(U), np.array(V), np.array(b))
            assert abs(f - forget_gate(bit)) < 1e-12
            assert (h > 0.5) == answer
