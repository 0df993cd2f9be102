"""Models that predict the next character of a text: recurrent networks and counts.

Chapter: *A network that writes*. Texts are strings of the characters in :data:`CHARACTERS`. A network reads them as
tensors of indices into that string.
"""

from collections import Counter, defaultdict
from importlib.resources import files
from math import log, log2

import torch
from torch import nn
from torch.nn.functional import cross_entropy, one_hot

from parity_lib.models import MODULES


def read_text(part: str) -> str:
    """Return the book's frozen prose; ``part`` is ``"training"`` or ``"held-out"``. See ``text/README.md``."""
    return (files(__package__) / "text" / f"{part}.txt").read_text(encoding="utf-8")


CHARACTERS = "".join(sorted(set(read_text("training"))))


def encode(text: str) -> torch.Tensor:
    """Return the indices of the characters of a text, int64 ``[len(text)]``.

    >>> encode("\\n b").tolist()
    [0, 1, 23]
    """
    return torch.tensor([CHARACTERS.index(character) for character in text])


class CharacterNetwork(nn.Module):
    """A recurrent network that predicts the next character at each time step.

    ``cell`` is a key of :data:`parity_lib.models.MODULES`. The first parameters are drawn from ``seed``.
    """

    def __init__(self, hidden_size: int = 128, cell: str = "gru", seed: int = 0) -> None:
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.rnn = MODULES[cell](len(CHARACTERS), hidden_size, batch_first=True)
            self.readout = nn.Linear(hidden_size, len(CHARACTERS))

    def forward(self, indices: torch.Tensor, state=None):
        """Return the logits ``[batch, steps, characters]`` for ``indices [batch, steps]``, and the last state."""
        states, last = self.rnn(one_hot(indices, len(CHARACTERS)).float(), state)
        return self.readout(states), last


def train_on_text(model: CharacterNetwork, text: str, passes: int, pieces: int = 32, window: int = 50,
                  lr: float = 0.005, clip: float = 1.0) -> None:
    """Train a network to predict the next character by truncated backpropagation through time.

    The text is cut into ``pieces`` that are read side by side, window by window. The state is carried from one window
    to the next without its gradient.
    """
    length = len(text) // pieces
    streams = encode(text[:pieces * length]).reshape(pieces, length)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(passes):
        state = None
        for start in range(0, length - window, window):
            logits, state = model(streams[:, start:start + window], state)
            state = tuple(part.detach() for part in state) if isinstance(state, tuple) else state.detach()
            loss = cross_entropy(logits.flatten(0, 1), streams[:, start + 1:start + window + 1].flatten())
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), clip)
            optimizer.step()


@torch.no_grad()
def bits_per_character(model: CharacterNetwork, text: str, context: int | None = None) -> float:
    """Return the mean cross-entropy, in bits, of each character given those before it.

    With ``context``, the network reads only that many characters before each prediction, from the zero state.
    """
    indices = encode(text)
    if context is None:
        logits, answers = model(indices[None, :-1])[0][0], indices[1:]
    else:
        logits = model(indices[:-1].unfold(0, context, 1))[0][:, -1]
        answers = indices[context:]
    return cross_entropy(logits, answers).item() / log(2)


class NGrams:
    """A model that counts which character follows each context of at most ``order`` characters.

    The counts of a context are mixed with the probabilities given by the context that is one character shorter. Their
    weight is the number of different characters that have followed the context. Source: I. H. Witten and T. C. Bell,
    *IEEE Transactions on Information Theory* 37, 1991, method C.

    >>> model = NGrams("abab", order=1)
    >>> model.probability("b", after="a") > 0.6 > model.probability("b", after="b")
    True
    """

    def __init__(self, text: str, order: int) -> None:
        self.order = order
        self.following: dict[str, Counter] = defaultdict(Counter)
        for length in range(order + 1):
            for place in range(length, len(text)):
                self.following[text[place - length:place]][text[place]] += 1
        self.total = {context: counts.total() for context, counts in self.following.items()}

    def probability(self, character: str, after: str) -> float:
        """Return the probability of a character after a context of at most ``order`` characters."""
        shorter = self.probability(character, after[1:]) if after else 1 / len(CHARACTERS)
        if after not in self.total:
            return shorter
        counts = self.following[after]
        return (counts[character] + len(counts) * shorter) / (self.total[after] + len(counts))

    def bits_per_character(self, text: str) -> float:
        """Return the mean of minus the binary logarithm of each character's probability."""
        bits = [-log2(self.probability(character, text[max(0, place - self.order):place]))
                for place, character in enumerate(text)]
        return sum(bits) / len(bits)
