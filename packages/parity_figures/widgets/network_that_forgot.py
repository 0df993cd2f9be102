"""An interactive figure for the first page: a trained network that answers correctly, and then forgets."""

import numpy as np
import traitlets
from matplotlib.figure import Figure

import parity_figures as figures
from parity_figures.picture import INK
from parity_figures.widgets.base import Bits, NetworkWidget, front_end, weights
from parity_figures.widgets.state_machine import second_direction
from parity_study.extraction import NumpyNetwork, extract

KIND, SEED = "gru 8", 8     # a stored network, correct on all strings of ten bits but not through fifty zeros
OWN, ZEROS = 10, 50         # the bits that the reader chooses, and the zeros after them
POINTS = 240                # states of random strings that are drawn


class NetworkThatForgot(NetworkWidget):
    """A widget in which the reader adds bits to a string, and a trained network forgets it while it reads fifty zeros.

    The network is a GRU from ``parity_study.certificate_store``. Its state is drawn as a point whose first
    coordinate is the logit, so that a vertical line separates the answers exactly. The second is the direction at right
    angles to the readout in which the states vary most. Next to it is the machine that was extracted from the network.
    ``bits`` is the string that has been read, at first five bits with an odd number of ones. Its last ``zeros`` bits
    were added after those of the reader.

    >>> NetworkThatForgot()
    [Interactive figure] A trained network reads a 1 and then 50 zeros. It answers odd, but from zero 26 on it \
answers even. The machine that was extracted from it answers odd after every zero.
    """

    _esm, _css = front_end("network_that_forgot", "automaton.js")
    cells, most_units = ("gru",), 8
    room = traitlets.List(traitlets.Float(), [21.5, 32.8]).tag(sync=True)

    bits = Bits("10110", least=1, most=OWN + ZEROS)
    zeros = traitlets.Int(0, min=0, max=ZEROS).tag(sync=True)

    def __init__(self) -> None:
        # Imported here because a page is rebuilt when a module changes that it has imported.
        from parity_study.certificate_store import read_store
        from parity_study.experiments.certificates import as_model

        stored = next(network for network in read_store() if (network.kind, network.seed) == (KIND, SEED))
        super().__init__({"GRU": as_model(stored)})

    def places(self, bits: str) -> np.ndarray:
        """Return the places ``[steps, 2]`` of the point after each bit."""
        network = NumpyNetwork(self._models["GRU"])
        return _place(network, np.array(self.networks["GRU"]["up"]), network.visited(np.array([[*map(int, bits)]]))[0])

    def summary(self) -> str:
        """Say after how many zeros the network forgets a 1."""
        zero = int((self.places("1" + ZEROS * "0")[1:, 0] <= 0).argmax()) + 1
        return (f"A trained network reads a 1 and then {ZEROS} zeros. It answers odd, but from zero {zero} on it "
                "answers even. The machine that was extracted from it answers odd after every zero.")

    def draw(self) -> Figure:
        """Draw the way of the point from a 1 through fifty zeros, over states of random strings."""
        even, odd = (np.array(points) for points in self.networks["GRU"]["points"])
        figure = figures.states_in_plane([("a 1, then fifty zeros", np.vstack([even, odd]), np.repeat(
            [False, True], [len(even), len(odd)]), None, ("logit: odd if positive", "a second direction"))]).figure
        figure.axes[0].plot(*self.places("1" + ZEROS * "0").T, ".-", color=INK, linewidth=1)
        figure.axes[0].set_ylim(self.networks["GRU"]["low"], self.networks["GRU"]["high"])
        figure.axes[0].axvline(0, color=INK, linestyle="--", linewidth=1.3)
        return figure

    def describe(self, label: str) -> dict:
        """Return everything that the JavaScript module needs to draw the network."""
        network, found = NumpyNetwork(self._models[label]), extract(self._models[label])
        readout, machine = network.W / np.linalg.norm(network.W), found.automaton.minimised()
        up = second_direction(found.states, readout)
        places, odd = _place(network, up, found.states).round(3), network.odd(found.states)
        chosen = np.linspace(0, len(places) - 1, POINTS).astype(int)
        low, high = places[:, 1].min(), places[:, 1].max()
        return {"weights": weights(self._models[label]), "up": up.tolist(), "widest": 1.1 * np.abs(places[:, 0]).max(),
                "low": low - 0.08 * (high - low), "high": high + 0.22 * (high - low),   # room for words at the top
                "points": [places[[i for i in chosen if odd[i] == answer]].tolist() for answer in (False, True)],
                "machine": {"successors": machine.successors.tolist(), "odd": machine.odd.astype(int).tolist(),
                            "places": [[0, 1], [0, -1]]}}


def _place(network: NumpyNetwork, up: np.ndarray, states: np.ndarray) -> np.ndarray:
    """Return the places ``[count, 2]`` of states ``[count, size]``."""
    return np.stack([network.logits(states), states @ up], axis=1)
