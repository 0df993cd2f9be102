"""Checks for recurrent networks built by students.

The exercises *Architecture* and *LSTM comparison* use them. The checks set the network's weights, so the result does
not depend on how the student's code draws them. If all weights are equal, the logits depend neither on the names of the
parameters nor on the order of the gates, so the checks can compare them with the logits of PyTorch's layers and a
linear readout. If the parameters have PyTorch's names, the checks compare networks with drawn weights as well.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.functional import layer_norm

from parity_checks.architecture.counting import BLOCKS, COUNT, READY_NETWORK, count
from parity_checks.assertions import Mistakes, Query, agree, likely_cause, show
from parity_checks.core import ModuleRun, call_module
from parity_lib.models import ParityRNN

SHAPES, EQUATIONS = "unrolling#shapes-and-a-silent-mistake", "unrolling#the-equations"
LOOP = "training#the-loop-line-by-line"
EQUAL_WEIGHTS = (-2.1, 1.05)     # are divided by the number of units; together they give states of both signs
TOLERANCE, GRADIENT_TOLERANCE = 1e-3, 1e-4      # wide enough for float32
LONG, SMALL = 60, 0.4            # on long strings, rounding would add up in networks with larger weights
ERROR_CAUSES = dict.fromkeys(("values to unpack", "not tuple", "'tuple' object"), "A recurrent layer of PyTorch "
                             "returns two things, `states, last = self.rnn(inputs)`. The readout takes the first "
                             "alone; for an LSTM the second is itself a pair, `states, (h, c) = self.lstm(inputs)`.")
State = dict[str, torch.Tensor]


class StudentNetwork:
    """A network built by the student's code, with the expected cell type, size and depth.

    The module is returned by the student's ``make(*arguments)``. It reads inputs ``[batch, steps, 1]`` and returns
    logits of the same shape. Every call makes a new module. ``state`` contains its parameters and buffers by name, and
    ``learned`` lists the parameters that a gradient reaches.
    """

    def __init__(self, cell: str, hidden: int, layers: int, name: str, make: str, *arguments: Any) -> None:
        self.cell, self.hidden, self.layers, self.name = cell, hidden, layers, name
        self.make, self.arguments = make, arguments
        self.state: State = {}
        self.learned: list[str] = []

    def query(self, circumstances: str, see: str) -> Query:
        """Create a ``Query`` whose text starts with the name of this network."""
        return Query(self.name + circumstances, see)

    def run(self, inputs: torch.Tensor, state: State | None = None, **options: Any) -> ModuleRun:
        """Run the network with the given weights, or with its own weights by default."""
        state = self.state or None if state is None else state
        return call_module(self.make, *self.arguments, inputs=(inputs,), state=state, **options)

    def logits(self, inputs: torch.Tensor, state: State | None = None) -> np.ndarray:
        """Return the network's logits ``[batch, steps, 1]`` for a batch of inputs."""
        query = self.query(f", called with inputs of shape {tuple(inputs.shape)}", SHAPES)
        return _as_logits(query, query.call(inputs, state, by=self.run, causes=ERROR_CAUSES).output, inputs)

    def without_gradient(self) -> list[str]:
        """Return the names of the weights that receive no gradient.

        Arrays of zeros are left out, because they may be a stored first state.
        """
        return [name for name, value in self.state.items()
                if name not in self.learned and value.is_floating_point() and value.any()]

    def fill(self, make: Callable[[tuple[int, ...]], torch.Tensor]) -> State:
        """Return a copy of the state dict with each learned parameter replaced by ``make(shape)``."""
        return self.state | {name: make(tuple(self.state[name].shape)).to(self.state[name].dtype)
                             for name in self.learned}

    def draw(self, rng: np.random.Generator) -> State:
        """Return a copy of the state dict with random values for the learned parameters."""
        def make(shape: tuple[int, ...]) -> torch.Tensor:
            drawn = torch.from_numpy(rng.normal(size=shape))
            # Units with negative weights could be 0 for all strings if they are relu units.
            return 0.3 * drawn.abs() + 0.05 if self.cell == "relu" else 0.6 * drawn
        return self.fill(make)


def every_string(steps: int) -> torch.Tensor:
    """Return all bit strings of a given length as a float tensor."""
    return ((torch.arange(2**steps)[:, None] >> torch.arange(steps)) & 1).float().unsqueeze(-1)


def random_strings(rng: np.random.Generator, batch: int, steps: int) -> torch.Tensor:
    """Return a batch of random bit strings as a float tensor."""
    return torch.from_numpy(rng.integers(2, size=(batch, steps, 1))).float()


