"""Check of ``LSTMParity``: one LSTM layer and its readout."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn

from parity_lib import models
from parity_lib.checks import expect
from parity_lib.checks.constants import constant
from parity_lib.checks.core import ModuleRun, call_module
from parity_lib.checks.nets import PAIR_SLIPS, Net, at_the_end, every_string, random_strings
from parity_lib.checks.plain import CheckFailed
from parity_lib.checks.reporting import check

READY_MODEL = (models.ParityRNN, models.by_hand)
THE_CELL, GRADIENT = "unrolling#the-cell-in-numpy", "gradient#the-gradient-through-time"
BATCH_FIRST = "unrolling#shapes-and-a-mistake-that-makes-no-noise"
PARAMETERS, GATES = "unrolling#how-many-parameters", "gates#the-lstm-gate-by-gate"


@check("LSTMParity: an LSTM layer and its readout, one logit after each bit")
def lstm_parity(seed: int = 0) -> None:
    """``LSTMParity(hidden_size)``: a module, ``[batch, steps, 1]`` -> logits ``[batch, steps, 1]``."""
    rng = np.random.default_rng(seed)
    every = every_string(6)
    for hidden in (4, 6):
        net = ParityNet(hidden)
        net.run(random_strings(rng, 3, 7))
        _is_no_formula(_logits(net.run(every)), every)
        first = net.run(every, output_gradient=at_the_end(every))
        _has_size(first, hidden)
        net.state = _draw(first, rng)
        _is_no_formula(_logits(net.run(every)), every)
        _says_the_same_again(net, rng)
        _reads_strings(net, random_strings(rng, 8, 5))
        _passes_gradients(net, random_strings(rng, 8, 5))
        _is_the_layer(net, random_strings(rng, 4, 9))
        _takes_lengths(net, random_strings(rng, 3, 6))
        _forget_gate_starts(first, hidden)


def _forget_gate_starts(first: ModuleRun, hidden: int) -> None:
    """In a variant: the forget gate's two biases of a new net add up to a number; PyTorch's second block of rows."""
    asked = constant("lstm_comparison", "forget")
    if asked is None:
        return
    what = f"a new LSTMParity({hidden}): the sum of the forget gate's two biases"
    found = [value for key, value in first.state.items()
             if key.rpartition(".")[2] in ("bias_ih_l0", "bias_hh_l0") and value.shape == (4 * hidden,)]
    if len(found) != 2:
        expect.fail(what, asked, "no bias_ih_l0 and bias_hh_l0", "use nn.LSTM, whose biases have these names", GATES)
    got = sum(np.split(expect.numpy(value).astype(float), 4)[1] for value in found)
    if not np.allclose(got, asked, atol=1e-4):
        hint = expect.likely(got, [(np.full(hidden, 2 * asked), "both biases have the number; together they should")])
        rest = sum(np.delete(expect.numpy(value).reshape(4, hidden), 1, axis=0).astype(float) for value in found)
        if not hint and np.isclose(rest, asked, atol=1e-4).any():
            hint = "another gate has the number: the blocks of PyTorch's LSTM are i, f, g, o"
        expect.fail(what, asked, got, hint or "`bias_ih_l0` and `bias_hh_l0` of nn.LSTM, rows hidden_size to "
                    "2 * hidden_size, set under torch.no_grad()", GATES)


def _takes_lengths(net: ParityNet, strings: torch.Tensor) -> None:
    """`train` passes lengths; whatever is done with them, the logits of real steps stay what they are."""
    lengths = torch.tensor([4, 6, 2])
    real = (torch.arange(6) < lengths[:, None]).numpy()
    alone = _logits(net.run(strings))[..., 0]
    what = "LSTMParity called with strings and their lengths, as `train` does it"
    try:
        ran = call_module(net.make, *net.arguments, inputs=(strings, lengths), state=net.state, forbid=READY_MODEL)
    except CheckFailed as failure:
        raise expect.explained(failure, what, {
            "positional argument": "forward takes inputs and lengths: `def forward(self, inputs, lengths=None)`",
        }, THE_CELL) from None
    given = expect.array(ran.output, what, None, see=THE_CELL)
    if given.shape != (3, 6, 1):
        expect.fail(what, "shape (3, 6, 1), as wide as the inputs", f"shape {given.shape}",
                    "lengths may be ignored: padding comes after the string and changes nothing before it", THE_CELL)
    expect.close(given[..., 0][real], alone[real], f"{what}: the logits of real steps",
                 "with lengths the net gives other logits than without: they may be ignored", THE_CELL, 1e-4)


class ParityNet(Net):
    """The student's LSTMParity."""

    def __init__(self, hidden: int) -> None:
        super().__init__("LSTMParity", hidden)
        self.hidden = hidden

    def run(self, inputs: torch.Tensor, state: dict[str, torch.Tensor] | None = None, **options: Any) -> ModuleRun:
        """What it gives, or CheckFailed where that is no logit for each step."""
        try:
            ran = super().run(inputs, state, forbid=READY_MODEL, **options)
        except CheckFailed as failure:
            what = f"LSTMParity({self.hidden}) of an input of shape {tuple(inputs.shape)}"
            raise expect.explained(failure, what, PAIR_SLIPS, THE_CELL) from None
        _has_shape(ran.output, tuple(inputs.shape), self.hidden)
        return ran


