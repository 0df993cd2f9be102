"""An interactive figure of the gradient at each time step, for the chapter *The gradient through time*."""

import copy

import numpy as np
import torch
import traitlets
from matplotlib.figure import Figure

import parity_figures as figures
from parity_figures.widgets.base import NetworkWidget, front_end
from parity_lib.data import random_bits
from parity_lib.models import ParityRNN

STEPS, STRINGS = 50, 9


class GradientStrip(NetworkWidget):
    """A widget that shows the gradient of the last logit at each time step.

    ``networks`` maps labels to tanh, relu or LSTM networks of at most 32 units. The reader can change one number:
    ``gain`` multiplies the recurrent matrix V of a tanh or relu network, and ``bias`` is added to the biases of an
    LSTM's forget gates. The gradient is taken at the hidden state, or at an LSTM's cell state. The strip has a column
    for each time step, which shows the gradient relative to that at the last time step. Each value is the median over
    nine random strings of 50 bits.

    >>> GradientStrip({"random": ParityRNN(8, "lstm", seed=0)}, bias=1)
    [Interactive figure] Shows at each of 50 time steps how much of the last logit's gradient arrives there, in the \
network 'random' (LSTM of 8 units), with 1 added to the bias of its forget gates.
    """

    _esm, _css = front_end("gradient_strip")
    room = traitlets.List(traitlets.Float(), [29.5, 38.5]).tag(sync=True)
    cells, most_units = ("tanh", "relu", "lstm"), 32

    strings = traitlets.List(traitlets.Unicode()).tag(sync=True)
    gain = traitlets.Float(1.0, min=0.25, max=2.5).tag(sync=True)
    bias = traitlets.Float(0.0, min=-2.0, max=6.0).tag(sync=True)

    def __init__(self, networks: dict[str, ParityRNN], *, network: str | None = None, gain: float = 1.0,
                 bias: float = 0.0) -> None:
        strings = random_bits(STRINGS, STEPS, np.random.default_rng(0))
        super().__init__(networks, network=network, gain=gain, bias=bias,
                         strings=["".join(map(str, row)) for row in strings.tolist()])

    def summary(self) -> str:
        """Describe the network and the change that the reader has made."""
        model = self._models[self.network]
        kind = "LSTM" if model.cell == "lstm" else f"{model.cell} network"
        change = (f"with {self.bias:g} added to the bias of its forget gates" if model.cell == "lstm"
                  else f"its V times {self.gain:g}")
        return (f"Shows at each of {STEPS} time steps how much of the last logit's gradient arrives there, in the "
                f"network {self.network!r} ({kind} of {model.hidden_size} units), {change}.")

    def draw(self) -> Figure:
        """Plot the gradient at each time step as a line."""
        return figures.gradient_norms({self.network: np.median(self.gradients(), axis=0)}).figure

    def gradients(self) -> np.ndarray:
        """Compute the norm of the gradient at each time step relative to the norm at the last time step.

        The result has the shape ``[strings, steps]``.
        """
        model = copy.deepcopy(self._models[self.network])
        with torch.no_grad():
            if model.cell == "lstm":
                model.rnn.bias_hh_l0[model.hidden_size:2 * model.hidden_size] += self.bias
            else:
                model.rnn.weight_hh_l0 *= self.gain
        norms = state_gradients(model, [[int(bit) for bit in string] for string in self.strings])
        return norms / norms[:, -1:]


def state_gradients(model: ParityRNN, strings: list[list[int]]) -> np.ndarray:
    """Compute the norms ``[strings, steps]`` of the gradient of a float64 model's last logit at each state."""
    bits, rnn = torch.tensor(strings).double(), model.rnn
    h, c = torch.zeros(2, len(bits), model.hidden_size).double()
    states = []
    for x in bits.T[..., None]:
        if model.cell == "lstm":
            sums = x @ rnn.weight_ih_l0.T + h @ rnn.weight_hh_l0.T + rnn.bias_ih_l0 + rnn.bias_hh_l0
            i, f, g, o = sums.chunk(4, dim=1)
            c = f.sigmoid() * c + i.sigmoid() * g.tanh()
            h = o.sigmoid() * c.tanh()
        else:
            h = rnn(x[:, None], h[None])[0][:, 0]
        states.append(c if model.cell == "lstm" else h)
    gradients = torch.autograd.grad(model.hidden_to_logits(h).sum(), states)
    return torch.stack([gradient.norm(dim=1) for gradient in gradients], dim=1).numpy()
