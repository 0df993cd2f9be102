"""Checks of the exercise *Architecture*."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from parity_lib import models
from parity_lib.checks import expect
from parity_lib.checks.core import CheckFailed, ModuleRun, call, call_module
from parity_lib.checks.reporting import check, fresh, private  # noqa: F401  (notebooks call them here)
from parity_lib.experiments.statistics import wilson_interval

COUNT, SHAPES, SIGMOID = "unrolling#how-many-parameters", "unrolling#shapes-and-a-mistake-that-makes-no-noise", \
    "training#a-loss-for-a-yes-or-no"
EQUATIONS, LOOP, SEEDS = "unrolling#the-equations", "training#the-loop-line-by-line", \
    "training#twenty-seeds-instead-of-one"

BLOCKS = {"tanh": 1, "relu": 1, "gru": 3, "lstm": 4}
Z95 = 1.959964
TRIES, UPDATES, HIDDEN, BITS, RATE = 3, 300, 16, 5, 0.03


def _made(cls: type, name: str) -> SimpleNamespace:
    """A class as something to forbid: what is recognised is the making of an object, under this name."""
    return SimpleNamespace(__code__=cls.__init__.__code__, __name__=name)


READY_NET = (_made(models.ParityRNN, "parity_lib.ParityRNN"),)
READY_COUNT = (*READY_NET, *(_made(cls, f"torch.nn.{cls.__name__}") for cls in
                             (nn.RNN, nn.LSTM, nn.GRU, nn.RNNCell, nn.LSTMCell, nn.GRUCell, nn.Module)))


# ---------------------------------------------------------------- counting parameters


@check(3, "count_parameters: equal to PyTorch's own modules, for every cell, size and depth")
def count_parameters(seed: int = 0) -> None:
    """``count_parameters(cell, input_size, hidden_size, num_layers)`` -> the number of parameters, no readout."""
    rng = np.random.default_rng(seed)
    cases = [("tanh", 1, 1, 1), ("tanh", 1, 4, 1), ("lstm", 1, 4, 1), ("gru", 1, 4, 1), ("relu", 5, 3, 1),
             ("tanh", 2, 3, 2), ("relu", 1, 3, 3), ("lstm", 3, 2, 2), ("gru", 4, 7, 3)]
    cases += [(cell, *(int(rng.integers(1, top)) for top in (9, 40, 5))) for cell in BLOCKS]
    for case in cases:
        result = call("count_parameters", *case, forbid=READY_COUNT)
        what = f'count_parameters("{case[0]}", input_size={case[1]}, hidden_size={case[2]}, num_layers={case[3]})'
        got = expect.array(result, what, (), see=COUNT)
        if got.dtype.kind not in "iuf":
            expect.fail(what, "a whole number", result, "", COUNT)
        expect.equal(got, _parameters(*case), what, _count_hint(got, *case), COUNT)


def _parameters(cell: str, features: int, hidden: int, layers: int) -> int:
    """Counted on PyTorch's module itself."""
    cls = {"lstm": nn.LSTM, "gru": nn.GRU}.get(cell, nn.RNN)
    return sum(p.numel() for p in cls(features, hidden, layers, device="meta").parameters())


def _count(cell: str, features: int, hidden: int, layers: int, biases: int = 2, blocks: int | None = None,
           later: int | None = None) -> int:
    """The formula, with its parts free: for naming what was counted instead."""
    reads = [features] + [hidden if later is None else later] * (layers - 1)
    return (blocks or BLOCKS[cell]) * sum(hidden * (size + hidden + biases) for size in reads)


