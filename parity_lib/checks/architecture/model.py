"""Check of ``build_model``: what the net does, asked with weights that the check sets."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import torch

from parity_lib.checks import expect
from parity_lib.checks.architecture.counting import BLOCKS, COUNT, READY_NET, count, parameters
from parity_lib.checks.architecture.reference import compare
from parity_lib.checks.constants import constant
from parity_lib.checks.core import ModuleRun
from parity_lib.checks.nets import PAIR_SLIPS, Net, at_the_end, every_string, random_strings
from parity_lib.checks.plain import CheckFailed
from parity_lib.checks.reporting import check

SHAPES, SIGMOID = "unrolling#shapes-and-a-mistake-that-makes-no-noise", "training#a-loss-for-a-yes-or-no"
EQUATIONS, LOOP = "unrolling#the-equations", "training#the-loop-line-by-line"


@check("build_model: right shapes and size, strings kept apart, no look ahead, gradients everywhere")
def build_model(seed: int = 0) -> None:
    """``build_model(cell, hidden_size, num_layers)``: a module from ``[batch, steps, 1]`` to logits of that shape."""
    rng = np.random.default_rng(seed)
    for cell in BLOCKS:
        hidden, layers = {"tanh": (4, 1), "relu": (3, 2), "lstm": (3, 1), "gru": (2, 2)}[cell] if seed == 0 else (
            int(rng.integers(2, 6)), int(rng.integers(1, 4)))
        net = BuiltNet(cell, hidden, layers)
        _right_shapes(net)
        strings_apart(net, rng)
        _nothing_kept(net, rng)
        is_the_net(net, rng, only_named=True)
        if cell in ("tanh", "lstm"):
            ends_in_logits(net, rng)
        _no_look_ahead(net, rng)
        state_carried(net, rng)
        _right_size(net)
        weights_decide(net, rng)
        _right_activation(net)
        is_the_net(net, rng)
    for cell, hidden, layers in (("tanh", 3, 2), ("lstm", 2, 1), ("gru", 2, 1)):
        _right_gradients(BuiltNet(cell, hidden, layers), rng)


class BuiltNet(Net):
    """What the student's ``build_model`` gives."""

    def __init__(self, cell: str, hidden: int, layers: int) -> None:
        super().__init__("build_model", cell, hidden, layers)
        self.cell, self.hidden, self.layers = cell, hidden, layers
        self.name = f'build_model("{cell}", hidden_size={hidden}, num_layers={layers})'

    def run(self, inputs: torch.Tensor, state: dict[str, torch.Tensor] | None = None, **options: Any) -> ModuleRun:
        """As :meth:`Net.run`, for strings ``[batch, steps, 1]`` whatever the order of the net's own axes."""
        if options.get("output_gradient") is not None:
            options["output_gradient"] = turned(options["output_gradient"])
        options["then"] = [tuple(map(turned, more)) for more in options.get("then", ())]
        return turned_back(super().run(turned(inputs), state, **options))

    def logits(self, inputs: torch.Tensor, state: dict | None = None, what: str = "") -> np.ndarray:
        """Its logits ``[batch, steps, 1]``, or CheckFailed where the output is anything else."""
        try:
            output = self.run(inputs, state).output
        except CheckFailed as failure:
            asked = f"{what or self.name}, called with inputs of shape {tuple(turned(inputs).shape)}"
            raise expect.explained(failure, asked, PAIR_SLIPS, SHAPES) from None
        return _as_logits(output, inputs, what or self.name)

    def random_weights(self, rng: np.random.Generator) -> dict[str, torch.Tensor]:
        """Normal weights; positive ones for relu, whose units would else be silent for some strings."""
        def make(shape):
            drawn = torch.from_numpy(rng.normal(size=shape))
            return 0.3 * drawn.abs() + 0.05 if self.cell == "relu" else 0.6 * drawn
        return self.weights(make)


def swapped() -> tuple[int, int] | None:
    """Which two axes of ``[batch, steps, 1]`` change places in the task, if any do."""
    return constant("architecture", "swapped")


def turned(strings: Any) -> Any:
    """Strings, or an output for each step, with their axes in the task's order; and back."""
    known = isinstance(strings, (torch.Tensor, np.ndarray)) and strings.ndim == 3
    return strings.swapaxes(*swapped()) if swapped() and known else strings


def turned_back(ran: ModuleRun) -> ModuleRun:
    """What a net gives for strings in the task's order, as for ``[batch, steps, 1]``."""
    return dataclasses.replace(ran, output=turned(ran.output), input_gradient=turned(ran.input_gradient),
                               then=tuple(map(turned, ran.then)))


