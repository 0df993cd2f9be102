"""An interactive figure of a network that invents names of towns, for the chapter *A network that writes*."""

import base64
import zlib
from functools import cache

import numpy as np
import torch
import traitlets
from matplotlib.figure import Figure
from torch.nn.functional import one_hot

from parity_figures.picture import MUTED, canvas, name_rows
from parity_figures.widgets.base import ParityWidget, front_end, matrix_of
from parity_lib.errors import require
from parity_study import town_names
from parity_study.town_names import CHARACTERS, COUNTRIES, END, NameNetwork

FIRST = "FI", "FR", "JP", "TR", "GB"       # the countries of the names that are listed at first


class NameWriter(ParityWidget):
    """A widget in which a GRU invents names of towns in a ``country``, each starting with a ``beginning``.

    It shows the probabilities of each character before one is drawn, at a chosen temperature; the reader may choose the
    next character instead. It marks invented names that are in our list of that country's towns. ``invented`` lists
    names with their countries and temperatures, by default five names that the network has invented. If ``small`` is
    true, there is only a list of countries and a button. The weights are rounded to 8 bits.

    >>> NameWriter(NameNetwork(hidden_size=2), beginning="ou", small=True).probabilities().shape
    (30,)
    """

    _esm, _css = front_end("name_writer")

    characters = traitlets.Unicode(CHARACTERS).tag(sync=True)
    countries = traitlets.List(list(COUNTRIES.items())).tag(sync=True)
    arrays = traitlets.List().tag(sync=True)
    towns = traitlets.Unicode().tag(sync=True)
    small = traitlets.Bool().tag(sync=True)
    country = traitlets.Enum(list(COUNTRIES), "FI").tag(sync=True)
    beginning = traitlets.Unicode().tag(sync=True)
    written = traitlets.Unicode().tag(sync=True)
    temperature = traitlets.Float(0.8, min=0.1, max=2).tag(sync=True)
    invented = traitlets.List().tag(sync=True)

    def __init__(self, network: NameNetwork, *, small: bool = False, **values) -> None:
        require(isinstance(network.rnn, torch.nn.GRU), "network", type(network.rnn).__name__, "one with a GRU")
        beginning = values.get("beginning", "")
        require(set(beginning) <= set(CHARACTERS) - {END}, "beginning", beginning, "a string of the characters")
        self._network, readout = network, network.readout
        first = town_names.write_names(network, FIRST, torch.Generator().manual_seed(0))
        values = {"invented": [[name, code, 0.8] for name, code in zip(first, FIRST)], **values}
        arrays = matrix_of("gru", *network.rnn.parameters()), torch.hstack([readout.weight, readout.bias[:, None]])
        super().__init__(arrays=[_packed(array) for array in arrays], small=small, **values, room=[21.8, 29.2]
                         if small else [25.6, 44.2], towns="" if small else _towns())

    @torch.no_grad()
    def states(self) -> torch.Tensor:
        """Return the hidden states after the country and after each character, ``[1 + characters, hidden]``."""
        symbols = town_names.encode([self.country, *self.beginning, *self.written.removesuffix(END)])
        return self._network.rnn(one_hot(symbols, len(town_names.SYMBOLS)).float())[0]

    @torch.no_grad()
    def probabilities(self) -> np.ndarray:
        """Return the probability ``[characters]`` of each possible next character."""
        return torch.softmax(self._network.readout(self.states()[-1]) / self.temperature, dim=0).numpy()

    def draw(self) -> Figure | None:
        """Draw the eight largest probabilities of the next character. A small figure has no picture."""
        if self.small:
            return None
        values = self.probabilities()
        largest = np.argsort(-values)[:8]
        figure, axes = canvas(height=2.4)
        axes.barh(range(8), values[largest], color=MUTED)
        name_rows(axes, [{END: "the end", " ": "space"}.get(CHARACTERS[place], CHARACTERS[place]) for place in largest])
        axes.set_xlabel("probability of the next character")
        return figure

    def summary(self) -> str:
        """Name the most likely next characters."""
        likely = ", ".join(repr(CHARACTERS[place]) for place in np.argsort(-self.probabilities())[:3])
        read = f"{self.beginning}{self.written}".removesuffix(END) or "the country"
        return (f"A network invents the name of a town in {COUNTRIES[self.country]}, letter by letter. The most likely "
                f"characters after {read} are {likely}.")


@cache
def _towns() -> str:
    """Return all names, each preceded by its country's code, as compressed text."""
    names = sorted(" ".join(name) for part in town_names.PARTS for name in town_names.read_names(part))
    return _compressed("\n".join(names).encode())


def _packed(array: torch.Tensor) -> dict:
    """Return a matrix as compressed 8-bit integers, together with the step size and the number of rows."""
    values = array.detach().numpy()
    unit = float(np.abs(values).max()) / 127 or 1.0
    return {"unit": unit, "rows": len(values), "data": _compressed(np.round(values / unit).astype("i1").tobytes())}


def _compressed(content: bytes) -> str:
    """Compress bytes with zlib and encode them in base64."""
    return base64.b64encode(zlib.compress(content, 9)).decode()