def _count_hint(got: np.ndarray, cell: str, features: int, hidden: int, layers: int) -> str:
    case = (cell, features, hidden, layers)
    right = _count(*case)
    slips = {
        "PyTorch has two bias vectors in each layer, and here one was counted": _count(*case, biases=1),
        "the biases were left out; PyTorch has two vectors of them in each layer": _count(*case, biases=0),
        "the readout was counted too; leave its H + 1 numbers out": right + hidden + 1,
        f'a plain cell was counted; each gate of "{cell}" has its own U, V and biases': _count(*case, blocks=1),
        f'"{cell}" has {BLOCKS[cell]} blocks of weights, and 3 were counted': _count(*case, blocks=3),
        f'"{cell}" has {BLOCKS[cell]} blocks of weights, and 4 were counted': _count(*case, blocks=4),
        f'"{cell}" has {BLOCKS[cell]} blocks of weights, and 2 were counted': _count(*case, blocks=2),
        "this is one layer; num_layers has no effect": _count(cell, features, hidden, 1),
        "every layer was counted as if it read the input; from the second on, a layer reads the hidden_size states "
        "of the layer below": _count(*case, later=features),
        "every layer was counted as if it read hidden states; the first one reads input_size features":
            _count(cell, hidden, hidden, layers),
        "the input was counted as one feature; U is [hidden_size, input_size]": _count(cell, 1, hidden, layers),
        "V is missing: hidden to hidden, hidden_size times hidden_size": right - BLOCKS[cell] * layers * hidden**2,
    }
    return next((words for words, value in slips.items() if value == got and value != right), "")


# ---------------------------------------------------------------- the model, by what it does


@check(4, "build_model: right shapes and size, strings kept apart, no look ahead, gradients everywhere")
def build_model(seed: int = 0) -> None:
    """``build_model(cell, hidden_size, num_layers)``: a module from ``[batch, steps, 1]`` to logits of that shape."""
    rng = np.random.default_rng(seed)
    for cell in BLOCKS:
        hidden, layers = {"tanh": (4, 1), "relu": (3, 2), "lstm": (3, 1), "gru": (2, 2)}[cell] if seed == 0 else (
            int(rng.integers(2, 6)), int(rng.integers(1, 4)))
        net = _Net(cell, hidden, layers)
        _right_shapes(net)
        _strings_apart(net, rng)
        _nothing_kept(net, rng)
        if cell in ("tanh", "lstm"):
            _ends_in_logits(net, rng)
        _no_look_ahead(net, rng)
        _state_carried(net, rng)
        _right_size(net)
        _weights_decide(net, rng)
        _right_activation(net)
    for cell, hidden, layers in (("tanh", 3, 2), ("lstm", 2, 1), ("gru", 2, 1)):
        _right_gradients(_Net(cell, hidden, layers), rng)


class _Net:
    """One of the student's models: made again for each question, and asked with weights that the check sets.

    With weights of the check's own, nothing depends on how the student's were drawn.
    """

    def __init__(self, cell: str, hidden: int, layers: int) -> None:
        self.cell, self.hidden, self.layers = cell, hidden, layers
        self.name = f'build_model("{cell}", hidden_size={hidden}, num_layers={layers})'
        self.state: dict[str, torch.Tensor] = {}
        self.learned: list[str] = []
        self.twins: dict[str, str] = {}

    def run(self, inputs: torch.Tensor, state: dict | None = None, gradient: torch.Tensor | None = None,
            **options) -> ModuleRun:
        return call_module("build_model", self.cell, self.hidden, self.layers, inputs=(inputs,), state=state,
                           output_gradient=gradient, **options)

    def logits(self, inputs: torch.Tensor, state: dict | None = None, what: str = "") -> np.ndarray:
        """Its logits ``[batch, steps, 1]``, or CheckFailed where the output is anything else."""
        return _as_logits(self.run(inputs, state).output, inputs, what or self.name)

    def learn_names(self) -> None:
        """Which entries of the state the gradient reaches, and which are second names of those."""
        inputs = _bits(torch.arange(8), 3)
        ran = self.run(inputs, gradient=torch.ones_like(inputs), forbid=READY_NET)
        self.state, self.learned = ran.state, list(ran.gradients)
        self.twins = _twins(ran)

    def without_gradient(self) -> list[str]:
        """Numbers in the state that no gradient reaches. Zeros are left out: they may be a stored first state."""
        return [name for name, value in self.state.items()
                if name not in self.twins and value.is_floating_point() and value.any()]

    def weights(self, make) -> dict[str, torch.Tensor]:
        """A state in which each parameter is ``make(shape)``; what is no parameter stays as it is."""
        made = {name: make(tuple(self.state[name].shape)).to(self.state[name].dtype) for name in self.learned}
        return {name: made[self.twins[name]] if name in self.twins else value for name, value in self.state.items()}

    def random_weights(self, rng: np.random.Generator) -> dict[str, torch.Tensor]:
        """Normal weights; positive ones for relu, whose units would else be silent for some strings."""
        def make(shape):
            drawn = torch.from_numpy(rng.normal(size=shape))
            return 0.3 * drawn.abs() + 0.05 if self.cell == "relu" else 0.6 * drawn
        return self.weights(make)