def _weights(ran: ModuleRun) -> dict[str, torch.Tensor]:
    """The entries of the state that are parameters, as far as one can tell: a first state of zeros is none."""
    return {key: value for key, value in ran.state.items()
            if key in ran.gradients or (value.is_floating_point() and value.any())}


def _logits(ran: ModuleRun) -> np.ndarray:
    return expect.array(ran.output, "LSTMParity: the logits").astype(float)


def _has_shape(output: Any, shape: tuple[int, int, int], hidden: int) -> None:
    what = f"LSTMParity({hidden}) of an input of shape {shape}"
    if isinstance(output, (tuple, list)):
        expect.fail(what, f"a tensor of logits, {shape}", f"a {type(output).__name__} of {len(output)}",
                    "nn.LSTM returns (output, (h, c)): take the first, and return the logits alone", THE_CELL)
    got = expect.array(output, what)
    batch, steps, _ = shape
    hint = {(batch, steps): "the last axis of size 1 is gone: leave out the squeeze",
            (batch, 1): "only the last step came back; the readout goes on the state of every step",
            (1, batch, 1): "this is the last state, h; the readout goes on the output, the state of every step",
            (batch, steps, hidden): "these are hidden states; nn.Linear(hidden_size, 1) makes logits of them",
            (steps, batch, 1): "the steps come first; say batch_first=True, or transpose back"}.get(got.shape, "")
    if got.shape != shape:
        expect.fail(what, f"shape {shape}", f"shape {got.shape}", hint, THE_CELL)
    expect.array(output, what, shape, "float", THE_CELL)


def _is_no_formula(logits: np.ndarray, inputs: torch.Tensor) -> None:
    """Parity computed in code gives one value for all even strings, another for all odd ones, untrained."""
    odd = np.cumsum(inputs.numpy(), axis=1) % 2 == 1
    even_values, odd_values = logits[:, -1][~odd[:, -1]], logits[:, -1][odd[:, -1]]
    same_value = np.ptp(even_values) < 1e-6 and np.ptp(odd_values) < 1e-6
    if (same_value and abs(even_values[0] - odd_values[0]) > 1e-6) or ((logits > 0) == odd).all():
        expect.fail("an untrained LSTMParity on all strings of 6 bits", "answers that depend on random weights",
                    "answers that follow the parity", "the code computes the parity itself, with a sum modulo 2 for "
                    "instance; the net has to find it in its weights", "one-bit#watch-one-learn")


def _has_size(first: ModuleRun, hidden: int) -> None:
    def size(gates: int, h: int, biases: int = 2, layers: int = 1) -> int:
        return gates * h * (1 + h + biases) + (layers - 1) * gates * h * (2 * h + biases) + h + 1

    count = sum(value.numel() for value in _weights(first).values())
    if count == size(4, hidden):
        return
    slips = {
        size(1, hidden): "this is the count of an nn.RNN: has it been replaced by nn.LSTM?",
        size(3, hidden): "this is the count of an nn.GRU; here it is nn.LSTM",
        size(4, hidden, layers=2): "these are two layers; here it is one",
        size(4, hidden, biases=1): "the LSTM has one bias vector; PyTorch's has two in each block, bias_ih and bias_hh",
        size(4, hidden, biases=0): "the LSTM has no biases; leave out bias=False",
        2 * (size(4, hidden) - hidden - 1) + 2 * hidden + 1: "a bidirectional LSTM reads the string from its end as "
                                                             "well: leave out bidirectional=True",
        size(4, hidden) - hidden - 1: "the readout nn.Linear is not among them: make it in __init__, as self.readout",
        size(4, hidden) - 1: "the readout has no bias; leave out bias=False",
        hidden + 1: "the LSTM is not among them: make it in __init__, as self.lstm, and not in forward or in a list",
    } | {size(4, other): f"this is the count with {other} units: is hidden_size used?"
         for other in range(1, 129) if other != hidden}
    expect.fail(f"LSTMParity({hidden}): the number of parameters", size(4, hidden), count,
                slips.get(count, "one nn.LSTM(1, hidden_size) and one nn.Linear(hidden_size, 1), no more"), PARAMETERS)


def _draw(first: ModuleRun, rng: np.random.Generator) -> dict[str, torch.Tensor]:
    """Larger weights than at the start, so that every path through the net shows."""
    return first.state | {key: torch.from_numpy(rng.uniform(-1.5, 1.5, size=tuple(value.shape))).to(value.dtype)
                          for key, value in _weights(first).items()}


