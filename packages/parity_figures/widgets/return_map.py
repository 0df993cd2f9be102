"""An interactive figure of the return map of the two-unit network, for the chapter *What did it learn?*."""

import traitlets

from parity_figures.widgets.base import Bits, ParityWidget, front_end


class ReturnMap(ParityWidget):
    """A widget that plots the next state of a network against its current state.

    The network is ``by_hand("tanh")``, whose sharpness K the reader sets. It carries one number from step to step:
    ``p' = (tanh(2K(p + x - 1/2)) - tanh(2K(p + x - 3/2))) / 2``. The reader can let it read bits, and can let the
    intervals of p after even and odd counts grow until they stop or meet. ``sharpness`` is K, from 0.5 to 4, and
    ``bits`` is the string that the network has read.

    >>> ReturnMap(1.15, bits="100")
    [Interactive figure] Shows how a 0 and a 1 change p in the two-unit network of sharpness K = 1.15, after 100.
    """

    _esm, _css = front_end("return_map")

    sharpness = traitlets.Float(1.25, min=0.5, max=4.0).tag(sync=True)
    bits = Bits("", least=0, most=400)

    def __init__(self, sharpness: float = 1.25, *, bits: str = "") -> None:
        super().__init__(sharpness=sharpness, bits=bits)

    def summary(self) -> str:
        """Describe the network and the string that it has read."""
        return (f"Shows how a 0 and a 1 change p in the two-unit network of sharpness K = {self.sharpness:g}, after "
                f"{self.bits or 'no bit'}.")