def _twins(ran: ModuleRun) -> dict[str, str]:
    """For each entry of the state that is a parameter with a gradient: the name under which the gradient came.

    A module that is held under two names is one set of parameters with two entries.
    """
    twins = {name: name for name in ran.gradients}
    for name, value in ran.state.items():
        same = [one for one in ran.gradients
                if ran.state[one].shape == value.shape and torch.equal(ran.state[one], value)]
        if name not in twins and same:
            twins[name] = same[0]
    return twins


def _bits(codes: torch.Tensor, steps: int) -> torch.Tensor:
    """Whole numbers ``[batch]`` as strings of bits ``[batch, steps, 1]``."""
    return ((codes[:, None] >> torch.arange(steps)) & 1).float().unsqueeze(-1)


def _random_bits(rng: np.random.Generator, batch: int, steps: int) -> torch.Tensor:
    return torch.from_numpy(rng.integers(2, size=(batch, steps, 1))).float()


def _as_logits(output, inputs: torch.Tensor, name: str) -> np.ndarray:
    batch, steps, _ = inputs.shape
    what = f"{name}, called with inputs of shape {tuple(inputs.shape)}"
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
        expect.fail(what, f"shape {(batch, steps, 1)}", f"shape {got.shape}", hint, SHAPES)
    return got.astype(float)


def _right_shapes(net: _Net) -> None:
    for batch, steps in ((3, 6), (1, 5), (4, 1)):
        net.logits(torch.zeros(batch, steps, 1))
    net.learn_names()


def _strings_apart(net: _Net, rng: np.random.Generator) -> None:
    """Changing one string changes its own logits, and asking twice changes nothing."""
    state, inputs = net.random_weights(rng), _random_bits(rng, 3, 6)
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
                    "batch_first=True is missing, so the net reads down the batch; or something is averaged over it",
                    SHAPES)


def _nothing_kept(net: _Net, rng: np.random.Generator) -> None:
    """One net, asked about two batches in turn, answers the second as a net does that was asked nothing before."""
    state, strings = net.random_weights(rng), _random_bits(rng, 3, 6)
    alone = net.logits(strings, state)
    kept = "the state of the last call is kept, as self.state perhaps; each call begins with a first state of zeros"
    for before in (_random_bits(rng, 2, 5), 1 - strings):
        what = f"{net.name}, asked about {len(before)} strings and then about {len(strings)}: the second answer"
        try:
            ran = net.run(before, state, then=[(strings,)])
        except CheckFailed as failure:
            expect.fail(what, "logits", str(failure).splitlines()[0], kept, EQUATIONS)
        second = _as_logits(ran.then[0], strings, what)
        if not np.allclose(alone, second, rtol=1e-4, atol=1e-5):
            expect.fail(what, alone[0, :, 0], second[0, :, 0], kept, EQUATIONS)


def _moved(net: _Net, rng: np.random.Generator) -> tuple[str, int, np.ndarray]:
    """A bit is changed: the question in words, the step of the bit, and by how much each step's logit moves."""
    state, inputs, t = net.random_weights(rng), _random_bits(rng, 3, 6), int(rng.integers(1, 4))
    changed = inputs.clone()
    changed[:, t] = 1 - changed[:, t]
    moved = np.abs(net.logits(inputs, state) - net.logits(changed, state)).max(axis=(0, 2))
    return f"{net.name}: bit number {t + 1} of 6 is changed", t, moved


