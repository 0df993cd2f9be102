"""What a student's recurrent network must do, in the exercises *Architecture* and *LSTM comparison*.

The checks set the network's weights, so the result does not depend on how the student's code draws them. If all weights
are alike, neither the names of the parameters nor the order of the gates matters, and yet the logits are a definite
function of the bits: those of PyTorch's layers and a linear readout. Where the parameters have PyTorch's names, the
checks compare drawn weights as well.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.functional import layer_norm

from parity_checks import assertions
from parity_checks.architecture.counting import BLOCKS, COUNT, READY_NETWORK, count
from parity_checks.plain_data import CheckFailed
from parity_checks.reference_networks import PAIR_SLIPS, Net, at_the_end, every_string, random_strings
from parity_lib.models import ParityRNN

SHAPES, EQUATIONS = "unrolling#shapes-and-a-mistake-that-makes-no-noise", "unrolling#the-equations"
LOOP = "training#the-loop-line-by-line"
ALIKE = (-2.1, 1.05)     # to be divided by the number of units; states of both signs come from the two
TOLERANCE = 1e-3         # wide enough for float32


class StudentNetwork(Net):
    """The network that the student's ``make(*arguments)`` returns, and the cell, size and depth that it should have."""

    def __init__(self, cell: str, hidden: int, layers: int, name: str, make: str, *arguments: Any) -> None:
        super().__init__(make, *arguments)
        self.cell, self.hidden, self.layers, self.name = cell, hidden, layers, name

    def logits(self, inputs: torch.Tensor, state: dict | None = None) -> np.ndarray:
        """Return the logits ``[batch, steps, 1]``, or raise CheckFailed if the output is anything else."""
        try:
            output = self.run(inputs, state).output
        except CheckFailed as failure:
            asked = f"{self.name}, called with inputs of shape {tuple(inputs.shape)}"
            raise assertions.explained(failure, asked, PAIR_SLIPS, SHAPES) from None
        return as_logits(output, inputs, self.name)

    def random_weights(self, rng: np.random.Generator) -> dict[str, torch.Tensor]:
        """Draw normal weights. They are positive for relu, because its units would be 0 for some strings otherwise."""
        def make(shape: tuple[int, ...]) -> torch.Tensor:
            drawn = torch.from_numpy(rng.normal(size=shape))
            return 0.3 * drawn.abs() + 0.05 if self.cell == "relu" else 0.6 * drawn
        return self.weights(make)


def as_logits(output: Any, inputs: torch.Tensor, name: str) -> np.ndarray:
    """Return a network's output as an array of logits, or raise CheckFailed unless there is one for each time step."""
    batch, steps, _ = inputs.shape
    what = f"{name}, called with inputs of shape {tuple(inputs.shape)}"
    if isinstance(output, (tuple, list)):
        assertions.fail(what, "one tensor of logits", f"a {type(output).__name__} of {len(output)} values", "forward "
                        "should return the logits alone; nn.RNN, nn.LSTM and nn.GRU return a pair.", SHAPES)
    got = assertions.array(output, what, None, see=SHAPES)
    if got.shape != (batch, steps, 1):
        last = "These are the logits of one time step; the task asks for the logit of every time step."
        hint = {(batch, 1): last, (batch,): last}.get(got.shape, "")
        if got.ndim == 3 and got.shape[:2] == (batch, steps):
            hint = "Are these hidden states? A linear readout computes one logit from each of them."
        elif got.ndim == 3 and got.shape[1:] == (batch, 1):
            hint = ("Either two axes are swapped, or this comes from the second value that a recurrent layer returns: "
                    "the last state. Use the first value, the states after every time step.")
        assertions.fail(what, f"shape {(batch, steps, 1)}", f"shape {got.shape}", hint or
                        "The logits have the shape of the inputs, [batch, steps, 1].", SHAPES)
    return got.astype(float)


# ---------------------------------------------------------------- what the network must do


