"""The first widget: a recurrent network unrolled over a few bits, one step at a time.

Chapter: *Unrolling a recurrent network*.
"""

from __future__ import annotations

import numpy as np
import traitlets

import parity_figures as figures
from parity_figures.widgets.base import NetsOverBits, check_nets, front_end
from parity_lib.models import NumpyRNN, ParityRNN, by_hand


class UnrolledRNN(NetsOverBits):
    """The unrolled graph of one or more nets: flip or type bits, step through, read every number.

    ``nets`` maps a label to a one-layer tanh or relu :class:`ParityRNN` of at most
    128 units (only ``by_hand("tanh")`` if left out); their weights are copied.
    ``bits`` is a string of 1 to 12 characters 0 and 1. ``net`` is the label shown
    first, ``step`` the number of bits read so far. With a kernel, ``bits``, ``net``
    and ``step`` follow what the reader does, and the figure follows them. Raises
    ValueError where an argument is not allowed.

    >>> widget = UnrolledRNN(bits="101")
    >>> widget.states.shape, widget.logits.round().tolist()
    ((4, 2), [10.0, 10.0, -10.0])
    >>> widget
    [Interactive figure] The net 'by hand' reads the bits 101 and says after each one: odd, odd, even.
    """

    _esm, _css = front_end("unrolled")
    room = traitlets.List(traitlets.Float(), [37.7, 46.7]).tag(sync=True)
    cells, most_units, most_bits = ("tanh", "relu"), 128, 12

    def __init__(self, nets: dict[str, ParityRNN] | None = None, bits: str = "10110", *,
                 net: str | None = None, step: int = 0) -> None:
        nets = {"by hand": by_hand("tanh")} if nets is None else nets
        check_nets(nets, self.cells, self.most_units)
        self._nets = {label: NumpyRNN.from_torch(model) for label, model in nets.items()}
        super().__init__(nets, bits, net=net, step=step)

    @property
    def states(self) -> np.ndarray:
        """``h_0`` and the state after each bit, for the current net: ``[steps + 1, hidden]``."""
        return self._forward()[1][0]

    @property
    def logits(self) -> np.ndarray:
        """The logit after each bit, above 0 for odd: ``[steps]``."""
        return self._forward()[0][0, :, 0]

    def _forward(self) -> tuple[np.ndarray, np.ndarray]:
        inputs = np.array([[[float(bit)] for bit in self.bits]])
        return self._nets[self.net].forward(inputs)

    def summary(self) -> str:
        """The net, its bits and its verdicts."""
        return f"The net {self.net!r} reads the bits {self.bits} and says after each one: {self.verdicts}."

    def picture(self) -> figures.Picture:
        """The whole string read, however many steps the reader has taken."""
        return figures.bits_read(self.bits, self.states, self.logits > 0, self.summary())
