"""An interactive figure of two tanh units whose weights the reader sets, for *Unrolling a recurrent network*."""

from collections.abc import Sequence
from itertools import product

import numpy as np
import traitlets
from matplotlib.figure import Figure

import parity_figures as figures
from parity_figures.widgets.base import Bits, ParityWidget, front_end
from parity_lib.data import final_parity
from parity_lib.models import NumpyRNN, ParityRNN, by_hand

LENGTH = 12     # bits of the strings that are counted


class TwoUnits(ParityWidget):
    """A widget in which the reader sets the eleven weights of a network of two tanh units.

    It counts on how many of all strings of twelve bits the answer after the last bit is correct, and on how many it is
    still correct after fifty zeros. Such a network carries two numbers from step to step, and no single curve shows
    where a state leads, so the figure is the plane of its states. ``weights`` are from -12 to 12 and in the order
    U1, V11, V12, b1, U2, V21, V22, b2, W1, W2, c. The default is ``by_hand`` with K = 2, except that V12 is -3.

    >>> TwoUnits()
    [Interactive figure] A network of two tanh units answers 3,466 of the 4,096 strings of 12 bits correctly.
    """

    _esm, _css = front_end("set_the_weights", "tanh_pair.js")
    room = traitlets.List(traitlets.Float(), [30.4, 53.3]).tag(sync=True)

    weights = traitlets.List(traitlets.Float(min=-12, max=12), minlen=11, maxlen=11).tag(sync=True)
    by_hand = traitlets.List(traitlets.Float()).tag(sync=True)
    bits = Bits("1011", least=1, most=LENGTH)
    zeros = traitlets.Bool(False).tag(sync=True)

    def __init__(self, weights: Sequence[float] | None = None, *, bits: str = "1011", zeros: bool = False) -> None:
        nearly = in_order(by_hand("tanh", sharpness=2.0))
        nearly[2] = -3.0
        super().__init__(weights=nearly if weights is None else list(weights), by_hand=in_order(by_hand("tanh")),
                         bits=bits, zeros=zeros)

    def read_all(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the states ``[4096, 2]`` and logits ``[4096]`` after all strings, and the parities ``[4096]``."""
        units, readout = np.reshape(self.weights[:8], (2, 4)), np.reshape(self.weights[8:10], (1, 2))
        network = NumpyRNN(units[:, :1], units[:, 1:3], units[:, 3], readout, np.array(self.weights[10:]))
        strings = np.array(list(product([0, 1], repeat=LENGTH)))
        logits, states = network.forward(strings[:, :, None])
        return states[:, -1], logits[:, -1, 0], final_parity(strings)

    def summary(self) -> str:
        """Count the strings that get the correct answer."""
        _, logits, parities = self.read_all()
        return (f"A network of two tanh units answers {((logits > 0) == parities).sum():,} of the {2**LENGTH:,} "
                f"strings of {LENGTH} bits correctly.")

    def draw(self) -> Figure:
        """Draw the states after all strings."""
        states, _, parities = self.read_all()
        points = np.unique(np.column_stack([states.round(2), parities]), axis=0)
        readout = ((self.weights[8], self.weights[9]), self.weights[10])
        return figures.states_in_plane([("all strings of twelve bits", points[:, :2], points[:, 2], readout,
                                         ("first unit", "second unit"))]).figure


def in_order(model: ParityRNN) -> list[float]:
    """Return the eleven weights of a network of two tanh units in the order of :class:`TwoUnits`."""
    network = NumpyRNN.from_torch(model)
    return [*np.column_stack([network.U, network.V, network.b]).ravel().tolist(), *network.W[0].tolist(),
            *network.c.tolist()]