def _as_logits(output, inputs: torch.Tensor, name: str) -> np.ndarray:
    batch, steps, _ = inputs.shape
    what = f"{name}, called with inputs of shape {tuple(turned(inputs).shape)}"
    if isinstance(output, (tuple, list)):
        expect.fail(what, "one tensor of logits", f"a {type(output).__name__} of {len(output)} things",
                    "forward should return the logits alone; nn.RNN, nn.LSTM and nn.GRU return a pair", SHAPES)
    got = expect.array(output, what, None, see=SHAPES)
    hints = {(batch, 1): "this is one step; the logit of every step is asked for",
             (batch,): "this is one number a string; the logit of every step is asked for",
             (batch, steps): "the last axis, of size 1, was squeezed away",
             (steps, batch, 1): "two axes are swapped: the batch comes first"}
    if got.shape != (batch, steps, 1):
        hint = hints.get(got.shape, "")
        if got.ndim == 3 and got.shape[:2] == (batch, steps):
            hint = "are these hidden states? A linear readout makes one logit of each"
        elif got.size == batch * steps and not hint:
            hint = "squeeze() removes every axis of size 1, also a batch of one string or a string of one bit"
        elif got.ndim == 3 and got.shape[1:] == (batch, 1) and not hint:
            hint = "this comes from the second thing that nn.RNN returns, the last state; use the first"
        if turned(inputs).shape != inputs.shape and got.ndim == 3:
            got, hint = turned(got), "the logits have the axes of the inputs, in the same order"
        expect.fail(what, f"shape {tuple(turned(inputs).shape)}", f"shape {got.shape}", hint, SHAPES)
    return got.astype(float)


def is_the_net(net: BuiltNet, rng: np.random.Generator, only_named: bool = False) -> None:
    """On the same weights it gives what PyTorch's layers and a readout give; see :mod:`.reference`."""
    compare(net, net.cell, net.hidden, net.layers, net.random_weights(rng), net.name, EQUATIONS, only_named)


def _right_shapes(net: BuiltNet) -> None:
    for batch, steps in ((3, 6), (1, 5), (4, 1)):
        net.logits(torch.zeros(batch, steps, 1))
    net.learn_names(forbid=READY_NET)


def strings_apart(net: BuiltNet, rng: np.random.Generator) -> None:
    """Changing one string changes its own logits, and asking twice changes nothing."""
    state, inputs = net.random_weights(rng), random_strings(rng, 3, 6)
    before = net.logits(inputs, state)
    if not np.allclose(before, net.logits(inputs, state), rtol=1e-4, atol=1e-5):
        expect.fail(f"{net.name}, asked twice, same weights and strings", "the same logits", "other logits",
                    "something is drawn anew: a random first state, dropout, or the weights of a layer that is made in "
                    "forward or stands in a plain list, where PyTorch does not see it (use nn.ModuleList)", SHAPES)
    changed = inputs.clone()
    changed[0] = 1 - changed[0]
    moved = ~np.isclose(before, net.logits(changed, state), rtol=1e-4, atol=1e-5).all(axis=(1, 2))
    if moved[1:].any():
        expect.fail(f"{net.name}: only string 0 of a batch of 3 is changed", "other logits for string 0 only",
                    f"other logits for strings {np.flatnonzero(moved).tolist()}",
                    "batch_first=True is missing, so the net reads down the batch; or `reshape` or `view` stands where "
                    "axes should be transposed; or something is averaged over the batch" if not swapped() else
                    "the net reads down the batch: with batch_first=True a layer of PyTorch takes [batch, steps, 1]; "
                    "here the axes come in another order",
                    SHAPES)


def _nothing_kept(net: BuiltNet, rng: np.random.Generator) -> None:
    """One net, asked about two batches in turn, answers the second as a net does that was asked nothing before."""
    state, strings = net.random_weights(rng), random_strings(rng, 3, 6)
    alone = net.logits(strings, state)
    kept = "the state of the last call is kept, as self.state perhaps; each call begins with a first state of zeros"
    for before in (random_strings(rng, 2, 5), 1 - strings):
        what = f"{net.name}, asked about {len(before)} strings and then about {len(strings)}: the second answer"
        try:
            ran = net.run(before, state, then=[(strings,)])
        except CheckFailed as failure:
            expect.fail(what, "logits", str(failure).splitlines()[0], kept, EQUATIONS)
        second = _as_logits(ran.then[0], strings, what)
        if not np.allclose(alone, second, rtol=1e-4, atol=1e-5):
            expect.fail(what, alone[0, :, 0], second[0, :, 0], kept, EQUATIONS)


