"""An interactive figure of a network that writes, for the chapter *A network that writes*."""

import base64

import numpy as np
import torch
import traitlets
from torch import nn
from torch.nn.functional import one_hot

from parity_figures.widgets.base import ParityWidget, front_end
from parity_lib.errors import require

LARGEST = 2**15 - 1
NAMED = 3       # characters that the summary names


class CharacterWriter(ParityWidget):
    """A widget in which a GRU continues a text that the reader types.

    It shows the probabilities of the next character at a chosen temperature, and after a draw, those from which the
    last character was drawn. The text has the colours of one hidden unit. ``rnn`` is a GRU with one layer that reads
    one-hot vectors, and ``readout`` computes a logit for each of the ``characters``. The network first reads "\\n",
    the end of a paragraph, then the ``text`` and what it has ``written``. The weights are rounded to 16 bits.

    >>> CharacterWriter(nn.GRU(3, 2, batch_first=True), nn.Linear(2, 3), "\\nab", "ab").probabilities().shape
    (3,)
    """

    _esm, _css = front_end("character_writer")
    room = traitlets.List(traitlets.Float(), [39.1, 46.5]).tag(sync=True)

    characters = traitlets.Unicode().tag(sync=True)
    arrays = traitlets.List().tag(sync=True)
    text = traitlets.Unicode().tag(sync=True)
    written = traitlets.Unicode().tag(sync=True)
    temperature = traitlets.Float(0.7, min=0.1, max=2).tag(sync=True)

    def __init__(self, rnn: nn.GRU, readout: nn.Linear, characters: str, text: str, **values) -> None:
        require(set(text) <= set(characters), "text", text, "a string of the characters")
        self._rnn, self._readout = rnn, readout
        weights = [*rnn.parameters(), *readout.parameters()]
        super().__init__(characters=characters, text=text, arrays=[_packed(array) for array in weights], **values)

    @torch.no_grad()
    def state(self) -> torch.Tensor:
        """Return the hidden state after the text, ``[hidden]``."""
        indices = torch.tensor([[self.characters.index(character) for character in f"\n{self.text}{self.written}"]])
        return self._rnn(one_hot(indices, len(self.characters)).float())[1][0, 0]

    @torch.no_grad()
    def probabilities(self) -> np.ndarray:
        """Return the probability of each character after the text, ``[characters]``."""
        return torch.softmax(self._readout(self.state()) / self.temperature, dim=0).numpy()

    def summary(self) -> str:
        """Name the most likely next characters."""
        chances = self.probabilities()
        likely = ", ".join(f"{self.characters[place]!r} with {100 * chances[place]:.0f} %"
                           for place in np.argsort(-chances)[:NAMED])
        return (f"A GRU continues the text {self.text + self.written!r}. At temperature {self.temperature:.1f} the "
                f"most likely next characters are {likely}.")


def _packed(array: torch.Tensor) -> dict:
    """Return an array as 16-bit integers in base64, with the number that one unit stands for."""
    values = array.detach().numpy()
    unit = float(np.abs(values).max()) / LARGEST or 1.0
    return {"unit": unit, "data": base64.b64encode(np.round(values / unit).astype("<i2").tobytes()).decode()}
