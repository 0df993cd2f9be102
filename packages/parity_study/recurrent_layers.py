"""Modern recurrent layers and a transformer, each in a few lines of PyTorch.

Page: *Which layers keep a bit for ever?* All layers read bits and answer after each of them. They have 8 units. A layer
holds one network for each seed: all weights are ``[seeds, rows, columns]``, and multiply vectors from the right, as in
``x @ W``. Bits are ``[steps, seeds, batch, 1]`` and logits ``[steps, seeds, batch]``. The first weights are uniform
between plus and minus one divided by the root of the rows, as in PyTorch. For the cells whose gates read the state, the
root is that of the units, as in PyTorch, too.
"""

from __future__ import annotations

import math
from copy import deepcopy
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import gelu, layer_norm, normalize, scaled_dot_product_attention, silu, softplus

UNITS = 8
WIDTH = 16      # of the transformer
BOTH = torch.tensor([0.0, 1.0]).view(2, 1, 1, 1)     # the two bits


class Layer(nn.Module):
    """A layer whose output is turned into a logit by a weighted sum.

    A subclass names its weights with their rows and columns in ``sizes``, and computes one time step in ``step``.
    """

    sizes: ClassVar[dict[str, tuple[int, int]]] = {}
    begin: ClassVar[dict[str, float]] = {}      # what is added to some of the first weights
    outputs, gates_read_state = UNITS, False
    snapped = ""                # "factors" if they have been moved to exact ones, or "all", see snap

    if TYPE_CHECKING:
        def __getattr__(self, name: str) -> Tensor: ...

    def __init__(self, seeds: range) -> None:
        super().__init__()
        for name, (rows, columns) in {**self.sizes, "W": (self.outputs, 1), "c": (1, 1)}.items():
            self.register_parameter(name, nn.Parameter(torch.empty(len(seeds), rows, columns)))
        for place, seed in enumerate(seeds):
            generator = torch.Generator().manual_seed(seed)
            for name, weight in self.named_parameters():
                limit = (UNITS if self.gates_read_state else weight.shape[1]) ** -0.5
                weight.data[place].uniform_(-limit, limit, generator=generator)
                weight.data[place] += self.begin.get(name, 0)

    def vectors(self) -> np.ndarray:
        """Return each seed's weights as a row, in the order of ``sizes``, followed by W and c."""
        return torch.cat([weight.detach().flatten(1) for weight in self.parameters()], dim=1).numpy()

    @classmethod
    def from_vectors(cls, vectors: np.ndarray) -> Layer:
        """Create networks from weights in the form that :meth:`vectors` returns."""
        network = cls(range(len(vectors)))
        parts = torch.from_numpy(vectors).split([weight[0].numel() for weight in network.parameters()], dim=1)
        for weight, part in zip(network.parameters(), parts, strict=True):
            weight.data = part.clone().view_as(weight)
        return network

    def only(self, chosen: Any) -> Layer:
        """Return the networks at the chosen indices."""
        network = deepcopy(self)
        for weight in network.parameters():
            weight.data = weight.data[chosen]
        return network

    def step(self, x: Tensor, state: Any) -> tuple[Any, Tensor]:
        """Return the next state and the output for the bits ``x [seeds, batch, 1]``. The first state is None."""
        raise NotImplementedError

    def forward(self, bits: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        """Return the logits after each bit, and the last state."""
        outputs = []
        for x in bits:
            state, output = self.step(x, state)
            outputs.append(output)
        return self.answer(torch.stack(outputs)), state

    def answer(self, outputs: Tensor) -> Tensor:
        """Compute the logits from the outputs ``[steps, seeds, batch, units]``."""
        return (outputs @ self.W + self.c).squeeze(-1)


def zeros(x: Tensor, *shape: int) -> Tensor:
    """Return a state of zeros for each string of ``x [seeds, batch, 1]``."""
    return x.new_zeros(*x.shape[:-1], *shape)


class TanhLayer(Layer):
    """A plain recurrent network (Elman 1990)."""

    sizes: ClassVar = {"U": (1, UNITS), "V": (UNITS, UNITS), "b": (1, UNITS)}
    gates_read_state = True

    def step(self, x, state):
        h = zeros(x, UNITS) if state is None else state
        h = torch.tanh(x * self.U + h @ self.V + self.b)
        return h, h


class LSTMLayer(Layer):
    """A long short-term memory (Hochreiter and Schmidhuber 1997, Gers and others 2000)."""

    sizes: ClassVar = {"U": (1, 4 * UNITS), "V": (UNITS, 4 * UNITS), "b": (1, 4 * UNITS)}
    gates_read_state = True

    def step(self, x, state):
        h, c = (zeros(x, UNITS), zeros(x, UNITS)) if state is None else state
        i, f, g, o = (x * self.U + h @ self.V + self.b).chunk(4, dim=-1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        return (h, c), h


class GRULayer(Layer):
    """A gated recurrent unit (Cho and others 2014) in PyTorch's form."""

    sizes: ClassVar = {"U": (1, 3 * UNITS), "b": (1, 3 * UNITS), "V": (UNITS, 3 * UNITS), "d": (1, 3 * UNITS)}
    gates_read_state = True

    def step(self, x, state):
        h = zeros(x, UNITS) if state is None else state
        r, z, n = (x * self.U + self.b).chunk(3, dim=-1)
        r_state, z_state, n_state = (h @ self.V + self.d).chunk(3, dim=-1)
        r, z = torch.sigmoid(r + r_state), torch.sigmoid(z + z_state)
        h = (1 - z) * torch.tanh(n + r * n_state) + z * h
        return h, h


class SLSTM(Layer):
    """The sLSTM of xLSTM (Beck and others 2024), with a sigmoid as the forget gate."""

    sizes: ClassVar = LSTMLayer.sizes
    gates_read_state = True

    def step(self, x, state):
        h, c, n = (zeros(x, UNITS) for _ in range(3)) if state is None else state
        i, f, z, o = (x * self.U + h @ self.V + self.b).chunk(4, dim=-1)
        i, f = torch.exp(i), torch.sigmoid(f)
        c, n = f * c + i * torch.tanh(z), f * n + i
        h = torch.sigmoid(o) * c / n
        return (h, c, n), h


class Diagonal(Layer):
    """The base class of linear layers in which each channel has a factor of its own.

    The channels are h = a(x) h + b(x). The factor and what is added depend on the bit alone, so they are computed once
    for each of the two bits.
    """

    signed = False      # whether factors between 0 and 1 are stretched to -1 to 1 (Grazzi and others 2025)

    def terms(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return the factor a(x) and the term b(x) that is added."""
        raise NotImplementedError

    def stretch(self, factor: Tensor) -> Tensor:
        return 2 * factor - 1 if self.signed else factor

    def factors(self) -> Tensor:
        """Return the factors after a 0 and after a 1, ``[2, seeds, 1, units]``."""
        return self.terms(BOTH)[0]

    def output(self, x: Tensor, h: Tensor) -> Tensor:
        """Return the output, which is h itself unless a subclass overrides this method."""
        return h

    def forward(self, bits, state=None):
        terms = self.terms(BOTH.to(bits.dtype))
        if self.snapped:
            terms = snap(*terms, self.snapped == "all")
        a, b = (torch.where(bits == 1, part[1], part[0]) for part in terms)
        h, states = 0 if state is None else state, []
        for factor, added in zip(a.unbind(), b.unbind()):
            h = factor * h + added
            states.append(h)
        return self.answer(self.output(bits, torch.stack(states))), h


def snap(a: Tensor, b: Tensor, also_added: bool) -> tuple[Tensor, Tensor]:
    """Move each factor to -1, 0 or 1, whichever is nearest.

    The first row belongs to the bit 0 and the second to the bit 1. If ``also_added`` is true, a channel that now keeps
    its size after a 0 adds nothing there, nor does one that keeps its value after a 1.
    """
    snapped = torch.where(a.real.abs() > 0.5, torch.sign(a.real), 0)
    keeps = torch.stack([snapped[0] != 0, snapped[1] == 1])
    return snapped, torch.where(keeps & also_added, 0, b.real)


class MinGRU(Diagonal):
    """A minGRU (Feng and others 2024), with the book's z, which is 1 when the state is kept."""

    sizes: ClassVar = {"U_z": (1, UNITS), "b_z": (1, UNITS), "U_n": (1, UNITS), "b_n": (1, UNITS)}

    def terms(self, x):
        z = torch.sigmoid(x * self.U_z + self.b_z)
        return self.stretch(z), (1 - z) * (x * self.U_n + self.b_n)


class Mamba(Diagonal):
    """The selective layer of Mamba (Gu and Dao 2023) with one number as the state of each channel, without convolution.

    D is the size of the time step; B and C weigh what is written into the state and read from it.
    """

    sizes: ClassVar = {"U_D": (1, UNITS), "b_D": (1, UNITS), "log_A": (1, UNITS), "U_B": (1, 1), "b_B": (1, 1),
                       "U_C": (1, 1), "b_C": (1, 1), "U_u": (1, UNITS), "b_u": (1, UNITS), "skip": (1, UNITS),
                       "U_g": (1, UNITS), "b_g": (1, UNITS)}

    def terms(self, x):
        D, u = softplus(x * self.U_D + self.b_D), silu(x * self.U_u + self.b_u)
        return self.stretch(torch.exp(-D * torch.exp(self.log_A))), D * (x * self.U_B + self.b_B) * u

    def output(self, x, h):
        y = (x * self.U_C + self.b_C) * h + self.skip * silu(x * self.U_u + self.b_u)
        return y * silu(x * self.U_g + self.b_g)


class LRU(Diagonal):
    """A linear recurrent unit (Orvieto and others 2023), an S4D with fixed complex factors, followed by a gated unit.

    The initial factors have a size of about 0.9 to 0.99, and point in all directions.
    """

    sizes: ClassVar = {"log_nu": (1, UNITS), "log_theta": (1, UNITS), "U_re": (1, UNITS), "b_re": (1, UNITS),
                       "U_im": (1, UNITS), "b_im": (1, UNITS), "C_re": (UNITS, UNITS), "C_im": (UNITS, UNITS),
                       "skip": (1, UNITS), "G": (UNITS, UNITS), "g": (1, UNITS)}
    begin: ClassVar = {"log_nu": -3.4, "log_theta": 0.1}

    def terms(self, x):
        nu = torch.exp(self.log_nu)
        factor = torch.polar(torch.exp(-nu), torch.exp(self.log_theta))
        scale = (1 - torch.exp(-2 * nu)).sqrt()
        added = scale * torch.complex(x * self.U_re + self.b_re, x * self.U_im + self.b_im)
        return factor.expand_as(added), added

    def output(self, x, h):
        y = gelu(h.real @ self.C_re - h.imag @ self.C_im + x * self.skip)
        return y * torch.sigmoid(y @ self.G + self.g)


class Turning(Diagonal):
    """A layer whose complex factors depend on the bit: their size r is between 0 and 1, and their angle is theta."""

    sizes: ClassVar = {"U_r": (1, UNITS), "b_r": (1, UNITS), "U_t": (1, UNITS), "b_t": (1, UNITS),
                       "U_u": (1, UNITS), "b_u": (1, UNITS)}
    outputs = 2 * UNITS

    def terms(self, x):
        factor = torch.polar(torch.sigmoid(x * self.U_r + self.b_r), x * self.U_t + self.b_t)
        added = x * self.U_u + self.b_u
        return factor, torch.complex(added, torch.zeros_like(added))

    def output(self, x, h):
        return torch.cat([h.real, h.imag if h.is_complex() else torch.zeros_like(h)], dim=-1)


class DeltaNet(Layer):
    """A DeltaNet (Schlag and others 2021, Yang and others 2024): the state is a table of values, looked up by key.

    Each time step moves the value that is stored under the key k towards v. ``largest_rate`` is 1 for eigenvalues from
    0 to 1 and 2 for eigenvalues from -1 to 1 (Grazzi and others 2025).
    """

    sizes: ClassVar = {f"{kind}_{name}": (1, UNITS) for name in "qkv" for kind in "Ub"} | {
        "U_beta": (1, 1), "b_beta": (1, 1)}
    largest_rate = 1

    def beta(self, x: Tensor) -> Tensor:
        """Return how far a value is moved: the factor along the key is 1 - beta."""
        beta = self.largest_rate * torch.sigmoid(x * self.U_beta + self.b_beta)
        if self.snapped:
            beta = torch.round(beta)
        return beta * x if self.snapped == "all" else beta      # then a 0 writes nothing

    def factors(self) -> Tensor:
        """Return the factors along the key after a 0 and after a 1, ``[2, seeds, 1, 1]``."""
        return 1 - self.beta(BOTH)

    def step(self, x, state):
        S = zeros(x, UNITS, UNITS) if state is None else state     # [seeds, batch, value, key]
        q, k = normalize(silu(x * self.U_q + self.b_q), dim=-1), normalize(silu(x * self.U_k + self.b_k), dim=-1)
        v, beta = silu(x * self.U_v + self.b_v), self.beta(x)
        stored = (S * k[..., None, :]).sum(-1)
        S = S + (beta * (v - stored))[..., None] * k[..., None, :]
        return S, (S * q[..., None, :]).sum(-1)


class MLSTM(Layer):
    """The mLSTM of xLSTM (Beck and others 2024), with a sigmoid as the forget gate, which begins nearly open."""

    sizes: ClassVar = {f"{kind}_{name}": (1, UNITS) for name in "qkvo" for kind in "Ub"} | {
        "U_i": (1, 1), "b_i": (1, 1), "U_f": (1, 1), "b_f": (1, 1)}
    begin: ClassVar = {"b_f": 3}

    def step(self, x, state):
        S = zeros(x, UNITS + 1, UNITS) if state is None else state     # the last row is the normaliser n
        q, v, o = x * self.U_q + self.b_q, x * self.U_v + self.b_v, torch.sigmoid(x * self.U_o + self.b_o)
        k = (x * self.U_k + self.b_k) / math.sqrt(UNITS)
        i, f = torch.exp(x * self.U_i + self.b_i), torch.sigmoid(x * self.U_f + self.b_f)
        v = torch.cat([v, torch.ones_like(i)], dim=-1)
        S = f[..., None] * S + (i * v)[..., None] * k[..., None, :]
        read = (S * q[..., None, :]).sum(-1)
        return S, o * read[..., :-1] / read[..., -1:].abs().clamp(min=1)


class Transformer(Layer):
    """A transformer of two layers (Vaswani and others 2017) with causal attention and no positional encoding.

    ``reads`` is 1, or 2 if it also reads the answer to the string so far before each bit. The answers are the correct
    ones: up to its first mistake, a transformer that reads its own answers reads the same.
    """

    heads, reads, outputs = 2, 1, WIDTH
    sizes: ClassVar = {"E": (1, WIDTH), "e": (1, WIDTH), "E_answer": (1, WIDTH)} | {
        f"{name}{layer}": size for layer in (1, 2) for name, size in {
            "QKV": (WIDTH, 3 * WIDTH), "P": (WIDTH, WIDTH), "F": (WIDTH, 4 * WIDTH), "f": (1, 4 * WIDTH),
            "G": (4 * WIDTH, WIDTH), "g": (1, WIDTH)}.items()}

    def forward(self, bits, state=None):
        y = bits * self.E + self.e
        if self.reads == 2:
            y = y + torch.cat([torch.zeros_like(bits[:1]), bits.cumsum(0)[:-1] % 2]) * self.E_answer
        for layer in "12":
            QKV, P, F, f, G, g = (getattr(self, name + layer) for name in ("QKV", "P", "F", "f", "G", "g"))
            parts = (layer_norm(y, (WIDTH,)) @ QKV).unflatten(-1, (3, self.heads, -1))
            q, k, v = parts.permute(3, 1, 2, 4, 0, 5).flatten(1, 2).unbind()     # [seeds x batch, heads, steps, keys]
            mixed = scaled_dot_product_attention(q, k, v, is_causal=True).unflatten(0, y.shape[1:3])
            y = y + mixed.permute(3, 0, 1, 2, 4).flatten(-2) @ P
            y = y + torch.relu(layer_norm(y, (WIDTH,)) @ F + f) @ G + g
        return self.answer(layer_norm(y, (WIDTH,))), None


def variant(layer: type[Layer], **changes: Any) -> type[Layer]:
    """Return a layer that differs from another in some of its attributes."""
    return type(layer.__name__, (layer,), changes)


LAYERS: dict[str, type[Layer]] = {
    "tanh": TanhLayer, "LSTM": LSTMLayer, "GRU": GRULayer, "sLSTM": SLSTM,
    "minGRU": MinGRU, "minGRU with a sign": variant(MinGRU, signed=True),
    "Mamba": Mamba, "Mamba with a sign": variant(Mamba, signed=True),
    "LRU": LRU, "complex": Turning,
    "DeltaNet": DeltaNet, "DeltaNet with a sign": variant(DeltaNet, largest_rate=2),
    "mLSTM": MLSTM, "transformer": Transformer, "transformer that writes": variant(Transformer, reads=2),
}