def _moved(net: BuiltNet, rng: np.random.Generator) -> tuple[str, int, np.ndarray]:
    """A bit is changed: the question in words, the step of the bit, and by how much each step's logit moves."""
    state, inputs, t = net.random_weights(rng), random_strings(rng, 3, 6), int(rng.integers(1, 4))
    changed = inputs.clone()
    changed[:, t] = 1 - changed[:, t]
    moved = np.abs(net.logits(inputs, state) - net.logits(changed, state)).max(axis=(0, 2))
    return f"{net.name}: bit number {t + 1} of 6 is changed", t, moved


def _no_look_ahead(net: BuiltNet, rng: np.random.Generator) -> None:
    what, t, moved = _moved(net, rng)
    if moved[:t].max() > 1e-4 * (1 + moved.max()):
        expect.fail(what, "the same logits at the steps before it", f"changes by step of {expect.show(moved)}",
                    "the net sees bits that come later: bidirectional=True, or the steps were reversed or averaged",
                    EQUATIONS)
    if moved[t] < 1e-7:
        expect.fail(what, "another logit at the same step", f"changes by step of {expect.show(moved)}",
                    "the logits are late: the logit of step t is read from the state after step t", EQUATIONS)


def state_carried(net: BuiltNet, rng: np.random.Generator) -> None:
    what, t, moved = _moved(net, rng)
    if moved[t + 1] < 1e-7:
        expect.fail(what, "another logit at the next step too", f"changes by step of {expect.show(moved)}",
                    "each step is computed by itself: the hidden state is not carried to the next", EQUATIONS)


def _right_size(net: BuiltNet) -> None:
    expected = parameters(net.cell, 1, net.hidden, net.layers) + net.hidden + 1
    unused = net.without_gradient()
    reached = sum(net.state[name].numel() for name in net.learned)
    if unused:
        expect.fail(f"{net.name}: parameters that a gradient reaches", "all", f"all but {', '.join(unused)}",
                    "these take no part in the output, or the way to them is cut by detach, .data or no_grad", LOOP)
    if reached != expected:
        expect.fail(f"{net.name}: number of parameters, readout included", expected, reached,
                    _size_hint(reached, net), COUNT)


def _size_hint(got: int, net: BuiltNet) -> str:
    cell, hidden, layers = net.cell, net.hidden, net.layers
    if not got:
        return "the module has no parameters, so there is nothing to learn"
    found = expect.likely(got - hidden - 1, [
        *((count(other, 1, hidden, layers), f'this is a net of "{other}" cells; is `cell` used?') for other in BLOCKS),
        (count(cell, 1, layers, hidden) + layers - hidden, "hidden_size and num_layers have changed places: "
         "nn.RNN(input_size, hidden_size, num_layers)"),
        (count(cell, 1, hidden, 1), "this is a net of one layer; is num_layers passed on?"),
        (count(cell, 1, hidden, layers, biases=1),
         "there is one bias vector in each layer; PyTorch's modules have two"),
        (count(cell, 1, hidden, layers, biases=0), "the cell has no biases: bias=False"),
    ])
    if not found and got == count(cell, 1, hidden, layers) + hidden:
        found = "the readout has no bias"
    sizes = [other for other in range(1, 129) if count(cell, 1, other, layers) + other + 1 == got]
    return found or (f"this is a net of {sizes[0]} hidden units; is hidden_size passed on?" if sizes else
                     "PyTorch's modules have two bias vectors in each layer; the readout has hidden_size + 1 numbers")


def ends_in_logits(net: BuiltNet, rng: np.random.Generator) -> None:
    """Logits are free numbers: with large weights some lie below 0 and some above 1."""
    inputs = every_string(3)
    seen = np.concatenate([net.logits(inputs, net.weights(lambda shape: torch.from_numpy(3 * rng.normal(size=shape))))
                           for _ in range(16)])
    what = f"{net.name} with large weights: smallest and largest output"
    got = f"{seen.min():.4g} and {seen.max():.4g}"
    if seen.min() >= 0 and seen.max() <= 1:
        hint = "a sigmoid at the end: the loss takes logits and has the sigmoid inside"
        if np.allclose(seen, 1):
            hint = "a softmax over a single output is 1, whatever the logit; return the logit itself"
        expect.fail(what, "logits, below 0 and above 1 somewhere", got, hint, SIGMOID)
    if seen.min() >= 0 or seen.max() <= 1:
        expect.fail(what, "logits, below 0 and above 1 somewhere", got,
                    "an activation follows the readout; a logit is the weighted sum itself, equation 2.2", EQUATIONS)


