"""How much of the last step's gradient arrives at each earlier step, while the reader turns a knob of the net.

Chapter: *The gradient through time*.
"""

from __future__ import annotations

import copy

import numpy as np
import torch
import traitlets

import parity_figures as figures
from parity_figures.widgets.base import ParityWidget, check_nets, front_end, weights
from parity_lib.data import random_bits
from parity_lib.errors import require, require_choice, require_int
from parity_lib.models import ParityRNN
from parity_study.experiments.gradients import orthogonal

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
        self._nets = nets
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

    def picture(self) -> figures.Picture:
        """What arrives at each step, as a line, where the knob stands."""
        return self.told_by(figures.gradient_norms({self.net: self.arriving()}))

    def arriving(self) -> np.ndarray:
        """The gradient at the state after each step beside that at the last, a median over the strings: ``[steps]``."""
        bits = torch.tensor([[float(bit) for bit in string] for string in self.strings]).double()
        net = copy.deepcopy(self._nets[self.net]).double()
        rnn, size = net.rnn, net.hidden_size
        with torch.no_grad():
            if net.cell == "lstm":
                rnn.bias_hh_l0[size:2 * size] += self.bias
            else:
                rnn.weight_hh_l0 *= self.gain
        h, c = torch.zeros(2, len(bits), size).double()
        states = []
        for x in bits.T:
            sums = x[:, None] @ rnn.weight_ih_l0.T + h @ rnn.weight_hh_l0.T + rnn.bias_ih_l0 + rnn.bias_hh_l0
            if net.cell == "lstm":
                write, keep, new, show = sums.chunk(4, dim=1)
                c = keep.sigmoid() * c + write.sigmoid() * new.tanh()
                h = show.sigmoid() * c.tanh()
            else:
                h = sums.tanh() if net.cell == "tanh" else sums.relu()
            states.append(c if net.cell == "lstm" else h)
        gradients = torch.autograd.grad(net.hidden_to_logits(h).sum(), states)
        norms = torch.stack([gradient.norm(dim=1) for gradient in gradients], dim=1)
        return np.median((norms / norms[:, -1:]).numpy(), axis=0)

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
