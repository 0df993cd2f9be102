"""A game for the first chapter in which the reader takes the place of the network."""

import numpy as np
import traitlets

from parity_figures.widgets.base import ParityWidget, front_end
from parity_lib.data import random_bits

COUNT = 200   # bits of the game; after these it begins again


class YouAreTheNetwork(ParityWidget):
    """A game in which the reader keeps track of the parity of a stream of bits.

    It shows one bit after another and asks after each whether the number of ones so far is odd. A round ends after
    ten answers, and then all its bits are shown with the correct answers and the reader's mistakes.

    >>> game = YouAreTheNetwork()
    >>> len(game.bits)
    200
    >>> game
    [Interactive figure] Shows one bit after another and asks after each whether the number of ones so far is odd.
    """

    _esm, _css = front_end("you_are_the_network")
    room = traitlets.List(traitlets.Float(), [16.1, 23.4]).tag(sync=True)

    bits = traitlets.Unicode().tag(sync=True)

    def __init__(self) -> None:
        bits = random_bits(1, COUNT, np.random.default_rng(0))[0]
        super().__init__(bits="".join(map(str, bits.tolist())))

    def summary(self) -> str:
        """Describe the question that the game asks."""
        return "Shows one bit after another and asks after each whether the number of ones so far is odd."
