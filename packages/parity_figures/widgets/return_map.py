"""An interactive figure of the return map of the two-unit network, for the page *Correct for ever?*."""

import traitlets

from parity_figures.widgets.base import ParityWidget, front_end


class ReturnMap(ParityWidget):
    """A widget that plots the next state of a network against its current state.

    The network is ``by_hand("tanh")``, whose sharpness K the reader sets. It carries one number from step to step:
    ``p' = (tanh(2K(p + x - 1/2)) - tanh(2K(p + x - 3/2))) / 2``. The widget shows the intervals of p after even and odd
    counts, which have grown until they stop or cross 1/2, and p after a 1 and many zeros. ``sharpness`` is K, from 0.6
    to 1.5.

    >>> ReturnMap(1.15)
    [Interactive figure] Shows how a 0 and a 1 change p in the two-unit network of sharpness K = 1.15.
    """

    _esm, _css = front_end("return_map")
    room = traitlets.List(traitlets.Float(), [42.1, 34.4]).tag(sync=True)

    sharpness = traitlets.Float(1.15, min=0.6, max=1.5).tag(sync=True)

    def __init__(self, sharpness: float = 1.15) -> None:
        super().__init__(sharpness=sharpness)

    def summary(self) -> str:
        """Describe the network."""
        return f"Shows how a 0 and a 1 change p in the two-unit network of sharpness K = {self.sharpness:g}."
