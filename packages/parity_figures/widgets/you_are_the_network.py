"""A game for the first chapter in which the reader takes the place of the network."""

import numpy as np
import traitlets
from matplotlib.figure import Figure

from parity_figures.drawings import answer_box, arrow, blank, box, node, write
from parity_figures.picture import INK, MUTED, canvas
from parity_figures.widgets.base import GAP, INCH, ParityWidget, front_end
from parity_lib.data import random_bits

COUNT = 200   # bits of the game; after these it begins again
SHOWN = 6     # bits in the still picture


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
    room = traitlets.List(traitlets.Float(), [15.6, 15.6]).tag(sync=True)

    bits = traitlets.Unicode().tag(sync=True)

    def __init__(self) -> None:
        bits = random_bits(1, COUNT, np.random.default_rng(0))[0]
        super().__init__(bits="".join(map(str, bits.tolist())))

    def summary(self) -> str:
        """Describe the question that the game asks."""
        return "Shows one bit after another and asks after each whether the number of ones so far is odd."

    def draw(self) -> Figure:
        """Draw the first bits of the game with their correct answers, leaving the last answer open."""
        width = GAP * SHOWN + 0.6
        figure, axes = canvas(INCH * width, INCH * 3.2)
        blank(axes, width - 0.3, 2.95, -0.95, -0.25)
        write(axes, -0.15, 0.35, "bit", MUTED)
        write(axes, -0.15, 1.9, "odd so\nfar?", MUTED)
        for step in range(1, SHOWN + 1):
            x = GAP * step - 0.4
            node(axes, x, 0.35, self.bits[step - 1], INK, 0.36)
            arrow(axes, (x, 0.72), (x, 1.58))
            if step == SHOWN:
                box(axes, x, 1.9, "you?", MUTED, (0.52, 0.3))
            else:
                answer_box(axes, x, 1.9, self.bits[:step].count("1") % 2 == 1)
                arrow(axes, (x + 0.53, 1.9), (x + GAP - 0.53, 1.9))
        return figure
