"""Compare each layer with PyTorch's own or with its paper's equations, written as a loop over one string in NumPy."""

from functools import partial
from itertools import product

import numpy as np
import pytest
import torch
from scipy.special import expit as sigmoid
from torch import nn

from parity_study.recurrent_layers import LAYERS, UNITS, WIDTH

BITS = np.random.default_rng(1).integers(2, size=(7, 2, 3))      # [steps, seeds, batch]


def silu(z):
    return z * sigmoid(z)


def mingru(w, bits, with_sign):
    """Feng and others 2024: h = (1 - z) h + z candidate, where z is one minus that of the book."""
    h = 0
    for x in bits:
        z = 1 - sigmoid(x * w["U_z"] + w["b_z"])
        keep = 1 - 2 * z if with_sign else 1 - z
        h = keep * h + z * (x * w["U_n"] + w["b_n"])
        yield h


def mamba(w, bits, with_sign):
    """Gu and Dao 2023, equations 2 and 4, with B discretised as Delta B, and the gate of their figure 3."""
    h, A = 0, -np.exp(w["log_A"])
    for x in bits:
        u, Delta = silu(x * w["U_u"] + w["b_u"]), np.logaddexp(0, x * w["U_D"] + w["b_D"])
        B, C = (x * w[f"U_{name}"] + w[f"b_{name}"] for name in "BC")
        A_bar = np.exp(Delta * A)
        h = (2 * A_bar - 1 if with_sign else A_bar) * h + Delta * B * u
        yield (C * h + w["skip"] * u) * silu(x * w["U_g"] + w["b_g"])


def lru(w, bits):
    """Orvieto and others 2023, equation 5 and section 3.4, and a gated linear unit."""
    lambda_ = np.exp(-np.exp(w["log_nu"]) + 1j * np.exp(w["log_theta"]))
    gamma, h = np.sqrt(1 - np.abs(lambda_) ** 2), 0
    for x in bits:
        h = lambda_ * h + gamma * (x * (w["U_re"] + 1j * w["U_im"]) + w["b_re"] + 1j * w["b_im"])
        y = np.real(h @ (w["C_re"] + 1j * w["C_im"])) + x * w["skip"]
        y = torch.nn.functional.gelu(torch.from_numpy(y)).numpy()
        yield y * sigmoid(y @ w["G"] + w["g"])


def turning(w, bits):
    """A rotation of each pair of numbers by an angle, and a factor."""
    pairs = np.zeros((2, UNITS))
    for x in bits:
        r, theta = sigmoid(x * w["U_r"] + w["b_r"]), x * w["U_t"] + w["b_t"]
        for i in range(UNITS):
            turn = np.array([[np.cos(theta[i]), -np.sin(theta[i])], [np.sin(theta[i]), np.cos(theta[i])]])
            pairs[:, i] = r[i] * turn @ pairs[:, i] + np.array([x * w["U_u"][i] + w["b_u"][i], 0])
        yield pairs.flatten()


def deltanet(w, bits, largest_rate):
    """Yang and others 2024, equation 1: S = S (I - beta k k^T) + beta v k^T, and the output S q."""
    S = np.zeros((UNITS, UNITS))
    for x in bits:
        q, k, v = (silu(x * w[f"U_{name}"] + w[f"b_{name}"]) for name in "qkv")
        q, k = q / np.linalg.norm(q), k / np.linalg.norm(k)
        beta = largest_rate * sigmoid(x * w["U_beta"] + w["b_beta"])
        S = S @ (np.eye(UNITS) - beta * np.outer(k, k)) + beta * np.outer(v, k)
        yield S @ q


def mlstm(w, bits):
    """Beck and others 2024, equations 19 to 27, without the stabiliser, which changes no value."""
    C, n = np.zeros((UNITS, UNITS)), np.zeros(UNITS)
    for x in bits:
        q, k, v, o, i, f = (x * w[f"U_{name}"] + w[f"b_{name}"] for name in "qkvoif")
        k, o, i, f = k / np.sqrt(UNITS), sigmoid(o), np.exp(i), sigmoid(f)
        C, n = f * C + i * np.outer(v, k), f * n + i * k
        yield o * (C @ q) / max(abs(n @ q), 1)


def slstm(w, bits):
    """Beck and others 2024, equations 8 to 14."""
    h, c, n = np.zeros((3, UNITS))
    for x in bits:
        i, f, z, o = np.split(x * w["U"] + h @ w["V"] + w["b"], 4)
        i, f, z, o = np.exp(i), sigmoid(f), np.tanh(z), sigmoid(o)
        c, n = f * c + i * z, f * n + i
        h = o * c / n
        yield h


def cell(kind):
    """Return a function that computes PyTorch's own cell."""
    def outputs(w, bits):
        module = kind(1, UNITS, dtype=torch.float64)
        for weight, value in zip(module.parameters(), (w["U"][:, None], w["V"].T, w["b"], w.get("d", 0 * w["b"]))):
            weight.data = torch.from_numpy(value)
        return module(torch.from_numpy(bits[:, None]).double())[0].detach().numpy()
    return outputs


def transformer(w, bits, reads_answers):
    """PyTorch's own blocks, and a norm."""
    y = np.outer(bits, w["E"]) + w["e"]
    if reads_answers:
        y += np.outer(np.cumsum([0, *bits[:-1]]) % 2, w["E_answer"])
    y, mask = torch.from_numpy(y), nn.Transformer.generate_square_subsequent_mask(len(bits), dtype=torch.float64)
    for layer in "12":
        block = nn.TransformerEncoderLayer(WIDTH, 2, 4 * WIDTH, dropout=0, norm_first=True, dtype=torch.float64)
        QKV, P, F, f, G, g = (w[part + layer].T for part in ("QKV", "P", "F", "f", "G", "g"))
        given = QKV, np.zeros(3 * WIDTH), P, np.zeros(WIDTH), F, f, G, g
        for weight, value in zip(block.parameters(), given):        # the norms, which come last, stay as they are
            weight.data = torch.from_numpy(value)
        y = block(y, mask)
    return nn.functional.layer_norm(y, (WIDTH,)).detach().numpy()


EQUATIONS = {
    "tanh": cell(nn.RNN), "LSTM": cell(nn.LSTM), "GRU": cell(nn.GRU), "sLSTM": slstm,
    "minGRU": partial(mingru, with_sign=False), "minGRU with a sign": partial(mingru, with_sign=True),
    "Mamba": partial(mamba, with_sign=False), "Mamba with a sign": partial(mamba, with_sign=True),
    "LRU": lru, "complex": turning, "mLSTM": mlstm,
    "DeltaNet": partial(deltanet, largest_rate=1), "DeltaNet with a sign": partial(deltanet, largest_rate=2),
    "transformer": partial(transformer, reads_answers=False),
    "transformer that writes": partial(transformer, reads_answers=True)}


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_agrees_with_the_equations_of_its_paper_or_with_pytorch(name):
    network = LAYERS[name](range(2)).double()
    logits = network(torch.from_numpy(BITS[..., None]).double())[0].detach().numpy()
    for seed, place in product(range(2), range(3)):
        w = {part: weight[seed].detach().numpy() for part, weight in network.named_parameters()}
        w = {part: weight[0] if len(weight) == 1 else weight for part, weight in w.items()}
        outputs = np.stack(list(EQUATIONS[name](w, BITS[:, seed, place])))
        expected = (outputs @ w["W"].reshape(-1, 1) + w["c"])[:, 0]
        np.testing.assert_allclose(logits[:, seed, place], expected, atol=1e-12)
