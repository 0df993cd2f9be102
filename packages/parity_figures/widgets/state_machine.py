"""An interactive figure of a network's states and its state machine, for the chapter *What did it learn?*."""

from string import ascii_uppercase

import numpy as np
import traitlets
from matplotlib.figure import Figure

import parity_figures as figures
from parity_figures.drawings import around_a_circle
from parity_figures.widgets.base import Bits, NetworkWidget, front_end, weights
from parity_lib.errors import require, require_choice
from parity_lib.models import ParityRNN
from parity_study.boxes import Boxes
from parity_study.cells import CELLS
from parity_study.extraction import NumpyNetwork, extract

MOST_CLUSTERS = 6
POINTS = 240    # states of random strings that are drawn
LONG_RUN = 60   # zeros or ones after a 1; the plane is large enough for the states that they lead to


class StateMachine(NetworkWidget):
    """A widget that shows the states of a network next to the state machine extracted from it.

    A point moves in the plane of the states as the network reads bits.

    ``networks`` maps labels to networks of at most 32 units. A state of two numbers is drawn as it is. Of a larger one,
    we draw its coordinate in the direction of the readout, so that a line separates the answers, and the one at right
    angles in which the states vary most; the state of an LSTM is h and c. The machine is the result of
    :func:`~parity_study.extraction.extract` with up to 6 clusters. For some networks with two numbers in their state,
    ``boxes`` maps the label to the boxes of a proof, as in
    :attr:`Certificate.boxes <parity_study.certify.Certificate.boxes>`, which are drawn; None stands for a network
    without a proof. ``bits`` is the string that has been read, of up to 400 characters.

    >>> from parity_lib.models import by_hand
    >>> widget = StateMachine({"by hand": by_hand("tanh")}, bits="110")
    >>> widget.states.shape, widget.path
    ((4, 2), [0, 1, 3, 2])
    >>> widget
    [Interactive figure] After 3 bits the network 'by hand' answers even; its machine, in state C, answers even.
    """

    _esm, _css = front_end("state_machine")
    room = traitlets.List(traitlets.Float(), [46.7, 83.1]).tag(sync=True)
    cells, most_units = tuple(CELLS), 32

    bits = Bits("", least=0, most=400)

    def __init__(self, networks: dict[str, ParityRNN], *, network: str | None = None, bits: str = "",
                 boxes: dict[str, Boxes | None] | None = None) -> None:
        self._boxes = boxes or {}
        for label in self._boxes:
            require_choice("a label in boxes", label, tuple(networks))
        super().__init__(networks, network=network, bits=bits)

    @property
    def states(self) -> np.ndarray:
        """The states ``[steps + 1, size]`` of the current network at the start and after each bit."""
        return _states(NumpyNetwork(self._models[self.network]), [[int(bit) for bit in self.bits]])[0]

    @property
    def path(self) -> list[int]:
        """The ``steps + 1`` states of the extracted machine, at the start and after each bit; 0 is A."""
        path, successors = [0], self.networks[self.network]["machine"]["successors"]
        for bit in self.bits:
            path.append(successors[path[-1]][int(bit)])
        return path

    def summary(self) -> str:
        """Compare the current answers of the network and the state machine."""
        answers, odd = ("even", "odd"), self.networks[self.network]["machine"]["odd"]
        network, state = NumpyNetwork(self._models[self.network]), self.path[-1]
        answer = answers[int(network.odd(self.states[-1:])[0])] if self.bits else "nothing yet"
        count = f"{len(self.bits)} {'bit' if len(self.bits) == 1 else 'bits'}"
        return (f"After {count} the network {self.network!r} answers {answer}; its machine, in state "
                f"{ascii_uppercase[state]}, answers {answers[odd[state]]}.")

    def draw(self) -> Figure:
        """Draw the extracted state machine."""
        machine = self.networks[self.network]["machine"]
        return figures.machines([(self.network, np.array(machine["successors"]), np.array(machine["odd"]))]).figure

    def describe(self, label: str) -> dict:
        """Return everything that the JavaScript module needs to draw a network."""
        model, boxes = self._models[label], self._boxes.get(label)
        network, found = NumpyNetwork(model), extract(model, most=MOST_CLUSTERS)
        require(boxes is None or network.size == 2, f"boxes[{label!r}]", f"for {network.size} numbers in a state",
                "for a network with two")
        mean, axes = _plane(network, found.states)
        border = [*axes[:, :network.hidden] @ network.W, network.logits(mean[None])[0]]

        def project(states: np.ndarray) -> np.ndarray:
            return ((states - mean) @ axes.T).round(3)

        chosen = found.states[np.linspace(0, len(found.states) - 1, POINTS).astype(int)]
        runs = np.repeat([[1, 0, 0], [0, 0, 1]], [1, 1, LONG_RUN], axis=1)
        return {
            "weights": weights(model), "mean": mean.tolist(), "axes": axes.tolist(), "border": border,
            "window": _window(project(np.vstack([found.states, *_states(network, runs)]))),
            "points": [np.unique(project(chosen[network.odd(chosen) == odd]), axis=0).tolist()
                       for odd in (False, True)],
            "centres": project(np.vstack([np.zeros(network.size), found.centres])).tolist(),
            "machine": {"successors": found.automaton.successors.tolist(),
                        "odd": found.automaton.odd.astype(int).tolist(),
                        "places": around_a_circle(found.automaton.successors).round(3).tolist()},
            "agreement": found.agreement,
            "boxes": [] if boxes is None else [[*low, *high, int(odd)] for low, high, odd in zip(
                boxes.low.round(4).tolist(), boxes.high.round(4).tolist(), boxes.odd, strict=True)],
        }


def _plane(network: NumpyNetwork, states: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the centre ``[size]`` and the two axes ``[2, size]`` of the plane onto which the states are projected."""
    if network.size <= 2:
        return np.zeros(network.size), np.eye(2)[:, :network.size]
    readout = np.pad(network.W, (0, network.size - network.hidden)) / (np.linalg.norm(network.W) or 1)
    return states.mean(axis=0), np.stack([readout, second_direction(states, readout)])


def second_direction(states: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Return the direction ``[size]``, perpendicular to ``first``, in which the states vary most."""
    aside = states - states.mean(axis=0)
    direction = np.linalg.svd(aside - np.outer(aside @ first, first), full_matrices=False)[2][0]
    return direction * np.sign(direction[np.abs(direction).argmax()])      # the sign of an axis is arbitrary


def _window(points: np.ndarray) -> list[float]:
    """Return the centre coordinates and half the side length of a square around all points ``[count, 2]``."""
    low, high = points.min(axis=0), points.max(axis=0)
    half = 0.58 * max(*(high - low), 1e-3)
    return [*((low + high) / 2).round(3).tolist(), round(float(half), 3)]


def _states(network: NumpyNetwork, strings) -> np.ndarray:
    """Compute the states ``[count, steps + 1, size]`` at the start and after each bit of ``strings [count, steps]``."""
    visited = network.visited(np.asarray(strings, dtype=int))
    return np.concatenate([np.zeros((len(visited), 1, network.size)), visited], axis=1)