def _as_logits(query: Query, output: Any, inputs: torch.Tensor) -> np.ndarray:
    """Convert the output of a network to an array with one logit for each time step."""
    batch, steps, _ = inputs.shape
    if isinstance(output, (tuple, list)):
        query.fail("one tensor of logits", f"a {type(output).__name__} of {len(output)} values", "forward should "
                   "return the logits alone; nn.RNN, nn.LSTM and nn.GRU return a pair.")
    got = query.as_array(output)
    hint = "The logits have the shape of the inputs, [batch, steps, 1]."
    if got.shape in ((batch, 1), (batch,)):
        hint = "These are the logits of one time step; the task asks for the logit of every time step."
    return query.as_array(got, (batch, steps, 1), shape_hints={got.shape: hint}).astype(float)


# ---------------------------------------------------------------- requirements on the network


def require_shapes(network: StudentNetwork) -> None:
    """Raise CheckFailed unless the logits have the same shape as the inputs.

    If they do, the parameters of the network are found as well.
    """
    for batch, steps in ((3, 6), (1, 5), (4, 1)):
        network.logits(torch.zeros(batch, steps, 1))
    inputs = every_string(3)
    ran = network.run(inputs, output_gradient=inputs * 0 + 1, forbid=READY_NETWORK)
    network.state, network.learned = ran.state, list(ran.gradients)


def require_zero_logits(network: StudentNetwork) -> None:
    """Raise CheckFailed unless all logits are zero when all weights are zero."""
    at_zero = network.logits(every_string(4), network.fill(torch.zeros))
    if np.abs(at_zero).max() > 1e-5:
        hint = ("Something besides the weights decides the logits: the answer, computed in forward (with cumsum % 2?), "
                "or the inputs, added to them. The task is a network that can learn it.")
        if np.ptp(at_zero) < 1e-5:
            hint = ("All logits are the same number, and it does not come from a weight that learns. Is one of the "
                    "weights frozen or made without a gradient, or is a function applied to the logits?")
        network.query(" with all weights and biases 0: the logits", "one-bit#can-an-ordinary-network-do-it").fail(
            0, at_zero.flatten()[:8], hint)


def require_random_start(network: StudentNetwork) -> None:
    """Raise CheckFailed if two new networks have identical random weights.

    Networks are accepted if all entries of each weight array are equal.
    """
    first, second = (call_module(network.make, *network.arguments, inputs=(every_string(1),)).state for _ in range(2))
    drawn = [name for name, value in first.items() if value.numel() > 1 and (value != value.flatten()[0]).any()]
    if drawn and all(torch.equal(first[name], second[name]) for name in first):
        network.query(", called twice: the weights at the start", LOOP).fail(
            "different weights", "the same weights", "Is torch.manual_seed called inside the function or the class? "
            "Then all the seeds of the sweep give one and the same run.")


def require_separate_strings(network: StudentNetwork, rng: np.random.Generator) -> None:
    """Raise CheckFailed unless each string is processed independently of the rest of its batch.

    Nothing may be random, either: a second call with the same strings has to give the same logits.
    """
    state, inputs = network.draw(rng), random_strings(rng, 3, 6)
    before = network.logits(inputs, state)
    if not np.allclose(before, network.logits(inputs, state), rtol=1e-4, atol=1e-5):
        network.query(", called twice with the same weights and strings", SHAPES).fail(
            "the same logits", "different logits", "Something is random: a random first state, dropout, or the weights "
            "of a layer that you make in forward or keep in a plain list, where PyTorch does not find it (use "
            "nn.ModuleList).")
    changed = inputs.clone()
    changed[0] = 1 - changed[0, 0]       # a string with another number of ones, so that their mean changes too
    moved = ~np.isclose(before, network.logits(changed, state), rtol=1e-4, atol=1e-5).all(axis=(1, 2))
    if moved[1:].any():
        network.query(", if only string 0 of a batch of 3 changes", SHAPES).fail(
            "other logits for string 0 only", f"other logits for strings {np.flatnonzero(moved).tolist()}", "The "
            "network reads down the batch: batch_first=True is missing, `reshape` or `view` is used instead of "
            "transpose, or a mean is taken over the whole batch.")


def require_no_kept_state(network: StudentNetwork, rng: np.random.Generator) -> None:
    """Raise CheckFailed if the network keeps its hidden state from one call to the next."""
    state, strings = network.draw(rng), random_strings(rng, 3, 6)
    alone = network.logits(strings, state)
    hint = "Your network keeps the state of the last call, perhaps as self.state. Each call begins with zeros."
    for before in (random_strings(rng, 2, 5), 1 - strings):
        query = network.query(f", called with {len(before)} strings and then with {len(strings)}: the second result",
                              EQUATIONS)
        ran = query.call(before, state, by=network.run, then=[(strings,)], causes={"": hint})
        query.require_close(_as_logits(query, ran.then[0], strings), alone, hint, tolerance=1e-4)


