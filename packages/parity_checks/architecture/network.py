"""Checks for recurrent networks built by students.

The exercises *Architecture* and *LSTM comparison* use them. The checks set the network's weights, so the result does
not depend on how the student's code draws them. If all weights are equal, the logits depend neither on the names of the
parameters nor on the order of the gates, so the checks can compare them with the logits of PyTorch's layers and a
linear readout. If the parameters have PyTorch's names, the checks compare networks with drawn weights as well.
"""

from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import nn

from parity_checks import two_unit_search
from parity_checks.architecture.counts_and_rates import BLOCKS, COUNT, READY_NETWORK, count
from parity_checks.assertions import Mistakes, Query, agree, likely_cause, messages, show
from parity_checks.core import CallResult, call_module
from parity_lib.models import ParityRNN

WORDS = messages("architecture")
SHAPES, EQUATIONS = "unrolling#Shapes, and a silent mistake", "unrolling#The equations"
LOOP, LOSS = "training#The loop, line by line", "training#A loss for a yes-or-no answer"
SECTIONS = {"lstm": "gates#The LSTM, gate by gate", "gru": "gates#The GRU, gate by gate"}
EQUAL_WEIGHTS = (1.05, -2.1)     # are divided by the number of units; together they give states of both signs
TOLERANCE, GRADIENT_TOLERANCE = 1e-3, 1e-4      # wide enough for float32
LONG, SMALL = 60, 0.4            # on long strings, rounding would add up in networks with larger weights
ERROR_CAUSES = dict.fromkeys(("values to unpack @ rnn|lstm|gru|layer|cell|net|recurrent", "not tuple",
                              "'tuple' object"), WORDS["pair-unpacked"]) | {
    "cannot be multiplied": WORDS["sizes-differ"]}
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

    def run(self, inputs: torch.Tensor, state: State | None = None, **options: Any) -> CallResult:
        """Run the network with the given weights, or with its own weights by default."""
        state = self.state or None if state is None else state
        return call_module(self.make, *self.arguments, inputs=(inputs,), state=state, **options)

    def logits(self, inputs: torch.Tensor, state: State | None = None) -> np.ndarray:
        """Return the network's logits ``[batch, steps, 1]`` for a batch of inputs."""
        query = self.query(f", called with inputs of shape {tuple(inputs.shape)}", SHAPES)
        return _as_logits(query, query.call(inputs, state, by=self.run, causes=ERROR_CAUSES).result, inputs)

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
    return torch.from_numpy(two_unit_search.every_string(steps)).float().unsqueeze(-1)


def random_strings(rng: np.random.Generator, batch: int, steps: int) -> torch.Tensor:
    """Return a batch of random bit strings as a float tensor."""
    return torch.from_numpy(rng.integers(2, size=(batch, steps, 1))).float()


def _as_logits(query: Query, output: Any, inputs: torch.Tensor) -> np.ndarray:
    batch, steps, _ = inputs.shape
    if isinstance(output, (tuple, list)):
        query.fail("one tensor of logits", f"a {type(output).__name__} of {len(output)} values", WORDS["pair-returned"])
    got = query.as_array(output)
    hint = WORDS["one-time-step" if got.shape in ((batch, 1), (batch,), (1, batch, 1)) else "axes-of-logits"]
    return query.as_array(got, (batch, steps, 1), shape_hints={got.shape: hint}).astype(float)


# ---------------------------------------------------------------- requirements on the network


def require_shapes(network: StudentNetwork) -> None:
    """Raise CheckFailed unless the logits have the shape of the inputs; also find the network's parameters."""
    for batch, steps in ((3, 6), (1, 5), (4, 1)):
        network.logits(torch.zeros(batch, steps, 1))
    inputs = every_string(3)
    ran = network.run(inputs, output_gradient=inputs * 0 + 1, forbid=READY_NETWORK)
    network.state, network.learned = ran.state, list(ran.gradients)


def require_zero_logits(network: StudentNetwork) -> None:
    """Raise CheckFailed unless all logits are zero when all weights are zero."""
    at_zero = network.logits(every_string(4), network.fill(torch.zeros))
    if np.abs(at_zero).max() > 1e-5:
        hint = WORDS["nothing-learns" if np.ptp(at_zero) < 1e-5 else "computed-in-forward"]
        network.query(" with all weights and biases 0: the logits", "one-bit#Can an ordinary network do it?").fail(
            0, at_zero.flatten()[:8], hint)