def _no_look_ahead(net: _Net, rng: np.random.Generator) -> None:
    what, t, moved = _moved(net, rng)
    if moved[:t].max() > 1e-4 * (1 + moved.max()):
        expect.fail(what, "the same logits at the steps before it", f"changes by step of {expect.show(moved)}",
                    "the net sees bits that come later: bidirectional=True, or the steps were reversed or averaged",
                    EQUATIONS)
    if moved[t] < 1e-7:
        expect.fail(what, "another logit at the same step", f"changes by step of {expect.show(moved)}",
                    "the logits are late: the logit of step t is read from the state after step t", EQUATIONS)


def _state_carried(net: _Net, rng: np.random.Generator) -> None:
    what, t, moved = _moved(net, rng)
    if moved[t + 1] < 1e-7:
        expect.fail(what, "another logit at the next step too", f"changes by step of {expect.show(moved)}",
                    "each step is computed by itself: the hidden state is not carried to the next", EQUATIONS)


def _right_size(net: _Net) -> None:
    expected = _parameters(net.cell, 1, net.hidden, net.layers) + net.hidden + 1
    unused = net.without_gradient()
    reached = sum(net.state[name].numel() for name in net.learned)
    if unused:
        expect.fail(f"{net.name}: parameters that a gradient reaches", "all", f"all but {', '.join(unused)}",
                    "these take no part in the output, or the way to them is cut by detach, .data or no_grad", LOOP)
    if reached != expected:
        expect.fail(f"{net.name}: number of parameters, readout included", expected, reached,
                    _size_hint(reached, net), COUNT)


def _size_hint(got: int, net: _Net) -> str:
    cell, hidden, layers = net.cell, net.hidden, net.layers
    if not got:
        return "the module has no parameters, so there is nothing to learn"
    slips = {f'this is a net of "{other}" cells; is `cell` used?': _count(other, 1, hidden, layers) for other in BLOCKS}
    slips |= {
        "this is a net of one layer; is num_layers passed on?": _count(cell, 1, hidden, 1),
        "there is one bias vector in each layer; PyTorch's modules have two": _count(cell, 1, hidden, layers, biases=1),
        "the cell has no biases: bias=False": _count(cell, 1, hidden, layers, biases=0),
    }
    found = next((words for words, value in slips.items() if value + hidden + 1 == got), "")
    if not found and got == _count(cell, 1, hidden, layers) + hidden:
        found = "the readout has no bias"
    sizes = [other for other in range(1, 129) if _count(cell, 1, other, layers) + other + 1 == got]
    return found or (f"this is a net of {sizes[0]} hidden units; is hidden_size passed on?" if sizes else
                     "PyTorch's modules have two bias vectors in each layer; the readout has hidden_size + 1 numbers")


def _ends_in_logits(net: _Net, rng: np.random.Generator) -> None:
    """Logits are free numbers: with large weights some lie below 0 and some above 1."""
    inputs = _bits(torch.arange(8), 3)
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


def _right_activation(net: _Net) -> None:
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


def _right_gradients(net: _Net, rng: np.random.Generator) -> None:
    """The gradient of the last logits is their slope, measured by moving each parameter a little."""
    net.learn_names()
    inputs = _random_bits(rng, 4, 5)
    at_the_end = torch.zeros(4, 5, 1)
    at_the_end[:, -1] = 1
    for _ in range(2):
        state = net.random_weights(rng)
        gradients = net.run(inputs, state, at_the_end).gradients
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
                            "layers", "training#the-gradient-through-time")


def _slope(net: _Net, inputs: torch.Tensor, state: dict, name: str, move: torch.Tensor) -> float:
    """By how much the last logits rise along ``move``: half of the way from its negative to itself."""
    names = [one for one, other in net.twins.items() if other == name]
    ahead, behind = (net.logits(inputs, state | dict.fromkeys(names, state[name] + sign * move))[:, -1].sum()
                     for sign in (1, -1))
    return (ahead - behind) / 2


def _weights_decide(net: _Net, rng: np.random.Generator) -> None:
    """Nothing but the weights makes the answer."""
    if not net.learned:
        expect.fail(f"{net.name}: parameters that a gradient reaches", "some", "none",
                    "there is nothing to learn: is the answer computed in forward, or the way back cut?", EQUATIONS)
    inputs = _bits(torch.arange(16), 4)
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


# ---------------------------------------------------------------- the model, by what it learns


