"""An interactive figure of two tanh units whose weights the reader sets, for *Unrolling a recurrent network*."""

import traitlets

from parity_figures.widgets.base import ParityWidget, front_end


class SetTheWeights(ParityWidget):
    """A widget in which the reader sets the weights and biases of two tanh units, one unit after the other.

    A table shows what each unit becomes from the four states of the network ``by_hand("tanh")`` after a 0 and after a
    1, and whether its sign is correct. The plane shows the states after all strings of twelve bits and the path of the
    shortest string with a wrong answer. The widget counts the strings with a correct answer, and those that still have
    it after fifty zeros. ``weights`` are from -12 to 12 and in the order U1, V11, V12, b1, U2, V21, V22, b2, W1, W2, c.
    The first eight have sliders and are 0 by default. The default of the last three is that of ``by_hand``.

    >>> SetTheWeights()
    [Interactive figure] Eight sliders set the weights of two tanh units, and the 4,096 strings of 12 bits test them.
    """

    _esm, _css = front_end("set_the_weights")
    room = traitlets.List(traitlets.Float(), [44.8, 76.9]).tag(sync=True)

    weights = traitlets.List(traitlets.Float(min=-12, max=12), [0.0] * 8 + [10.0, -10.0, -10.0], minlen=11,
                             maxlen=11).tag(sync=True)
    zeros = traitlets.Bool(False).tag(sync=True)

    def summary(self) -> str:
        """Say what is set and tested."""
        return "Eight sliders set the weights of two tanh units, and the 4,096 strings of 12 bits test them."