def require_random_start(network: StudentNetwork) -> None:
    """Raise CheckFailed if two new networks have identical random weights."""
    first, second = (call_module(network.make, *network.arguments, inputs=(every_string(1),)).state for _ in range(2))
    drawn = [name for name, value in first.items() if value.numel() > 1 and (value != value.flatten()[0]).any()]
    if drawn and all(torch.equal(first[name], second[name]) for name in first):
        network.query(", called twice: the weights at the start", LOOP).fail(
            "different weights", "the same weights", WORDS["seed-inside"])


def require_separate_strings(network: StudentNetwork, rng: np.random.Generator) -> None:
    """Raise CheckFailed unless each string is processed independently of its batch and without randomness."""
    state, inputs = network.draw(rng), random_strings(rng, 3, 6)
    before = network.logits(inputs, state)
    if not np.allclose(before, network.logits(inputs, state), rtol=1e-4, atol=1e-5):
        network.query(", called twice with the same weights and strings", SHAPES).fail(
            "the same logits", "different logits", WORDS["random-parts" if sum(
                state[name].numel() for name in network.learned) > network.hidden + 1 else "not-registered"])
    changed = inputs.clone()
    changed[0] = 1 - changed[0, 0]       # a string with another number of ones, so that their mean changes too
    moved = ~np.isclose(before, network.logits(changed, state), rtol=1e-4, atol=1e-5).all(axis=(1, 2))
    if moved[1:].any():
        network.query(", if only string 0 of a batch of 3 changes", SHAPES).fail(
            "other logits for string 0 only", f"other logits for strings {np.flatnonzero(moved).tolist()}",
            WORDS["down-the-batch"])


def require_no_kept_state(network: StudentNetwork, rng: np.random.Generator) -> None:
    """Raise CheckFailed if the network keeps its hidden state from one call to the next."""
    state, strings = network.draw(rng), random_strings(rng, 3, 6)
    alone, hint = network.logits(strings, state), WORDS["state-kept"]
    for before in (random_strings(rng, 2, 5), 1 - strings):
        query = network.query(f", called with {len(before)} strings and then with {len(strings)}: the second result",
                              EQUATIONS)
        ran = query.call(before, state, by=network.run, then=[(strings,)], causes={"": hint})
        query.require_close(_as_logits(query, ran.then[0], strings), alone, hint, tolerance=1e-4)


def require_carried_state(network: StudentNetwork, rng: np.random.Generator, look_ahead: bool = False) -> None:
    """Raise CheckFailed unless a bit affects the next logit and, unless ``look_ahead`` is true, no earlier logit."""
    state, inputs, t = network.draw(rng), random_strings(rng, 3, 6), int(rng.integers(1, 4))
    changed = inputs.clone()
    changed[:, t] = 1 - changed[:, t]
    moved = np.abs(network.logits(inputs, state) - network.logits(changed, state)).max(axis=(0, 2))
    query, got = network.query(f", if bit {t + 1} of 6 changes", EQUATIONS), f"changes by time step of {show(moved)}"
    if not look_ahead and moved[:t].max() > 1e-4 * (1 + moved.max()):
        query.fail("the same logits at the time steps before it", got, WORDS["looks-ahead"])
    if moved[t + 1] < 1e-7:
        query.fail("another logit at the next time step, too", got, WORDS["state-not-carried"])


def require_size(network: StudentNetwork) -> None:
    """Raise CheckFailed unless the network has the expected number of trainable parameters."""
    # Zeros are a stored first state.
    if names := [name for name, value in network.state.items()
                 if name not in network.learned and value.is_floating_point() and value.any()]:
        network.query(": parameters that a gradient reaches", LOOP).fail(
            "all", f"all but {', '.join(names)}", WORDS["cut-off"])
    got = sum(network.state[name].numel() for name in network.learned)
    readout = network.hidden + 1
    network.query(": the number of parameters, readout included", COUNT).require_equal(
        got, count(network.cell, 1, network.hidden, network.layers) + readout, WORDS["layers-and-readout"],
        ((parameters + readout, words) for parameters, words in _size_mistakes(network)))


