"""One gated unit over a string: its gates as valves, its state on the memory line, its curve for each bit.

Chapter: *Gates*.
"""

from __future__ import annotations

import copy

import numpy as np
import torch

import parity_figures as figures
from parity_figures.widgets.base import NetsOverBits, check_nets, front_end
from parity_lib.models import ParityRNN, by_hand


class GatedUnit(NetsOverBits):
    """Step through one GRU or LSTM unit: how far each gate is open, what it lets through, what becomes of the state.

    ``nets`` maps a label to a :class:`ParityRNN` of one GRU or LSTM unit (both of :func:`by_hand` if left out); their
    weights are copied. ``bits`` is a string of 1 to 24 characters 0 and 1. ``net`` is the label shown first, ``step``
    the number of bits read so far. With a kernel ``bits``, ``net`` and ``step`` follow what the reader does, and the
    figure follows them. Raises ValueError where an argument is not allowed.

    >>> unit = GatedUnit(bits="101")
    >>> unit.logits.round(1).tolist()
    [5.0, 5.0, -15.0]
    >>> unit
    [Interactive figure] The unit 'GRU by hand' reads the bits 101 and says after each one: odd, odd, even.
    """

    _esm, _css = front_end("gated_unit", "gated_cell.js")
    cells, most_units, most_bits = ("gru", "lstm"), 1, 24

    def __init__(self, nets: dict[str, ParityRNN] | None = None, bits: str = "10110010", *,
                 net: str | None = None, step: int = 0) -> None:
        nets = {f"{cell.upper()} by hand": by_hand(cell) for cell in self.cells} if nets is None else nets
        check_nets(nets, self.cells, self.most_units)
        self._nets = {label: copy.deepcopy(model).double() for label, model in nets.items()}
        super().__init__(nets, bits, net=net, step=step)

    @property
    def logits(self) -> np.ndarray:
        """The logit after each bit, above 0 for odd: ``[steps]``."""
        inputs = torch.tensor([[[float(bit)] for bit in self.bits]], dtype=torch.float64)
        with torch.no_grad():
            return self._nets[self.net](inputs)[0, :, 0].numpy()

    def summary(self) -> str:
        """The unit, its bits and its verdicts."""
        return f"The unit {self.net!r} reads the bits {self.bits} and says after each one: {self.verdicts}."

    def picture(self) -> figures.Picture:
        """The whole string read, with the state after each bit."""
        inputs = torch.tensor([[[float(bit)] for bit in self.bits]], dtype=torch.float64)
        with torch.no_grad():
            states = self._nets[self.net].hidden_states(inputs)[0].numpy()
        return figures.bits_read(self.bits, np.vstack([np.zeros(1), states]), self.logits > 0, self.summary())
