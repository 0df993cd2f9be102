"""Names of towns, and models that write such names or tell which country a name comes from.

Chapter: *A network that writes*. A network reads a name as numbers: each is the place of a symbol in :data:`SYMBOLS`,
which contains the end of a name, 29 characters and eight countries. ``towns/README.md`` describes the file of names.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from importlib.resources import files
from math import log, log2
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy, one_hot

from parity_lib.errors import require, require_choice
from parity_lib.models import MODULES
from parity_lib.padding import last_real_step, length_mask, pack, unpack

COUNTRIES = {"DE": "Germany", "ES": "Spain", "FI": "Finland", "FR": "France",
             "GB": "Great Britain", "JP": "Japan", "PL": "Poland", "TR": "Turkey"}
END = "\n"
CHARACTERS = END + " '-abcdefghijklmnopqrstuvwxyz"
SYMBOLS = (*CHARACTERS, *COUNTRIES)
PARTS = ("training", "validation", "test")
STORED = Path(__file__).parent / "towns" / "writer.npz"

Name = tuple[str, str]
"""A country and a name, such as ``("FI", "oulu")``."""


def read_names(part: str, countries: Sequence[str] = tuple(COUNTRIES)) -> list[Name]:
    """Return the names in one part: ``"training"`` (eight tenths), ``"validation"`` or ``"test"`` (one tenth each).

    Each entry is a country and a name in lower case. Raises ValueError if the part or a country does not exist.

    >>> read_names("test", ["FI"])[0]
    ('FI', 'simonkyla')
    """
    require_choice("part", part, PARTS)
    for country in countries:
        require_choice("country", country, tuple(COUNTRIES))
    lines = (files(__package__) / "towns" / "names.txt").read_text(encoding="utf-8").splitlines()
    first = {"training": 0, "validation": 8, "test": 9, "end": 10}
    start, stop = (len(lines) * first[name] // 10 for name in (part, (*PARTS, "end")[PARTS.index(part) + 1]))
    return [(line[:2], line[3:]) for line in lines[start:stop] if line[:2] in countries]


def encode(symbols: Sequence[str]) -> torch.Tensor:
    """Return the index of each symbol in :data:`SYMBOLS`, as an int64 tensor ``[len(symbols)]``.

    >>> encode("ab").tolist(), encode(["FI", "a", END]).tolist()
    ([4, 5], [32, 4, 0])
    """
    return torch.tensor([SYMBOLS.index(symbol) for symbol in symbols])


def pad(rows: Sequence[torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    """Return sequences as a tensor ``[batch, steps]`` padded with zeros, and their lengths ``[batch]``."""
    return nn.utils.rnn.pad_sequence(list(rows), batch_first=True), torch.tensor([len(row) for row in rows])


def to_write(names: Sequence[Name]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return inputs and labels, both ``[batch, steps]``, and lengths ``[batch]`` for predicting the next character.

    The first input is the country. The label at each time step is the next character, and the last one is the end.

    >>> inputs, labels, lengths = to_write([("FI", "oulu")])
    >>> [SYMBOLS[place] for place in inputs[0]], [SYMBOLS[place] for place in labels[0]]
    (['FI', 'o', 'u', 'l', 'u'], ['o', 'u', 'l', 'u', '\\n'])
    """
    inputs, lengths = pad([encode([country, *name]) for country, name in names])
    labels, _ = pad([encode([*name, END]) for _, name in names])
    return inputs, labels, lengths


