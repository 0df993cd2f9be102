"""The net that ``build_model`` should give, and others that are taken for it, on the student's own weights.

With all weights alike nobody has to know which is which: neither the names, nor the order of the gates, nor a
transposed matrix matters, and yet the output is a definite function of the bits. Where the names are PyTorch's own,
drawn weights are compared as well.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import nn
from torch.nn.functional import layer_norm

from parity_lib.checks import expect
from parity_lib.checks.nets import Net, every_string

CLASSES = {"lstm": nn.LSTM, "gru": nn.GRU}
PARTS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
ALIKE = (-2.1, 1.05)     # times the number of units: below 0 and above, so that the states take both signs
TOLERANCE = 1e-3         # float32 is welcome


class Reference:
    """PyTorch's layers and a linear readout, in double precision."""

    def __init__(self, cell: str, hidden: int, layers: int = 1) -> None:
        self.cell, self.hidden, self.layers = cell, hidden, layers
        options = {} if cell in CLASSES else {"nonlinearity": cell}
        self.rnn = CLASSES.get(cell, nn.RNN)(1, hidden, layers, batch_first=True, **options).double()
        self.readout = nn.Linear(hidden, 1).double()

    def fill(self, value: float) -> Reference:
        """All weights alike."""
        with torch.no_grad():
            for parameter in (*self.rnn.parameters(), *self.readout.parameters()):
                parameter.fill_(value)
        return self

    def load(self, state: dict[str, torch.Tensor]) -> bool:
        """Take the weights from a student's state where the names say which is which; False where they do not."""
        found: dict[str, list[torch.Tensor]] = {part: [] for part in (*PARTS, "weight", "bias")}
        for name, value in state.items():
            last = name.rpartition(".")[2].partition("_l")[0]
            if last not in found:
                return False
            found[last].append(value)
        if [len(found[part]) for part in (*PARTS, "weight", "bias")] != [self.layers] * 4 + [1, 1]:
            return False
        wanted = {f"{part}_l{k}": found[part][k] for part in PARTS for k in range(self.layers)}
        if any(value.shape != wanted[name].shape for name, value in self.rnn.state_dict().items()):
            return False
        if found["weight"][0].shape != (1, self.hidden):
            return False
        self.rnn.load_state_dict(wanted)
        self.readout.load_state_dict({"weight": found["weight"][0], "bias": found["bias"][0]})
        return True

    @torch.no_grad()
    def logits(self, bits: torch.Tensor, between: Callable = lambda states: states) -> np.ndarray:
        """For bits ``[batch, steps, 1]``, with something between the states and the readout."""
        return self.readout(between(self.rnn(bits.double())[0])).numpy()

    def slips(self, bits: torch.Tensor) -> list[tuple[np.ndarray, str]]:
        """What other nets give on these weights, each with words."""
        count = bits.cumsum(1)
        late = _late(bits)
        found = [
            *((self.logits(bits, function), f"{words} stands between the states and the readout; the readout takes "
               "the states as they are") for function, words in BETWEEN),
            (self.logits(count % 2), PARITY_READ),
            *((self.logits(read), PARITY_READ) for read in
              (1 - count % 2, 2 * (count % 2) - 1, bits + count % 2, bits + 1 - count % 2)),
            *((self.logits(read), "the layer reads the number of ones so far (`cumsum`) and not the bits: counting is "
               "the net's own work") for read in (count, count / bits.shape[1], bits + count)),
            (self.logits(2 * bits - 1), "the bits are turned into -1 and +1 before the layer; here they go in as they "
             "come, 0 and 1"),
            (self.logits(late), LATE),
            (self.logits(bits, _late), LATE),
            (torch.from_numpy(self.logits(bits)).sigmoid().numpy(),
             "a sigmoid at the end: the loss takes logits and has the sigmoid inside"),
            *((function(torch.from_numpy(self.logits(bits))).numpy(), f"{words} stands behind the readout; a logit is "
               "the weighted sum itself") for function, words in ((torch.tanh, "a tanh"), (torch.relu, "a relu"))),
        ]
        if self.cell == "lstm":
            found.append((self._of_c(bits), "the readout is on the cell states c; it reads the hidden states h"))
        return found

    @torch.no_grad()
    def _of_c(self, bits: torch.Tensor) -> np.ndarray:
        ends = [self.rnn(bits[:, :t + 1].double())[1][1][-1] for t in range(bits.shape[1])]
        return self.readout(torch.stack(ends, dim=1)).numpy()


def _late(steps: torch.Tensor) -> torch.Tensor:
    return torch.cat([torch.zeros_like(steps[:, :1]), steps[:, :-1]], dim=1)


def _running_mean(states: torch.Tensor) -> torch.Tensor:
    return states.cumsum(1) / torch.arange(1, states.shape[1] + 1)[:, None]


BETWEEN = [
    (torch.relu, "a relu"),
    (torch.tanh, "a tanh"),
    (torch.sigmoid, "a sigmoid"),
    (nn.functional.leaky_relu, "a leaky relu"),
    (nn.functional.gelu, "a gelu"),
    (nn.functional.elu, "an elu"),
    (lambda states: layer_norm(states, states.shape[-1:]), "a layer norm"),
    (lambda states: states.softmax(-1), "a softmax"),
    (_running_mean, "a mean over the steps so far"),
    (lambda states: states.cumsum(1), "a sum over the steps so far"),
]
LATE = "the net is one step late: the logit of step t is read from the state after step t"
PARITY_READ = ("the layer reads the parity so far (`cumsum % 2`) and not the bits: the answer is computed in forward, "
               "and the net has nothing to learn")


def compare(net: Net, cell: str, hidden: int, layers: int, state: dict[str, torch.Tensor], what: str, see: str,
            only_named: bool = False) -> None:
    """CheckFailed where the student's net is another function of its weights than PyTorch's layers and a readout.

    ``only_named``: only where one of the known slips explains the difference.
    """
    bits = every_string(5)
    cases = [(f"all weights {value:.2g}", net.weights(lambda shape, value=value: torch.full(shape, value)),
              Reference(cell, hidden, layers).fill(value)) for value in (one / max(3, hidden) for one in ALIKE)]
    drawn = Reference(cell, hidden, layers)
    if drawn.load(state):
        cases.append(("drawn weights", state, drawn))
    for words, weights, reference in cases:
        output = net.run(bits, weights).output
        got = expect.array(output, what).astype(float)
        expected = reference.logits(bits)
        if expect.same(got, expected, TOLERANCE):
            continue
        hint = expect.likely(got, reference.slips(bits), TOLERANCE)
        if hint or not only_named:
            row = int(np.abs(got - expected).max(axis=(1, 2)).argmax())
            string = "".join(str(int(bit)) for bit in bits[row, :, 0])
            expect.fail(f"{what} with {words}: the logits for {string}", expected[row, :, 0], got[row, :, 0], hint or
                        "the logits are the linear readout of PyTorch's layers, with nothing before, between or "
                        "behind", see)