@check(2, "build_model: its net learns the parity of every string of five bits")
def learns(seed: int = 0) -> None:
    """A tanh net of 16 units learns all strings of 5 bits from one of three starts.

    How often it does is counted in tests/submissions/architecture/calibration.json.
    """
    net = worth_training(seed)
    reports = []
    for start in range(seed, seed + TRIES):
        report = train_once(start)
        if report["updates"] is not None:
            return
        reports.append(report)
        if report["alike"]:  # another start would be the same
            break
    best = max(reports, key=lambda report: report["right"])
    expect.fail(f"{net.name}, {UPDATES} updates with Adam on all {2**BITS} strings of {BITS} bits, from "
                f"{len(reports)} start(s): strings with every logit on the right side, best start",
                2**BITS, best["right"], _learning_hint(best, net), LOOP)


def worth_training(seed: int) -> _Net:
    """The net of :func:`learns`, or CheckFailed for one that has no need to learn parity, or no way to.

    A net that reads down the batch, say, may learn the one batch by the order of its strings.
    """
    net, rng = _Net("tanh", HIDDEN, 1), np.random.default_rng(seed)
    net.logits(torch.zeros(3, 6, 1))
    net.learn_names()
    for question in (_strings_apart, _ends_in_logits, _weights_decide, _state_carried):
        question(net, rng)
    return net


def train_once(start: int) -> dict:
    """Train the student's net from the weights that it draws after ``torch.manual_seed(start)``.

    Adam, one batch of all strings, the gradient's norm at most 1. Returns
    ``updates`` until every logit is on the right side (None: not within the
    limit), ``right`` strings at the end, and what the start looked like.
    """
    inputs = _bits(torch.arange(2**BITS), BITS)
    odd = inputs.cumsum(1) % 2
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(start % 2**31)
        first = _ask(None, inputs, torch.zeros_like(inputs))
        state = first.state
        learned = {name: state[name].requires_grad_() for name in first.gradients}
        state |= {name: learned[other] for name, other in _twins(first).items()}
        optimizer = torch.optim.Adam(learned.values(), lr=RATE)
        report = {"updates": None, "right": 0, "alike": _alike(first)}
        for update in range(UPDATES + 1):
            logits = _ask(state, inputs).output.requires_grad_()
            right = ((logits > 0) == (odd > 0.5)).all(dim=2).all(dim=1)
            report["right"] = int(right.sum())
            if right.all():
                return report | {"updates": update}
            binary_cross_entropy_with_logits(logits, odd.to(logits.dtype)).backward()
            gradients = _ask(state, inputs, logits.grad).gradients
            for name, parameter in learned.items():
                parameter.grad = gradients.get(name)
            nn.utils.clip_grad_norm_(list(learned.values()), 1.0)
            optimizer.step()
    return report


def _ask(state: dict | None, inputs: torch.Tensor, gradient: torch.Tensor | None = None) -> ModuleRun:
    return call_module("build_model", "tanh", HIDDEN, 1, inputs=(inputs,), state=state, output_gradient=gradient)


def _alike(ran: ModuleRun) -> bool:
    """Whether every parameter starts as copies of one number."""
    return all(bool((ran.state[name] == ran.state[name].flatten()[0]).all()) for name in ran.gradients)


def _learning_hint(report: dict, net: _Net) -> str:
    if report["alike"]:
        return (f"all units start with the same weights, so they get the same gradients and stay alike: {HIDDEN} units "
                "that act as one, and one tanh unit cannot. Leave the random start of PyTorch's modules")
    cut = net.without_gradient()
    if cut:
        return f"no gradient reaches {', '.join(cut)}: the way back is cut by detach, .data, NumPy or no_grad"
    return "does the check of Task 2 above pass? If it does, how do the weights start: are they small and random?"


# ---------------------------------------------------------------- success rates


