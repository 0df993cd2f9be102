"""An interactive figure of the return map of the two-unit network, for the chapter *What did it learn?*."""

import numpy as np
import traitlets
from matplotlib.figure import Figure

from parity_figures.picture import EVEN, INK, MUTED, ODD, canvas
from parity_figures.widgets.base import Bits, ParityWidget, front_end
from parity_study.certify import parity_intervals


def next_p(p: float | np.ndarray, bit: int, sharpness: float) -> float | np.ndarray:
    """Compute the next state of the two-unit network from its current state and a bit (equation 2.6).

    >>> float(next_p(0.0, 1, sharpness=1.25).round(2))
    0.85
    """
    q = p + bit
    return (np.tanh(2 * sharpness * (q - 0.5)) - np.tanh(2 * sharpness * (q - 1.5))) / 2


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
    bits = Bits("1", least=0, most=400)

    def __init__(self, sharpness: float = 1.25, *, bits: str = "1") -> None:
        super().__init__(sharpness=sharpness, bits=bits)

    def summary(self) -> str:
        """Describe the network and the string that it has read."""
        return (f"Shows how a 0 and a 1 change p in the two-unit network of sharpness K = {self.sharpness:g}, after "
                f"{self.bits or 'no bit'}.")

    def draw(self) -> Figure:
        """Plot the return map with the network's path as a cobweb, and the intervals if they stop growing."""
        figure, axes = canvas(4.4, 3.9)
        p = np.linspace(-0.1, 1.1, 241)
        axes.plot(p, p, ":", color=MUTED, linewidth=1.2)
        for bit, style, shift in ((0, "-", -14), (1, "--", 22)):
            after = next_p(p, bit, self.sharpness)
            axes.plot(p, after, style, color=INK)
            axes.annotate(f"after a {bit}", (p[-1], after[-1]), xytext=(-3, shift), ha="right",
                          textcoords="offset points", color=MUTED)
        cobweb = [(0.0, 0.0)]
        for bit in self.bits:
            before = cobweb[-1][1]
            after = float(next_p(before, int(bit), self.sharpness))
            cobweb += [(before, after), (after, after)]
        axes.plot(*zip(*cobweb), color=MUTED, linewidth=2.4)
        axes.plot(*cobweb[-1], "o", color=MUTED)
        for (low, high), colour, name in zip(parity_intervals(self.sharpness) or (), (EVEN, ODD), ("even", "odd")):
            axes.plot([low, high], [-0.06, -0.06], color=colour, linewidth=7, solid_capstyle="butt")
            axes.text(high + 0.02, -0.06, name, va="center", color=INK)
        for line in (axes.axhline, axes.axvline):
            line(0.5, color=MUTED, linestyle="--", linewidth=1)
        axes.set(xlabel="p", ylabel="next p", xlim=(p[0], p[-1]), ylim=(p[0], p[-1]), xticks=[0, 0.5, 1],
                 yticks=[0, 0.5, 1], aspect="equal")
        axes.grid(False)
        return figure