def require_shapes(network: StudentNetwork) -> None:
    """Raise CheckFailed unless the logits have the shape of the inputs; then learn the names of the parameters."""
    for batch, steps in ((3, 6), (1, 5), (4, 1)):
        network.logits(torch.zeros(batch, steps, 1))
    inputs = every_string(4)
    odd, last = inputs.sum(dim=(1, 2)).numpy() % 2 == 1, network.logits(inputs)[:, -1, 0]
    if max(np.ptp(last[odd]), np.ptp(last[~odd])) < 1e-6 < abs(last[odd][0] - last[~odd][0]):
        _computes_parity(network, "on the 16 strings of 4 bits: the last logits", "more than two different values",
                         f"{last[~odd][0]:.4g} for even strings and {last[odd][0]:.4g} for odd ones")
    network.learn_names(forbid=READY_NETWORK)


def require_weights(network: StudentNetwork) -> None:
    """Raise CheckFailed if the logits are not 0 when all weights are 0."""
    at_zero = network.logits(every_string(4), network.weights(torch.zeros))
    if np.abs(at_zero).max() > 1e-5:
        _computes_parity(network, "with all weights and biases 0: the logits", 0, at_zero.flatten()[:8])


def _computes_parity(network: StudentNetwork, what: str, expected: Any, got: Any) -> None:
    assertions.fail(f"{network.name} {what}", expected, got, "The answer is computed in forward (with cumsum % 2?) and "
                    "not by the weights. The task is a network that can learn it.",
                    "one-bit#can-an-ordinary-network-do-it")


def require_separate_strings(network: StudentNetwork, rng: np.random.Generator) -> None:
    """Raise CheckFailed if anything is random, or if a string changes the logits of another string of its batch."""
    state, inputs = network.random_weights(rng), random_strings(rng, 3, 6)
    before = network.logits(inputs, state)
    if not np.allclose(before, network.logits(inputs, state), rtol=1e-4, atol=1e-5):
        assertions.fail(f"{network.name}, called twice with the same weights and strings", "the same logits", "others",
                        "Something is random: a random first state, dropout, or the weights of a layer that you make "
                        "in forward or keep in a plain list, where PyTorch does not find it (use nn.ModuleList).",
                        SHAPES)
    changed = inputs.clone()
    changed[0] = 1 - changed[0]
    moved = ~np.isclose(before, network.logits(changed, state), rtol=1e-4, atol=1e-5).all(axis=(1, 2))
    if moved[1:].any():
        assertions.fail(f"{network.name}, if only string 0 of a batch of 3 changes", "other logits for string 0 only",
                        f"other logits for strings {np.flatnonzero(moved).tolist()}", "The network reads down the "
                        "batch: batch_first=True is missing, or `reshape` or `view` is used instead of transpose.",
                        SHAPES)


def require_no_kept_state(network: StudentNetwork, rng: np.random.Generator) -> None:
    """Raise CheckFailed if the logits of a batch depend on the batch that the same network was given before."""
    state, strings = network.random_weights(rng), random_strings(rng, 3, 6)
    alone = network.logits(strings, state)
    hint = "Your network keeps the state of the last call, perhaps as self.state. Each call begins with zeros."
    for before in (random_strings(rng, 2, 5), 1 - strings):
        what = f"{network.name}, called with {len(before)} strings and then with {len(strings)}: the second result"
        try:
            ran = network.run(before, state, then=[(strings,)])
        except CheckFailed as failure:
            assertions.fail(what, "logits", str(failure).splitlines()[0], hint, EQUATIONS)
        second = as_logits(ran.then[0], strings, what)
        if not np.allclose(alone, second, rtol=1e-4, atol=1e-5):
            assertions.fail(what, alone[0, :, 0], second[0, :, 0], hint, EQUATIONS)


def require_carried_state(network: StudentNetwork, rng: np.random.Generator, look_ahead: bool = False) -> None:
    """Raise CheckFailed unless a bit changes the logit of the next time step and, unless allowed, none before it."""
    state, inputs, t = network.random_weights(rng), random_strings(rng, 3, 6), int(rng.integers(1, 4))
    changed = inputs.clone()
    changed[:, t] = 1 - changed[:, t]
    moved = np.abs(network.logits(inputs, state) - network.logits(changed, state)).max(axis=(0, 2))
    what, got = f"{network.name}, if bit {t + 1} of 6 changes", f"changes by time step of {assertions.show(moved)}"
    if not look_ahead and moved[:t].max() > 1e-4 * (1 + moved.max()):
        assertions.fail(what, "the same logits at the time steps before it", got, "The network sees bits that come "
                        "later: is it bidirectional (bidirectional=True), or do you reverse or average the time steps, "
                        "or use the last state at every time step?", EQUATIONS)
    if moved[t + 1] < 1e-7:
        assertions.fail(what, "another logit at the next time step, too", got, "Each time step is computed by itself: "
                        "the hidden state is not carried to the next one.", EQUATIONS)