@check(3, "success_rate: the rate and Wilson's interval, at the edges too")
def success_rate(seed: int = 0) -> None:
    """``success_rate(outcomes)`` -> ``(rate, low, high)``; outcomes are a list or array of bool or of 0 and 1."""
    rng = np.random.default_rng(seed)
    cases = [[True, False, True, True, True], [False] * 5, [True] * 5, [True], [False], [1, 0, 0, 0, 1, 0, 1, 0],
             np.array([1] * 7 + [0] * 13), np.zeros(20, dtype=bool), np.ones(20, dtype=bool)]
    for count in rng.integers(2, 60, size=4):
        drawn = rng.random(count) < rng.choice([0.05, 0.3, 0.5, 0.9])
        cases += [drawn, drawn.tolist(), drawn.astype(int), drawn.astype(int).tolist()]
    for outcomes in cases:
        _one_rate(outcomes)


def _one_rate(outcomes) -> None:
    k, n = int(np.sum(outcomes)), len(outcomes)
    kind = f"{'an array' if isinstance(outcomes, np.ndarray) else 'a list'} of {np.asarray(outcomes).dtype.name}"
    what = f"success_rate of {k} successes in {n} runs ({kind})"
    result = call("success_rate", outcomes, forbid=(wilson_interval,))
    if not isinstance(result, (tuple, list, np.ndarray, torch.Tensor)) or np.shape(result)[:1] != (3,):
        expect.fail(what, "three numbers (rate, low, high)", result, "return rate, low, high", SEEDS)
    parts = [expect.array(part, f"{what}: {name}", (), see=SEEDS)
             for part, name in zip(result, ("rate", "low", "high"), strict=True)]
    if any(part.dtype.kind not in "biuf" for part in parts):
        expect.fail(what, "three real numbers", result, "", SEEDS)
    got, expected = np.array([float(part) for part in parts]), _wilson(k, n)
    expect.close(got, expected, what, _rate_hint(got, k, n), SEEDS, tolerance=1e-3)


def _wilson(k: int, n: int, z: float = Z95) -> np.ndarray:
    middle, spread = k / n + z**2 / (2 * n), z * np.sqrt(k / n * (1 - k / n) / n + z**2 / (4 * n**2))
    return np.array([k / n, *((middle + sign * spread) / (1 + z**2 / n) for sign in (-1, 1))])


def _rate_hint(got: np.ndarray, k: int, n: int) -> str:
    p, z = k / n, Z95
    rate, low, high = _wilson(k, n)
    error = np.sqrt(p * (1 - p) / n)
    scale, middle = 1 + z**2 / n, p + z**2 / (2 * n)
    inside = np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    slips = {
        "this is rate ± 1.96 standard errors; it leaves 0..1 and shrinks to a point at 0 of n. Wilson's is asked for":
            (p, p - z * error, p + z * error),
        "this is rate ± 1.96 standard errors, cut at 0 and 1; it shrinks to a point at 0 of n. Wilson's is asked for":
            (p, max(0, p - z * error), min(1, p + z * error)),
        "rate ± one standard error is no 95 % interval, and Wilson's is asked for": (p, p - error, p + error),
        "the division by 1 + 1.96²/n is missing": (p, middle - z * inside, middle + z * inside),
        "the factor 1.96 in front of the root is missing": (p, (middle - inside) / scale, (middle + inside) / scale),
        "the middle is not k/n but k/n + 1.96²/(2n)": (p, (p - z * inside) / scale, (p + z * inside) / scale),
        "the middle of the interval was returned as the rate; the rate is k/n": (middle / scale, low, high),
        "rate, low, high: the ends are swapped": (p, high, low),
        "rate comes first, then low and high": (low, p, high),
        "the rate of failures: 1 or True is a success": _wilson(n - k, n),
        "this is in percent; a rate lies in 0..1": (100 * rate, 100 * low, 100 * high),
        "the number of successes was returned as the rate": (k, low, high),
        "the root holds k/n (1 - k/n); has it to be divided by n once more?":
            (p, *((middle + sign * z * np.sqrt(p * (1 - p) + z**2 / (4 * n**2))) / scale for sign in (-1, 1))),
        "this is a 90 % interval; at 95 % the factor is 1.96": _wilson(k, n, 1.644854),
        "this is a 99 % interval; at 95 % the factor is 1.96": _wilson(k, n, 2.575829),
        "the factor is 1.96, not 2": _wilson(k, n, 2.0),
    }
    return next((words for words, value in slips.items() if np.allclose(got, value, rtol=1e-3, atol=1e-3)), "")
