"""An interactive figure of a gated unit that reads a string, for the chapter *Gates*."""

import traitlets

from parity_figures.widgets.base import Bits, StringReader, front_end


class GatedUnit(StringReader):
    """A widget that shows the gates and the state of a GRU or LSTM unit at each time step.

    ``networks`` maps labels to networks of one GRU or LSTM unit, both of :func:`by_hand` by default. ``bits`` has 1 to
    24 characters, and ``step`` of them have been read.

    >>> unit = GatedUnit(bits="101")
    >>> unit.logits.round(1).tolist()
    [5.0, 5.0, -15.0]
    >>> unit
    [Interactive figure] The network 'GRU by hand' reads the bits 101 and answers after each one: odd, odd, even.
    """

    _esm, _css = front_end("gated_unit")
    room = traitlets.List(traitlets.Float(), [49.4, 51.3]).tag(sync=True)
    bits = Bits("10110010", least=1, most=24)
    cells, most_units = ("gru", "lstm"), 1
    by_hand = (("GRU by hand", "gru"), ("LSTM by hand", "lstm"))