def require_size(network: StudentNetwork) -> None:
    """Raise CheckFailed unless gradients reach as many parameters as PyTorch's layers and a readout have."""
    cell, hidden, layers = network.cell, network.hidden, network.layers
    if unused := network.without_gradient():
        assertions.fail(f"{network.name}: parameters that a gradient reaches", "all", f"all but {', '.join(unused)}",
                        "These take no part in the output, or the way to them is cut by detach, .data, NumPy or "
                        "no_grad.",
                        LOOP)
    got = sum(network.state[name].numel() for name in network.learned)
    expected = count(cell, 1, hidden, layers) + hidden + 1
    if got == expected:
        return
    hint = assertions.likely(got - hidden - 1, [
        *((count(other, 1, hidden, layers), f'This is a network of "{other}" cells. The task asks for "{cell}".')
          for other in BLOCKS),
        (count(cell, 1, layers, hidden) + layers - hidden, "hidden_size and num_layers have changed places: the order "
         "is nn.RNN(input_size, hidden_size, num_layers)."),
        (count(cell, 1, hidden, 1), "This is a network of one layer. Do you pass num_layers on?"),
        (count(cell, 1, hidden, layers, biases=1), "Each block has one bias vector; PyTorch's layers have two."),
        (count(cell, 1, hidden, layers, biases=0), "The layers have no biases: leave out bias=False."),
        *((count(cell, 1, size, layers) + size - hidden, f"This network has {size} units. Do you use hidden_size?")
          for size in range(1, 129)),
    ])
    assertions.fail(f"{network.name}: the number of parameters, readout included", expected, got, hint or "The network "
                    "consists of PyTorch's recurrent layers, with all their biases, and of a linear readout with a "
                    "bias.",
                    COUNT)


# ---------------------------------------------------------------- the same function as PyTorch's layers and a readout


def require_layers(network: StudentNetwork, rng: np.random.Generator, known_slips_only: bool = False) -> None:
    """Compare the logits with those of PyTorch's layers and a linear readout on the same weights.

    The sum of all gradients of the last logits is compared as well. With ``known_slips_only``, raise CheckFailed only
    where a known mistake explains other logits.
    """
    bits = every_string(5)
    for words, weights, reference in _weightings(network, rng):
        what = f"{network.name} with {words}"
        got, expected = network.logits(bits, weights), reference(bits).detach().numpy()
        if not assertions.same(got, expected, TOLERANCE):
            hint = assertions.likely(got, _slips(network, reference, bits, known_slips_only), TOLERANCE)
            row = int(np.abs(got - expected).max(axis=(1, 2)).argmax())
            if hint or not known_slips_only:
                assertions.fail(f"{what}: the logits for {''.join(str(int(bit)) for bit in bits[row, :, 0])}",
                                expected[row, :, 0], got[row, :, 0], hint or "The logits are the linear readout of the "
                                "states of PyTorch's layers, with nothing before, between or after them.", EQUATIONS)
        elif not known_slips_only:
            _same_gradient(network, what, weights, reference, bits)


def _weightings(network: StudentNetwork, rng: np.random.Generator) -> list[tuple[str, dict, ParityRNN]]:
    """Return weights for the student's network, each with words for them and a reference network that has them."""
    weightings = []
    for value in (number / max(3, network.hidden) for number in ALIKE):
        reference = ParityRNN(network.hidden, network.cell, network.layers).double()
        for parameter in reference.parameters():
            nn.init.constant_(parameter, value)
        weights = network.weights(lambda shape, value=value: torch.full(shape, value))
        weightings.append((f"all weights {value:.2g}", weights, reference))
    reference, state = ParityRNN(network.hidden, network.cell, network.layers).double(), network.random_weights(rng)
    ours, theirs = _by_kind(reference.state_dict()), _by_kind(state)
    if {kind: [value.shape for _, value in entries] for kind, entries in ours.items()} == {
            kind: [value.shape for _, value in entries] for kind, entries in theirs.items()}:
        reference.load_state_dict({name: value for kind, entries in ours.items()
                                   for (name, _), (_, value) in zip(entries, theirs[kind], strict=True)})
        weightings.append(("drawn weights", state, reference))
    return weightings


