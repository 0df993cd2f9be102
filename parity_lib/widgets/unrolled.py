"""The first widget: a recurrent network unrolled over a few bits, one step at a time.

Chapter: *Unrolling a recurrent network*.
"""

from __future__ import annotations

import re

import numpy as np
import traitlets

from parity_lib import figures
from parity_lib.errors import require, require_choice
from parity_lib.models import NumpyRNN, ParityRNN, by_hand
from parity_lib.widgets.base import ParityWidget, check_nets, front_end, weights

MOST_BITS = 12
MOST_UNITS = 128


class UnrolledRNN(ParityWidget):
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

    weights = traitlets.Dict().tag(sync=True)
    bits = traitlets.Unicode("10110").tag(sync=True)
    net = traitlets.Unicode().tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)

    def __init__(self, nets: dict[str, ParityRNN] | None = None, bits: str = "10110", *,
                 net: str | None = None, step: int = 0) -> None:
        nets = {"by hand": by_hand("tanh")} if nets is None else nets
        check_nets(nets, ("tanh", "relu"), MOST_UNITS)
        self._nets = {label: NumpyRNN.from_torch(model) for label, model in nets.items()}
        # A model knows how to become plain lists; traitlets checks the rest, all at once.
        super().__init__(weights={label: weights(model) for label, model in nets.items()},
                         bits=bits, net=next(iter(nets)) if net is None else net, step=step)

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
        verdicts = ", ".join("odd" if logit > 0 else "even" for logit in self.logits)
        return f"The net {self.net!r} reads the bits {self.bits} and says after each one: {verdicts}."

    def picture(self) -> figures.Picture:
        """The whole string read, however many steps the reader has taken."""
        return figures.bits_read(self.bits, self.states, self.logits > 0, self.summary())

    @traitlets.validate("bits")
    def _check_bits(self, proposal: dict) -> str:
        bits = proposal["value"]
        require(re.fullmatch(f"[01]{{1,{MOST_BITS}}}", bits) is not None, "bits", bits,
                f"a string of 1 to {MOST_BITS} characters 0 and 1")
        return bits

    @traitlets.validate("net")
    def _check_net(self, proposal: dict) -> str:
        require_choice("net", proposal["value"], tuple(self.weights))
        return proposal["value"]

    @traitlets.validate("step")
    def _check_step(self, proposal: dict) -> int:
        step = proposal["value"]
        require(0 <= step <= len(self.bits), "step", step, f"an integer from 0 to {len(self.bits)}, the number of bits")
        return step

    @traitlets.observe("bits")
    def _keep_step_inside(self, change: dict) -> None:
        self.step = min(self.step, len(change["new"]))