def _says_the_same_again(net: ParityNet, rng: np.random.Generator) -> None:
    strings, others = random_strings(rng, 3, 5), random_strings(rng, 2, 5)
    once, again = _logits(net.run(strings)), _logits(net.run(strings))
    if not expect.same(again, once):
        expect.fail("LSTMParity with the same weights on the same strings, made twice", once[0, :, 0], again[0, :, 0],
                    "something is random: dropout, or a first state that is drawn; h_0 and c_0 are zeros", THE_CELL)
    kept = "the state of the last call is kept, as self.state perhaps; each call begins with h_0 = c_0 = 0"
    for before in (strings, others):
        what = f"LSTMParity asked about {len(before)} strings and then about {len(strings)}: the second answer"
        try:
            ran = net.run(before, then=[(strings,)])
        except CheckFailed as failure:
            expect.fail(what, once[0, :, 0], str(failure).splitlines()[0], kept, THE_CELL)
        second = expect.array(ran.then[0], what).astype(float)
        if not expect.same(second, once):
            expect.fail(what, once[0, :, 0], second.reshape(-1)[:5], kept, THE_CELL)


def _reads_strings(net: ParityNet, strings: torch.Tensor) -> None:
    """Row by row, forwards, and with a memory."""
    before = _logits(net.run(strings))

    def changed(rows, steps) -> np.ndarray:
        other = strings.clone()
        other[rows, steps] = 1 - other[rows, steps]
        return np.abs(_logits(net.run(other)) - before)[..., 0] > 1e-6

    moved = changed(0, slice(None))
    if moved[1:].any():
        expect.fail("LSTMParity: string 0 of a batch is changed, the others are not", "new logits for string 0 alone",
                    f"new logits for strings {np.flatnonzero(moved.any(axis=1)).tolist()}",
                    "the net reads down the batch: batch_first=True is missing, or view stands for transpose",
                    BATCH_FIRST)
    if changed(slice(None), -1)[:, :-1].any():
        expect.fail("LSTMParity: the last bit of each string is changed", "the same logits at all steps before",
                    "other logits before the last step", "the net sees the future: is the LSTM bidirectional, or is "
                    "the last state given to every step?", "unrolling#a-network-with-a-loop")
    if not changed(slice(None), 0)[:, -1].any():
        expect.fail("LSTMParity: the first bit of each string is changed", "other logits at the last step",
                    "the same logits", "nothing is carried from step to step: the steps go through the LSTM as one "
                    "string, with h and c of the step before", "unrolling#a-network-with-a-loop")


def _passes_gradients(net: ParityNet, strings: torch.Tensor) -> None:
    strings[0] = 1  # so that weight_ih takes part in the last step whatever was drawn
    ran = net.run(strings, output_gradient=at_the_end(strings))
    what = "LSTMParity: the gradient of the last logit"
    for key in _weights(ran):
        if key not in ran.gradients or not ran.gradients[key].any():
            expect.fail(f"{what}, at {key}", "numbers other than 0", "nothing",
                        "the way from the loss to this parameter is cut: by detach, no_grad, or because it is not used",
                        GRADIENT)
    if ran.input_gradient is not None and not ran.input_gradient[:, 0].any():
        expect.fail(f"{what}, at the first bit", "numbers other than 0", "zeros",
                    "the state is cut off between steps, by detach: the gradient has to go back through all of them",
                    GRADIENT)


def _is_the_layer(net: ParityNet, strings: torch.Tensor) -> None:
    """Equal to nn.LSTM and nn.Linear on the same weights, where the names say which is which."""
    lstm, readout = nn.LSTM(1, net.hidden, batch_first=True).double(), nn.Linear(net.hidden, 1).double()
    found = {}
    for key, value in net.state.items():
        name = key.rpartition(".")[2].removesuffix("_l0")
        if name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
            found[f"{name}_l0"] = value
        elif value.shape == (1, net.hidden):
            found["weight"] = value
        elif value.shape == (1,):
            found["bias"] = value
    if len(found) != 6:
        return
    lstm.load_state_dict({key: found[key] for key in lstm.state_dict()})
    readout.load_state_dict({key: found[key] for key in ("weight", "bias")})
    with torch.no_grad():
        states, cells = lstm(strings.double())[0], _cell_states(lstm, strings)
        expected = readout(states).numpy()
        slips = [
            (torch.sigmoid(readout(states)), "a sigmoid stands on the readout; logits are what comes before it"),
            (torch.tanh(readout(states)), "a tanh stands on the readout; logits are what comes before it"),
            (readout(states.relu()), "a relu stands between the LSTM and the readout"),
            (readout(states.tanh()), "a tanh stands between the LSTM and the readout"),
            (readout(cells), "the readout is on the cell states c; it reads the hidden states h"),
        ]
    got = _logits(net.run(strings))
    hint = (expect.likely(got, slips, tolerance=1e-4) or
            "the logits are nn.Linear of the states of nn.LSTM, with nothing before, between or behind")
    expect.close(got, expected, "LSTMParity beside nn.LSTM and nn.Linear on the same weights", hint,
                 "unrolling#softmax-or-sigmoid", tolerance=1e-4)


def _cell_states(lstm: nn.LSTM, strings: torch.Tensor) -> torch.Tensor:
    ends = [lstm(strings[:, :t + 1].double())[1][1][0] for t in range(strings.shape[1])]
    return torch.stack(ends, dim=1)