def _by_kind(state: dict[str, torch.Tensor]) -> dict[str, list[tuple[str, torch.Tensor]]]:
    """Group the entries of a state by the last part of their names, such as ``weight_ih``, without the layer."""
    groups = defaultdict(list)
    for name, value in state.items():
        groups[name.rpartition(".")[2].partition("_l")[0]].append((name, value))
    return groups


def _same_gradient(network: StudentNetwork, what: str, weights: dict, reference: ParityRNN, bits: torch.Tensor) -> None:
    """Raise CheckFailed unless the gradients of the last logits add up to the same number over all parameters."""
    reference.zero_grad()
    reference(bits)[:, -1].sum().backward()
    gradient = torch.cat([parameter.grad.ravel() for parameter in reference.parameters()])
    expected, size = float(gradient.sum()), float(gradient.abs().sum())

    def total() -> float:
        ran = network.run(bits, weights, output_gradient=at_the_end(bits))
        return sum(float(gradient.double().sum()) for gradient in ran.gradients.values())

    got = total()
    if abs(got - expected) > TOLERANCE * size + 1e-6:
        hint = "Part of the backward pass is cut: a state is detached between time steps or layers."
        if total() != got:
            hint = ("Each call changes the result: the same module comes back each time, with old gradients in it. Do "
                    "you keep it in a table or make it outside the function? Make a new one in each call.")
        assertions.fail(f"{what}: the gradients of the last logits, added up over all parameters", expected, got, hint,
                        "gradient#cut-short")


@torch.no_grad()
def _slips(network: StudentNetwork, reference: ParityRNN, bits: torch.Tensor, known_slips_only: bool) -> list[tuple]:
    """Return the logits of common mistakes on the reference's weights, each with words for the mistake."""
    states, readout, ones = reference.hidden_states(bits), reference.hidden_to_logits, bits.cumsum(1)
    logits, steps = readout(states), torch.arange(1, bits.shape[1] + 1)[:, None]
    between = {"A relu": states.relu(), "A tanh": states.tanh(), "A layer norm": layer_norm(states, states.shape[-1:]),
               "A mean over the time steps so far": states.cumsum(1) / steps}
    parity = ("The layer reads the parity so far (`cumsum % 2`) and not the bits, so the answer is computed in "
              "forward, and the network has nothing to learn.")
    number = "The layer reads the number of ones so far (`cumsum`) and not the bits. The network has to learn to count."
    slips = [
        *((readout(value), f"{words} stands between the states and the readout, which takes the states as they are.")
          for words, value in between.items()),
        *((reference(reads), parity) for reads in (ones % 2, bits + ones % 2)),
        *((reference(reads), number) for reads in (ones, ones / bits.shape[1])),
        (reference(2 * bits - 1), "The bits are turned into -1 and +1 before the layer. Leave them as they are."),
        (readout(torch.cat([0 * states[:, :1], states[:, :-1]], dim=1)), "The logits come one time step late: the "
         "logit of time step t is read from the state before it and not from the state after it."),
        (logits.sigmoid(), "There is a sigmoid at the end. The loss takes logits and contains the sigmoid."),
        (torch.ones_like(logits), "A softmax over a single output is 1, whatever the logit is. Return the logit."),
    ]
    if network.cell == "lstm":
        cells = [reference.rnn(bits[:, :t + 1].double())[1][1][-1] for t in range(bits.shape[1])]
        slips.append((readout(torch.stack(cells, dim=1)), "Your readout is on the cell states c. It should read the "
                      "hidden states h."))
    if network.cell in ("tanh", "relu") and not known_slips_only:
        other = ParityRNN(network.hidden, "relu" if network.cell == "tanh" else "tanh", network.layers).double()
        other.load_state_dict(reference.state_dict())
        slips.append((other(bits), f'The network has {other.cell} units. nn.RNN takes nonlinearity="{network.cell}".'))
    return slips
