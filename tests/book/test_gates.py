"""The chapter Gates: its own functions, taken from the page, agree with PyTorch in value and gradient."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from parity_lib import by_hand, running_parity

PAGE = Path(__file__).resolve().parents[2] / "book" / "gates.md"
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


KINDS = {"compare_gru": nn.GRU, "compare_lstm": nn.LSTM}


@pytest.mark.parametrize("compare", KINDS)
@pytest.mark.parametrize("hidden", [1, 2, 7])
@pytest.mark.parametrize("seed", range(3))
def test_value_and_gradient_agree_with_pytorch(page, compare, hidden, seed):
    layer = with_random_weights(KINDS[compare](1, hidden, batch_first=True).double(), seed)
    value, gradient = page[compare](layer, some_strings(seed))
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


@pytest.mark.parametrize(("compare", "step", "wrong"), [
    ("compare_gru", "gru_step", z_and_its_rest_change_places),
    ("compare_lstm", "lstm_step", a_tenth_of_c_is_lost),
    ("compare_lstm", "lstm_step_back", the_gradient_at_c_is_lost),
])
def test_the_comparison_sees_what_is_wrong(page, monkeypatch, compare, step, wrong):
    layer = with_random_weights(KINDS[compare](1, 3, batch_first=True).double(), 0)
    monkeypatch.setitem(page, step, wrong(page[step]))
    assert max(page[compare](layer, some_strings(0))) > 1e-3


@pytest.mark.parametrize("hidden", [1, 4])
def test_one_lstm_step_back_agrees_for_any_gradient_that_arrives(page, hidden):
    cell = with_random_weights(nn.LSTMCell(1, hidden).double(), hidden)
    rng = torch.Generator().manual_seed(0)
    x = torch.tensor([[0.0], [1.0], [1.0]]).double()
    h, c, d_h, d_c = (torch.randn(3, hidden, generator=rng, dtype=torch.float64) for _ in range(4))
    h.requires_grad_(), c.requires_grad_()
    new_h, new_c = cell(x, (h, c))
    (new_h * d_h + new_c * d_c).sum().backward()

    U, V, b, b_h = (weight.detach().numpy() for weight in cell.parameters())
    arrays = [part.detach().numpy() for part in (x, h, c)]
    ours_h, ours_c, gates = page["lstm_step"](*arrays, U, V, b + b_h)
    back = page["lstm_step_back"](d_h.numpy(), d_c.numpy(), arrays[2], ours_c, gates, V)
    for ours, theirs in zip((ours_h, ours_c, *back[:2]), (new_h.detach(), new_c.detach(), h.grad, c.grad), strict=True):
        np.testing.assert_allclose(ours, theirs.numpy(), atol=1e-12)
    np.testing.assert_allclose(back[2].sum(0), cell.bias_ih.grad.numpy(), atol=1e-12)
    np.testing.assert_allclose(back[2].T @ arrays[0], cell.weight_ih.grad.numpy(), atol=1e-12)


def every_string(steps):
    return (np.arange(2**steps)[:, None] >> np.arange(steps)) & 1


@pytest.mark.parametrize("watch", ["watch_gru", "watch_lstm"])
def test_a_watched_unit_is_the_net_itself(page, watch):
    net = by_hand(watch.removeprefix("watch_"))
    string = page["string"]
    _, states = page[watch](net, string)["state $h$"]
    theirs = net.hidden_states(torch.tensor(string).double()[None, :, None])[0, :, 0]
    np.testing.assert_allclose(states, theirs.detach().numpy(), atol=1e-12)


def test_the_gates_do_what_the_page_says(page):
    string, bits = page["string"], np.array(page["string"])
    gru = {name: np.array(values) for name, (_, values) in page["watch_gru"](by_hand("gru"), string).items()}
    lstm = {name: np.array(values) for name, (_, values) in page["watch_lstm"](by_hand("lstm"), string).items()}
    np.testing.assert_allclose(gru["update $z$"], 1 - bits, atol=1e-6)
    before = np.r_[0, gru["state $h$"][:-1]]
    np.testing.assert_allclose(gru["candidate $n$"], np.where(before > 0.5, -1, 1), atol=1e-3)
    assert lstm["forget $f$"].max() < 1e-9
    after_odd = (bits == 1) & (np.r_[0, lstm["state $h$"][:-1]] > 0.5)
    np.testing.assert_allclose(lstm["input $i$"], 1 - after_odd, atol=1e-3)
    assert after_odd.sum() >= 2


def test_an_lstm_unit_can_keep_with_its_forget_gate(page):
    """The answer to a question of the page: i opens and f shuts under a 1, and the candidate says the opposite of h."""
    K = 40.0
    U, V = K * np.array([[2.0], [-2], [0], [0]]), K * np.array([[0.0], [0], [-1], [0]])
    b = K * np.array([-1.0, 1, 0.38, 1])
    strings = every_string(12)
    h = c = np.zeros((len(strings), 1))
    odd = []
    for bits in strings.T:
        h, c, (_, f, _, _) = page["lstm_step"](bits[:, None].astype(float), h, c, U, V, b)
        np.testing.assert_allclose(f[:, 0], 1 - bits, atol=1e-12)
        odd.append(10 * h[:, 0] - 3.8 > 0)
    assert np.array_equal(np.array(odd).T, running_parity(strings) == 1)


def test_the_product_is_the_parity_and_its_slope_is_one():
    for p in (0, 1):
        for x in (0, 1):
            assert (1 - 2 * x) * p + x == p ^ x
            assert abs(1 - 2 * x) == 1
