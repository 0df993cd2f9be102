"""The reader in the network's place: bits arrive one at a time, and after each one the parity is asked for.

Chapter: *One bit of memory*, and the first page.
"""

from __future__ import annotations

import numpy as np
import traitlets

import parity_figures as figures
from parity_figures.widgets.base import ParityWidget, front_end
from parity_lib.data import random_bits
from parity_lib.errors import require_int

COUNT = 200
SHOWN = 6     # bits in the still picture


class YouAreTheNetwork(ParityWidget):
    """Bits arrive one at a time, each in place of the one before, and the reader says whether the ones so far are odd.

    ``seed`` decides which bits they are. With a kernel ``answered`` and ``longest``, the number of right answers in a
    row now and at best, follow the reader. Raises ValueError unless ``seed`` is an integer of at least 0.

    >>> game = YouAreTheNetwork(seed=1)
    >>> len(game.bits), game.answered
    (200, 0)
    >>> game
    [Interactive figure] Shows one bit after another and asks after each whether the number of ones so far is odd.
    """

    _esm, _css = front_end("you_are_the_network")
    room = traitlets.List(traitlets.Float(), [14.2, 17.6]).tag(sync=True)

    bits = traitlets.Unicode().tag(sync=True)
    answered = traitlets.Int(0).tag(sync=True)
    longest = traitlets.Int(0).tag(sync=True)

    def __init__(self, seed: int = 0) -> None:
        require_int("seed", seed, least=0)
        bits = random_bits(1, COUNT, np.random.default_rng(seed))[0]
        super().__init__(bits="".join(map(str, bits.tolist())))

    def summary(self) -> str:
        """What it asks."""
        return "Shows one bit after another and asks after each whether the number of ones so far is odd."

    def picture(self) -> figures.Picture:
        """The first bits, answered but for the last."""
        return figures.bits_answered(self.bits[:SHOWN], self.summary())