def require_carried_state(network: StudentNetwork, rng: np.random.Generator, look_ahead: bool = False) -> None:
    """Raise CheckFailed unless the network carries its hidden state over to the next time step.

    A bit has to change the logit of the next time step, and must not change any logit before its own time step. With
    ``look_ahead``, it may change earlier logits.
    """
    state, inputs, t = network.draw(rng), random_strings(rng, 3, 6), int(rng.integers(1, 4))
    changed = inputs.clone()
    changed[:, t] = 1 - changed[:, t]
    moved = np.abs(network.logits(inputs, state) - network.logits(changed, state)).max(axis=(0, 2))
    query, got = network.query(f", if bit {t + 1} of 6 changes", EQUATIONS), f"changes by time step of {show(moved)}"
    if not look_ahead and moved[:t].max() > 1e-4 * (1 + moved.max()):
        query.fail("the same logits at the time steps before it", got, "The network sees bits that come later: is it "
                   "bidirectional (bidirectional=True), or do you reverse or average the time steps, or use the last "
                   "state at every time step?")
    if moved[t + 1] < 1e-7:
        query.fail("another logit at the next time step, too", got, "Each time step is computed by itself: the hidden "
                   "state is not carried to the next one.")


def require_size(network: StudentNetwork) -> None:
    """Raise CheckFailed unless the network has the expected number of trainable parameters."""
    if names := network.without_gradient():
        network.query(": parameters that a gradient reaches", LOOP).fail(
            "all", f"all but {', '.join(names)}", "These do not affect the output, or the backward pass to them "
            "is cut by detach, .data, NumPy or no_grad.")
    got = sum(network.state[name].numel() for name in network.learned)
    readout = network.hidden + 1
    network.query(": the number of parameters, readout included", COUNT).require_equal(
        got, count(network.cell, 1, network.hidden, network.layers) + readout, "The network should consist of "
        "PyTorch's recurrent layers, with all their biases, and of a linear readout with a bias.",
        ((parameters + readout, words) for parameters, words in _size_mistakes(network)))


def _size_mistakes(network: StudentNetwork) -> Mistakes:
    """Yield the parameter counts that result from common mistakes."""
    cell, hidden, layers = network.cell, network.hidden, network.layers
    for wrong in BLOCKS:
        yield count(wrong, 1, hidden, layers), f'A network of "{wrong}" cells has this size. The task is "{cell}".'
    for number in range(1, layers + 3):
        yield (count(cell, 1, hidden, number), f"A network of {number} layer(s) has this size. Do you pass num_layers "
               "on, and does each layer have its own weights?")
    yield count(cell, 1, hidden, layers, biases=1), "With one bias vector in each block, the network has this size."
    for size in range(1, 129):
        yield (count(cell, 1, size, layers) + size - hidden, f"A network of {size} units has this size. Do you use "
               "hidden_size?")


# ---------------------------------------------------------------- comparison with PyTorch's layers and a readout


def require_layers(network: StudentNetwork, rng: np.random.Generator, known_mistakes_only: bool = False) -> None:
    """Compare the student's network with a reference network that has the same weights.

    The reference consists of PyTorch's layers and a linear readout. Raises CheckFailed if the logits or the gradients
    differ, also on strings of ``LONG`` bits. With ``known_mistakes_only``, raises CheckFailed only if a known mistake
    explains different logits.
    """
    cases = [(every_string(5), 1.0), (random_strings(rng, 8, LONG), SMALL)]
    for bits, size in cases[:1] if known_mistakes_only else cases:
        for description, state, reference in _draw_comparisons(network, rng, size):
            got, expected = network.logits(bits, state), reference(bits).detach().numpy()
            if not agree(got, expected, TOLERANCE):
                hint = likely_cause(got, _logit_mistakes(reference, bits), TOLERANCE)
                row, first, _ = np.argwhere(~np.isclose(got, expected, TOLERANCE, TOLERANCE))[0]
                string = "".join(str(int(bit)) for bit in bits[row, :, 0])
                if hint or not known_mistakes_only:
                    network.query(f" with {description}: the logits for {string} from bit {first + 1} on",
                                  EQUATIONS).fail(
                        expected[row, first:, 0], got[row, first:, 0], hint or "The logits should be the linear "
                        f"readout of the states of PyTorch's {network.cell} layers, with nothing before, between or "
                        "after them: they are not clamped, for example, and no state is set back.")
            elif not known_mistakes_only:
                _compare_gradients(network, description, state, reference, bits)


