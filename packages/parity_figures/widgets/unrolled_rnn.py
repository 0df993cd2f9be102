"""An interactive figure of an unrolled network, for the chapter *Unrolling a recurrent network*."""

import traitlets

from parity_figures.widgets.base import Bits, StringReader, front_end


class UnrolledRNN(StringReader):
    """A widget that shows the unrolled graph of a recurrent network.

    The reader can change bits, step through the graph and read every number.

    ``networks`` maps labels to tanh or relu networks of at most 8 units, ``by_hand("tanh")`` by default. ``bits`` has
    1 to 12 characters, and ``step`` of them have been read.

    >>> widget = UnrolledRNN(bits="101")
    >>> widget.states.shape, widget.logits.round().tolist()
    ((4, 2), [10.0, 10.0, -10.0])
    >>> widget
    [Interactive figure] The network 'by hand' reads the bits 101 and answers after each one: odd, odd, even.
    """

    _esm, _css = front_end("unrolled_rnn")
    room = traitlets.List(traitlets.Float(), [37.6, 43.9]).tag(sync=True)
    bits = Bits("10110", least=1, most=12)
    cells, most_units = ("tanh", "relu"), 8
    by_hand = (("by hand", "tanh"),)