def _size_mistakes(network: StudentNetwork) -> Mistakes:
    cell, hidden, layers = network.cell, network.hidden, network.layers
    for wrong in BLOCKS:
        yield count(wrong, 1, hidden, layers), WORDS["other-cell"].format(other=wrong, cell=cell)
    for number in range(1, layers + 3):
        yield count(cell, 1, hidden, number), WORDS["other-layers"].format(layers=number)
    yield from WORDS.of({
        "one-bias-vector": [count(cell, 1, hidden, layers, biases=1)],
        "no-bias-vectors": [count(cell, 1, hidden, layers, biases=0)],
        "readout-bias": [count(cell, 1, hidden, layers) - 1], "layers-alike": [layers * count(cell, 1, hidden, 1)]})
    for size in range(1, 129):
        yield count(cell, 1, size, layers) + size - hidden, WORDS["other-units"].format(units=size)


# ---------------------------------------------------------------- comparison with PyTorch's layers and a readout


def require_layers(network: StudentNetwork, rng: np.random.Generator, known_mistakes_only: bool = False) -> None:
    """Raise CheckFailed unless the logits and gradients match those of PyTorch's layers and a linear readout.

    With ``known_mistakes_only``, raise it only if a known mistake explains different logits.
    """
    cases = [(every_string(5), 1.0), (random_strings(rng, 8, LONG), SMALL)]
    for bits, size in cases[:1] if known_mistakes_only else cases:
        for description, state, reference in _draw_comparisons(network, rng, size):
            got, expected = network.logits(bits, state), reference(bits).detach().numpy()
            if not agree(got, expected, TOLERANCE):
                hint = likely_cause(got, _logit_mistakes(reference, bits), TOLERANCE)
                if known_mistakes_only and not hint:
                    continue
                row, first, _ = np.argwhere(~np.isclose(got, expected, TOLERANCE, TOLERANCE))[0]
                string = "".join(str(int(bit)) for bit in bits[row, :, 0])
                at_end = hint in (WORDS["sigmoid"], WORDS["softmax-of-one"])
                see = LOSS if at_end else SECTIONS.get(network.cell, EQUATIONS)
                network.query(f" with {description}: the logits for {string} from bit {first + 1} on", see).fail(
                    expected[row, first:, 0], got[row, first:, 0],
                    hint or WORDS["not-the-states"].format(cell=network.cell))
            elif not known_mistakes_only:
                _compare_gradients(network, description, state, reference, bits)


def _draw_comparisons(network: StudentNetwork, rng: np.random.Generator,
                      size: float) -> list[tuple[str, State, ParityRNN]]:
    """Return triples: a description, a state for the student's network, and a reference with the same weights."""
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
    """Compare the sorted entries of the gradients, which depend neither on names nor on the order of the gates."""
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
        network.query(f" with {description}: {circumstances}", "gradient#Cut short").fail(
            expected[worst], got[worst], WORDS["gradient-cut"])


def correct_logits(reference: ParityRNN, bits: torch.Tensor) -> torch.Tensor:
    """Return the logits of PyTorch's layers and a linear readout."""
    states, readout = reference.hidden_states(bits), reference.hidden_to_logits
    return readout(states)


def _logit_mistakes(reference: ParityRNN, bits: torch.Tensor) -> Mistakes:
    readout = reference.hidden_to_logits
    yield from WORDS.made(correct_logits, reference, bits)
    if reference.rnn.mode in ("RNN_TANH", "RNN_RELU"):
        used, cell = ("relu", "tanh") if reference.rnn.mode == "RNN_TANH" else ("tanh", "relu")
        other = ParityRNN(reference.rnn.hidden_size, used, reference.rnn.num_layers).double()
        other.load_state_dict(reference.state_dict())
        yield correct_logits(other, bits), WORDS["other-nonlinearity"].format(used=used, cell=cell)
    if isinstance(reference.rnn, nn.LSTM):
        for name, kept in (("cell", (1, 0)), ("hidden", (0, 1))):
            state, collected = None, []
            for bit in bits.to(readout.weight.dtype).split(1, dim=1):
                output, state = reference.rnn(bit, state)
                state = tuple(factor * part for factor, part in zip(kept, state, strict=True))
                collected.append(output)
            yield readout(torch.cat(collected, dim=1)), WORDS["half-carried"].format(state=name)
        cells = [reference.rnn(bits[:, :t + 1].to(readout.weight.dtype))[1][1][-1] for t in range(bits.shape[1])]
        yield readout(torch.stack(cells, dim=1)), WORDS["cell-read"]