def _draw_comparisons(network: StudentNetwork, rng: np.random.Generator,
                      size: float) -> list[tuple[str, State, ParityRNN]]:
    """Create reference networks to compare with the student's network.

    Returns a list of tuples of a description, a state for the student's network and a reference network with the same
    weights. The learned weights are proportional to ``size``.
    """
    comparisons = []
    for value in (size * number / max(3, network.hidden) for number in EQUAL_WEIGHTS):
        reference = ParityRNN(network.hidden, network.cell, network.layers).double()
        for parameter in reference.parameters():
            nn.init.constant_(parameter, value)
        weights = network.fill(partial(torch.full, fill_value=value))
        comparisons.append((f"all weights {value:.2g}", weights, reference))
    correct = _by_kind(ParityRNN(network.hidden, network.cell, network.layers).state_dict())
    drawn = network.draw(rng)
    state = drawn | {name: size * drawn[name] for name in network.learned}
    own = _by_kind(state)
    if {kind: [value.shape for _, value in entries] for kind, entries in correct.items()} == {
            kind: [value.shape for _, value in entries] for kind, entries in own.items()}:
        for scale, note in ((1, ""), (100, ", those of the readout 100 times as large")):
            state = state | {name: scale * value for kind in ("weight", "bias") for name, value in own[kind]}
            reference = ParityRNN(network.hidden, network.cell, network.layers).double()
            reference.load_state_dict({name: state[own_name] for kind, entries in correct.items()
                                       for (name, _), (own_name, _) in zip(entries, own[kind], strict=True)})
            comparisons.append((f"drawn weights{note}", state, reference))
    return comparisons


def _by_kind(state: State) -> dict[str, list[tuple[str, torch.Tensor]]]:
    """Group the entries of a state dict by parameter type, such as ``weight_ih``."""
    groups = defaultdict(list)
    for name, value in state.items():
        groups[name.rpartition(".")[2].partition("_l")[0]].append((name, value))
    return groups


def _compare_gradients(network: StudentNetwork, description: str, state: State, reference: ParityRNN,
                       bits: torch.Tensor) -> None:
    """Raise CheckFailed unless the sorted gradient entries match those of the reference network.

    The sorted order depends neither on the names of the parameters nor on the order of the gates.
    """
    # Each logit has a factor of its own, so that a gradient that is cut anywhere shows.
    factors = torch.from_numpy(np.random.default_rng(0).normal(size=tuple(bits.shape))).float()
    reference.zero_grad()
    reference(bits).backward(factors.double())
    ran = network.run(bits, state, output_gradient=factors)
    expected, got = (np.sort(torch.cat([gradient.double().ravel() for gradient in gradients]).numpy()) for gradients in
                     ([parameter.grad for parameter in reference.parameters() if parameter.grad is not None],
                      ran.gradients.values()))
    worst = int(np.abs(got - expected).argmax())
    if abs(got[worst] - expected[worst]) > GRADIENT_TOLERANCE * np.abs(expected).max() + 1e-6:
        circumstances = f"a gradient of the logits of {bits.shape[1]} bits, each times a random factor"
        network.query(f" with {description}: {circumstances}", "gradient#cut-short").fail(
            expected[worst], got[worst], "Either part of the backward pass is cut, because a state is detached between "
            "time steps or layers, or each call returns the same module, which still has the gradients of the last "
            "call.")


def _logit_mistakes(reference: ParityRNN, bits: torch.Tensor) -> Mistakes:
    """Yield the logits that result from common mistakes."""
    states, readout, ones = reference.hidden_states(bits), reference.hidden_to_logits, bits.cumsum(1)
    logits, steps = readout(states), torch.arange(1, bits.shape[1] + 1)[:, None]
    for function, changed in (
            ("A relu", states.relu()), ("A tanh", states.tanh()),
            ("A layer norm", layer_norm(states, states.shape[-1:])),
            ("A mean over the time steps so far", states.cumsum(1) / steps)):
        yield (readout(changed), f"{function} stands between the states and the readout, which takes the states as "
               "they are.")
    for inputs in (ones % 2, bits + ones % 2, ones, ones / bits.shape[1]):
        yield (reference(inputs), "The layer reads the number of ones so far or its parity (`cumsum`) and not the "
               "bits, so the answer is computed in forward, and the network has nothing to learn.")
    yield (reference(2 * bits - 1), "The bits are turned into -1 and +1 before the layer. Leave them as they are.")
    yield (readout(torch.cat([0 * states[:, :1], states[:, :-1]], dim=1)), "The logits come one time step late: the "
           "logit of time step t is read from the state before it and not from the state after it.")
    yield logits.sigmoid(), "There is a sigmoid at the end. The loss takes logits and contains the sigmoid."
    yield (torch.ones_like(logits), "A softmax over a single output is 1, whatever the logit is. Return the logit.")
