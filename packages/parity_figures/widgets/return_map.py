"""The return map of the two-unit net: how p moves under each bit, and the two intervals that it may not leave.

Chapters: *Unrolling a recurrent network* (equation 2.6), *What did it learn?*.
"""

from __future__ import annotations

import numpy as np
import traitlets

import parity_figures as figures
from parity_figures.widgets.base import ParityWidget, front_end
from parity_lib.errors import require
from parity_study.certify import parity_intervals

LEAST, MOST = 0.5, 4.0


def next_p(p: float | np.ndarray, bit: int, sharpness: float) -> float | np.ndarray:
    """Equation 2.6: p after one more bit.

    >>> float(next_p(0.0, 1, sharpness=1.25).round(2))
    0.85
    """
    q = p + bit
    return (np.tanh(2 * sharpness * (q - 0.5)) - np.tanh(2 * sharpness * (q - 1.5))) / 2


class ReturnMap(ParityWidget):
    """Drag the sharpness K of ``by_hand("tanh")``, feed bits, and let the intervals of even and odd grow.

    The net carries one number, p, on: ``p' = (tanh(2K(p + x - 1/2)) - tanh(2K(p + x - 3/2))) / 2``. ``sharpness`` is
    K, from 0.5 to 4; ``bits`` a string of 0 and 1, read at the start. With a kernel ``sharpness`` and ``bits`` follow
    the reader, and the figure follows them. Raises ValueError where one is not allowed.

    >>> ReturnMap(1.15, bits="100")
    [Interactive figure] Shows how the two-unit net of sharpness K = 1.15 moves p under a 0 and under a 1, after 100.
    """

    _esm, _css = front_end("return_map")

    sharpness = traitlets.Float(1.25).tag(sync=True)
    bits = traitlets.Unicode("1").tag(sync=True)

    def __init__(self, sharpness: float = 1.25, *, bits: str = "1") -> None:
        super().__init__(sharpness=sharpness, bits=bits)

    def summary(self) -> str:
        """Which net, and what it has read."""
        return (f"Shows how the two-unit net of sharpness K = {self.sharpness:g} moves p under a 0 and under a 1, "
                f"after {self.bits or 'no bit'}.")

    def picture(self) -> figures.Picture:
        """The map, the way of the bits, and the intervals where they stop growing on either side of one half."""
        p, path = np.linspace(-0.1, 1.1, 241), [0.0]
        for bit in self.bits:
            path.append(float(next_p(path[-1], int(bit), self.sharpness)))
        return figures.return_map(p, tuple(next_p(p, bit, self.sharpness) for bit in (0, 1)), path,
                                  parity_intervals(self.sharpness), self.summary())

    @traitlets.validate("sharpness")
    def _check_sharpness(self, proposal: dict) -> float:
        value = proposal["value"]
        require(LEAST <= value <= MOST, "sharpness", value, f"a number from {LEAST} to {MOST}")
        return value

    @traitlets.validate("bits")
    def _check_bits(self, proposal: dict) -> str:
        bits = proposal["value"]
        require(set(bits) <= {"0", "1"}, "bits", bits, "a string of 0 and 1")
        return bits
