"""The page More on gates: its own functions, taken from the page, agree with PyTorch in value and gradient."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from parity_lib import by_hand, running_parity

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


def z_and_its_rest_change_places(right):
    def step(x, h, *rest):
        _, (r, z, n) = right(x, h, *rest)
        return z * n + (1 - z) * h, (r, z, n)
    return step


def a_tenth_of_c_is_lost(right):
    return lambda x, h, c, *rest: right(x, h, 0.9 * c, *rest)


def the_gradient_at_c_is_lost(right):
    return lambda d_h, d_c, *rest: right(d_h, 0 * d_c, *rest)


@pytest.mark.parametrize(("step", "wrong"), [
    ("gru_step", z_and_its_rest_change_places),
    ("lstm_step", a_tenth_of_c_is_lost),
    ("lstm_step_back", the_gradient_at_c_is_lost),
])
def test_the_comparison_sees_what_is_wrong(page, monkeypatch, step, wrong):
    monkeypatch.setitem(page, step, wrong(page[step]))
    assert max(gru(page, 3, 0) if step == "gru_step" else lstm_unit(page, 0)) > 1e-3


def every_string(steps):
    return (np.arange(2**steps)[:, None] >> np.arange(steps)) & 1


STRING = [1, 0, 1, 1, 0, 0, 1, 0]      # the one in the figures


def watched(page, cell):
    """Each gate and the state of the unit by hand along the string, with the page's own steps."""
    net, seen = by_hand(cell), []
    h, c = np.zeros((1, 1)) if cell == "gru" else 0.0, 0.0
    weights = [w.detach().double().numpy() for w in page["weights_of"](net.rnn)]
    for bit in STRING:
        if cell == "gru":
            h, gates = page["gru_step"](np.array([[float(bit)]]), h, *weights)
        else:
            h, c, gates = page["lstm_step"](bit, h, c, *page["numbers_of"](net.rnn))
        seen.append([np.asarray(value).item() for value in (*gates, h)])
    return dict(zip("rznh" if cell == "gru" else "ifgoh", np.array(seen).T, strict=True))


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_a_watched_unit_is_the_net_itself(page, cell):
    theirs = by_hand(cell).hidden_states(torch.tensor(STRING).double()[None, :, None])[0, :, 0]
    np.testing.assert_allclose(watched(page, cell)["h"], theirs.detach().numpy(), atol=1e-12)


def test_the_gates_do_what_the_page_says(page):
    bits, gru, lstm = np.array(STRING), watched(page, "gru"), watched(page, "lstm")
    np.testing.assert_allclose(gru["z"], 1 - bits, atol=1e-6)
    before = np.r_[0, gru["h"][:-1]]
    np.testing.assert_allclose(gru["n"], np.where(before > 0.5, -1, 1), atol=1e-3)
    assert lstm["f"].max() < 1e-9
    after_odd = (bits == 1) & (np.r_[0, lstm["h"][:-1]] > 0.5)
    np.testing.assert_allclose(lstm["i"], 1 - after_odd, atol=1e-3)
    assert after_odd.sum() >= 2


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_one_curve_of_the_unit_by_hand_rises_and_the_other_falls(cell):
    """The new state against the old one, whatever an LSTM's cell state is."""
    net, h = by_hand(cell), torch.linspace(-1, 1, 201).double()[None, :, None]
    for c in (-1.0, 0.0, 1.0):
        old = h if cell == "gru" else (h, torch.full_like(h, c))
        zero, one = (net.rnn(torch.full((201, 1, 1), bit).double(), old)[0][:, 0, 0].detach().numpy()
                     for bit in (0.0, 1.0))
        assert np.diff(zero).min() > -1e-6
        assert zero[-1] > zero[0] + 1
        assert np.diff(one).max() < 1e-6
        assert one[-1] < one[0] - 0.5


def test_the_figures_show_this_string_and_the_units_that_the_text_means(page):
    text = (BOOK / "gates.md").read_text(encoding="utf-8")
    assert text.count(f'bits="{"".join(map(str, STRING))}"') == 2
    assert 'network="LSTM by hand"' in text
    shown = page["GatedUnit"](page["units"], bits="1" + "0" * 19)
    assert shown.logits[0] > 0


def test_an_lstm_unit_can_keep_with_its_forget_gate(page):
    """The answer to a question of the page: i opens and f shuts under a 1, and the candidate says the opposite of h."""
    K = 40.0
    U, V, b = K * np.array([2.0, -2, 0, 0]), K * np.array([0.0, 0, -1, 0]), K * np.array([-1.0, 1, 0.38, 1])
    strings = every_string(12)
    for string, odd in zip(strings, running_parity(strings) == 1, strict=True):
        h = c = 0.0
        for bit, answer in zip(string, odd, strict=True):
            h, c, (_, f, _, _) = page["lstm_step"](bit, h, c, U, V, b)
            assert abs(f - (1 - bit)) < 1e-12
            assert (10 * h - 3.8 > 0) == answer