def _right_activation(net: BuiltNet) -> None:
    """With all weights 1 a relu net explodes, and a tanh net cannot."""
    if net.cell not in ("tanh", "relu"):
        return
    last = float(net.logits(torch.ones(1, 9, 1), net.weights(torch.ones))[0, -1, 0])
    bound = net.hidden + 1.001
    what = f"{net.name} with all weights 1, after nine ones"
    if net.cell == "tanh" and abs(last) > bound:
        expect.fail(what, f"at most {net.hidden + 1}, as tanh is at most 1", last, "the activation is not tanh",
                    EQUATIONS)
    if net.cell == "relu" and abs(last) <= bound:
        expect.fail(what, "a large number, as relu has no upper end", last,
                    'the net has tanh units: nn.RNN takes nonlinearity="relu"', EQUATIONS)


def _right_gradients(net: BuiltNet, rng: np.random.Generator) -> None:
    """The gradient of the last logits is their slope, measured by moving each parameter a little."""
    net.learn_names(forbid=READY_NET)
    _made_anew(net)
    inputs = random_strings(rng, 4, 5)
    for _ in range(2):
        state = net.random_weights(rng)
        gradients = net.run(inputs, state, output_gradient=at_the_end(inputs)).gradients
        for name in net.learned:
            direction = torch.from_numpy(rng.normal(size=tuple(state[name].shape))).to(state[name].dtype)
            given = float((gradients.get(name, torch.zeros(())) * direction).sum())
            for move in (0.002, 0.0005):  # the second only where the first seems to disagree
                slope = _slope(net, inputs, state, name, move * direction) / move
                if abs(slope - given) <= 0.05 * abs(slope) + 0.01:
                    break
            else:
                expect.fail(f"{net.name}: slope of the last logit along `{name}`, measured and from backward()",
                            slope, given, "part of the way back is cut: a state is detached between steps or "
                            "layers", "gradient#cut-short")


def _made_anew(net: BuiltNet) -> None:
    """Two nets in turn, each asked for its gradient once."""
    inputs = every_string(3)
    first, second = (net.run(inputs, net.state, output_gradient=torch.ones_like(inputs)).gradients for _ in range(2))
    if any(not torch.allclose(second[name], one, rtol=1e-3, atol=1e-5) for name, one in first.items()):
        expect.fail(f"{net.name}, built twice with the same weights: the gradient of the second net",
                    "that of the first net", "another one", "the same module comes back each time, with old "
                    "gradients in it (is it kept in a table, or made outside?): make a new one in each call", LOOP)


def _slope(net: BuiltNet, inputs: torch.Tensor, state: dict, name: str, move: torch.Tensor) -> float:
    """By how much the last logits rise along ``move``: half of the way from its negative to itself."""
    names = [one for one, other in net.twins.items() if other == name]
    ahead, behind = (net.logits(inputs, state | dict.fromkeys(names, state[name] + sign * move))[:, -1].sum()
                     for sign in (1, -1))
    return (ahead - behind) / 2


def weights_decide(net: BuiltNet, rng: np.random.Generator) -> None:
    """Nothing but the weights makes the answer."""
    if not net.learned:
        expect.fail(f"{net.name}: parameters that a gradient reaches", "some", "none",
                    "there is nothing to learn: is the answer computed in forward, or the way back cut?", EQUATIONS)
    inputs = every_string(4)
    see, cheat = "one-bit#can-an-ordinary-network-do-it", "the answer is computed in forward (cumsum % 2?) and not " \
        "by the weights; the task is a net that can learn it"
    at_zero = net.logits(inputs, net.weights(torch.zeros))
    if np.abs(at_zero).max() > 1e-5:
        expect.fail(f"{net.name} with all weights and biases 0: logits", 0, at_zero.flatten()[:8], cheat, see)
    odd = inputs.numpy().sum(axis=(1, 2)) % 2 == 1
    last = net.logits(inputs, net.random_weights(rng))[:, -1, 0]
    if max(np.ptp(last[odd]), np.ptp(last[~odd])) < 1e-6:
        expect.fail(f"{net.name} with random weights, 16 strings of 4 bits: different logits",
                    "more than one for even and one for odd", f"{last[~odd][0]:.4g} and {last[odd][0]:.4g}", cheat, see)