def to_read(names: Sequence[Name]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return inputs ``[batch, steps]``, the number of each country ``[batch]``, and lengths ``[batch]``.

    >>> inputs, countries, lengths = to_read([("FI", "oulu"), ("DE", "bonn")])
    >>> countries.tolist(), inputs.shape
    ([2, 0], torch.Size([2, 4]))
    """
    inputs, lengths = pad([encode(name) for _, name in names])
    return inputs, torch.tensor([list(COUNTRIES).index(country) for country, _ in names]), lengths


class NameNetwork(nn.Module):
    """A recurrent network that reads symbols and computes ``outputs`` logits after each one.

    By default, there is a logit for each character that may come next. ``cell`` is a key of
    :data:`parity_lib.models.MODULES`. The first weights are drawn from ``seed``.
    """

    def __init__(self, hidden_size: int = 128, cell: str = "gru", outputs: int = len(CHARACTERS), *,
                 seed: int = 0) -> None:
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.rnn = MODULES[cell](len(SYMBOLS), hidden_size, batch_first=True)
            self.readout = nn.Linear(hidden_size, outputs)

    def forward(self, inputs: torch.Tensor, lengths: torch.Tensor | None = None, state=None):
        """Return the logits ``[batch, steps, outputs]`` for ``inputs [batch, steps]``, and the last state.

        With ``lengths [batch]`` the inputs are packed, so that the network skips the padding.
        """
        vectors = one_hot(inputs, len(SYMBOLS)).float()
        if lengths is None:
            states, last = self.rnn(vectors, state)
        else:
            packed, last = self.rnn(pack(vectors, lengths), state)
            states = unpack(packed, inputs.shape[1])
        return self.readout(states), last


def mean_loss(logits: torch.Tensor, labels: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    """Return the mean cross-entropy, in nats, over all time steps before the padding, for labels ``[batch, steps]``."""
    mask = length_mask(lengths, labels.shape[1])
    return cross_entropy(logits[mask], labels[mask])


def writing_loss(model: nn.Module, names: Sequence[Name]) -> torch.Tensor:
    """Return the mean cross-entropy, in nats, over the characters and the end of every name."""
    inputs, labels, lengths = to_write(names)
    return mean_loss(model(inputs, lengths)[0], labels, lengths)


def reading_loss(model: nn.Module, names: Sequence[Name], every_step: bool = False) -> torch.Tensor:
    """Return the mean cross-entropy, in nats, of the country after the last character, or after every character."""
    inputs, countries, lengths = to_read(names)
    logits = model(inputs, lengths)[0]
    if not every_step:
        return cross_entropy(last_real_step(logits, lengths), countries)
    return mean_loss(logits, countries[:, None].expand(inputs.shape), lengths)


def train_epochs(model: nn.Module, names: Sequence[Name], loss_of: Callable, epochs: int, *, seed: int,
                 batch_size: int = 64, lr: float = 0.01, after: Callable[[int], None] = lambda epoch: None) -> None:
    """Train a network on names, in a new order in each epoch, with Adam and a learning rate that falls to 0.

    ``loss_of(model, names)`` returns the loss of a batch. ``after(epoch)`` is called after each epoch, from 1.
    """
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    scheduler = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, epochs * -(-len(names) // batch_size))
    for epoch in range(1, epochs + 1):
        for places in torch.randperm(len(names), generator=generator).split(batch_size):
            loss = loss_of(model, [names[place] for place in places])
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            scheduler.step()
        after(epoch)


@torch.no_grad()
def bits_per_character(model: nn.Module, names: Sequence[Name]) -> float:
    """Return the mean cross-entropy, in bits, over characters and ends, given the country and earlier characters."""
    return writing_loss(model, names).item() / log(2)


@torch.no_grad()
def write_names(model: nn.Module, countries: Sequence[str], generator: torch.Generator, temperature: float = 0.8,
                most: int = 30) -> list[str]:
    """Return a name that a network writes for each country. It ends a name itself, or after ``most`` characters.

    Each character is drawn from ``softmax(logits / temperature)`` with the ``generator``. Raises ValueError if the
    temperature is not above 0.
    """
    require(temperature > 0, "temperature", temperature, "a number above 0")
    symbols, state, drawn = encode(countries)[:, None], None, []
    for _ in range(most):
        logits, state = model(symbols, state=state)
        symbols = torch.multinomial(torch.softmax(logits[:, -1] / temperature, dim=1), 1, generator=generator)
        drawn.append(symbols)
    return ["".join(CHARACTERS[place] for place in row).split(END)[0] for row in torch.cat(drawn, dim=1).tolist()]


class NGrams:
    """A model that counts which character follows each context of at most ``order`` characters of a name.

    A context may begin with the mark :data:`END` before the first character. The counts of a context are mixed with
    the probabilities given by the context that is one character shorter. Their weight is the number of different
    characters that have followed the context. Source: I. H. Witten and T. C. Bell, *IEEE Transactions on Information
    Theory* 37, 1991, method C.

    >>> model = NGrams(["abab"], order=1)
    >>> model.probability("b", after="a") > 0.6 > model.probability("b", after="b")
    True
    """

    def __init__(self, names: Sequence[str], order: int) -> None:
        self.order = order
        self.following: dict[str, Counter] = defaultdict(Counter)
        for name in names:
            for character, after in self._contexts(name):
                for start in range(len(after) + 1):
                    self.following[after[start:]][character] += 1
        self.total = {context: counts.total() for context, counts in self.following.items()}

    def _contexts(self, name: str):
        marked = END + name + END
        for place in range(1, len(marked)):
            yield marked[place], marked[max(0, place - self.order):place]

    def probability(self, character: str, after: str) -> float:
        """Return the probability of a character after a context of at most ``order`` characters."""
        shorter = self.probability(character, after[1:]) if after else 1 / len(CHARACTERS)
        if after not in self.total:
            return shorter
        counts = self.following[after]
        return (counts[character] + len(counts) * shorter) / (self.total[after] + len(counts))

    def bits(self, name: str) -> list[float]:
        """Return the negative base-2 log-probability of each character in a name, and of the end of the name."""
        return [-log2(self.probability(character, after)) for character, after in self._contexts(name)]


def stored_writer() -> NameNetwork:
    """Return the GRU that writes the names on all pages, with weights loaded from ``towns/writer.npz``."""
    model = NameNetwork()
    with np.load(STORED) as weights:
        model.load_state_dict({name: torch.from_numpy(weights[name]).float() for name in weights.files})
    return model


if __name__ == "__main__":
    writer = NameNetwork()
    train_epochs(writer, read_names("training"), writing_loss, epochs=10, seed=0)
    weights = {name: weight.numpy().astype(np.float16) for name, weight in writer.state_dict().items()}
    np.savez_compressed(STORED, **weights)
