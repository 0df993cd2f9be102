"""How much of the last step's gradient arrives at each earlier step, while the reader turns a knob of the net.

Chapter: *The gradient through time*.
"""

from __future__ import annotations

import numpy as np
import traitlets

from parity_lib.data import random_bits
from parity_lib.errors import require, require_choice, require_int
from parity_lib.experiments.gradients import orthogonal
from parity_lib.models import ParityRNN
from parity_lib.widgets.base import ParityWidget, check_nets, front_end, weights

GAINS, BIASES = (0.25, 2.5), (-2.0, 6.0)
MOST_UNITS, MOST_STEPS, MOST_STRINGS = 32, 50, 25


class GradientStrip(ParityWidget):
    """A strip of cells, one a time step: the gradient of the last logit at each state, beside that at the last.

    ``nets`` are one-layer tanh, relu or LSTM nets by label, unless given a tanh net whose V is orthogonal; ``net`` is
    the label of the one shown. The reader turns one knob of it: ``gain`` multiplies a plain net's V, ``bias`` is added
    to the biases of an LSTM's forget gates, and an LSTM's gradient is taken at its cell state c. Each cell shows the
    median over ``strings`` random strings of ``steps`` bits drawn from ``seed``. With a kernel ``net``, ``gain`` and
    ``bias`` follow the reader, and the figure follows them. Raises ValueError where an argument is not allowed.

    >>> GradientStrip({"drawn": ParityRNN(8, "lstm", seed=0)}, bias=1)
    [Interactive figure] Shows at each of 50 steps how much of the last logit's gradient arrives there, in the net \
'drawn' (LSTM of 8 units), with 1 added to the bias of its forget gates.
    """

    _esm, _css = front_end("gradient_strip")

    weights = traitlets.Dict().tag(sync=True)
    strings = traitlets.List(traitlets.Unicode()).tag(sync=True)
    net = traitlets.Unicode().tag(sync=True)
    gain = traitlets.Float(1.0).tag(sync=True)
    bias = traitlets.Float(0.0).tag(sync=True)

    def __init__(self, nets: dict[str, ParityRNN] | None = None, *, net: str | None = None, gain: float = 1.0,
                 bias: float = 0.0, steps: int = MOST_STEPS, strings: int = 9, seed: int = 0) -> None:
        nets = {"tanh, V orthogonal": orthogonal(1, seed=0)} if nets is None else nets
        check_nets(nets, ("tanh", "relu", "lstm"), MOST_UNITS)
        for name, value, least, most in (("steps", steps, 2, MOST_STEPS), ("strings", strings, 1, MOST_STRINGS)):
            require_int(name, value, least=least)
            require(value <= most, name, value, f"at most {most}")
        require_int("seed", seed, least=0)
        drawn = random_bits(strings, steps, np.random.default_rng(seed))
        super().__init__(weights={label: weights(model) for label, model in nets.items()},
                         strings=["".join(map(str, row)) for row in drawn.tolist()],
                         net=next(iter(nets)) if net is None else net, gain=gain, bias=bias)

    def summary(self) -> str:
        """The net and where its knob stands."""
        cell, units = self.weights[self.net]["cell"], len(self.weights[self.net]["W"][0])
        name = "LSTM" if cell == "lstm" else f"{cell} net"
        knob = (f"with {self.bias:g} added to the bias of its forget gates" if cell == "lstm"
                else f"its V times {self.gain:g}")
        return (f"Shows at each of {len(self.strings[0])} steps how much of the last logit's gradient arrives there, "
                f"in the net {self.net!r} ({name} of {units} units), {knob}.")

    @traitlets.validate("net")
    def _check_net(self, proposal: dict) -> str:
        require_choice("net", proposal["value"], tuple(self.weights))
        return proposal["value"]

    @traitlets.validate("gain", "bias")
    def _check_knob(self, proposal: dict) -> float:
        name, value = proposal["trait"].name, proposal["value"]
        least, most = GAINS if name == "gain" else BIASES
        require(least <= value <= most, name, value, f"a number from {least:g} to {most:g}")
        return value
