"""An interactive figure that guesses the weights of two tanh units, for the page *Guess the weights*."""

from collections.abc import Sequence

import traitlets

from parity_figures.widgets.base import ParityWidget, front_end
from parity_lib.errors import require


class RandomGuesses(ParityWidget):
    """A widget that draws the weights of two tanh units at random until the reader stops it.

    It stops after every ten correct networks, and after many guesses without one. A network is correct if it passes a
    hundred strings of 500 to 600 bits. The strings and the test are those of ``parity_study.experiments.guessing``,
    whose results the widget shows next to the reader's: ``trials`` is the number of guesses in each repetition.
    ``scale`` is the largest weight. The widget keeps the trials of each range that the reader has chosen.

    >>> RandomGuesses([1200, 800])
    [Interactive figure] Draws the weights of two tanh units at random and counts the networks that are correct.
    """

    _esm, _css = front_end("random_guesses", "tanh_pair.js")

    room = traitlets.List(traitlets.Float(), [35.0, 55.9]).tag(sync=True)
    ours = traitlets.List(traitlets.Int()).tag(sync=True)
    scale = traitlets.Int(100, min=1, max=100).tag(sync=True)

    def __init__(self, trials: Sequence[int]) -> None:
        require(len(trials) > 1, "trials", list(trials), "the guesses of at least two repetitions")
        super().__init__(ours=list(trials))

    def summary(self) -> str:
        """Say what is drawn and counted."""
        return "Draws the weights of two tanh units at random and counts the networks that are correct."
