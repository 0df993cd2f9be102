"""Checks for the student's ``build_model`` function and the network that it creates."""

from typing import NamedTuple

import numpy as np
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from parity_checks.architecture import network as networks
from parity_checks.architecture.counts_and_rates import BLOCKS
from parity_checks.architecture.network import LOOP, StudentNetwork, every_string
from parity_checks.assertions import Query, messages
from parity_checks.core import CallResult, call_module
from parity_checks.decorator import check

WORDS = messages("architecture")
TRIES, UPDATES, HIDDEN, BITS, RATE = 3, 300, 16, 5, 0.03


@check("build_model: the correct shapes and size, strings kept apart, no look ahead, gradients everywhere")
def build_model(seed: int = 0) -> None:
    """Check ``build_model(cell, hidden_size, num_layers)``, whose module returns logits ``[batch, steps, 1]``."""
    rng = np.random.default_rng(seed)
    sizes = {"tanh": (4, 1), "relu": (3, 2), "lstm": (3, 1), "gru": (2, 2)}
    for cell in BLOCKS:
        hidden, layers = (int(rng.integers(2, 6)), int(rng.integers(1, 4))) if seed else sizes[cell]
        require_layers_and_readout(network_for(cell, hidden, layers), rng)
        for other_size in ((1, 1), (1, int(rng.integers(4, 7))), (int(rng.integers(40, 80)), 1)):
            networks.require_shapes(network := network_for(cell, *other_size))
            networks.require_size(network)
    networks.require_random_start(network)


def network_for(cell: str, hidden: int, layers: int) -> StudentNetwork:
    """Return a ``StudentNetwork`` with the given cell type, hidden size and number of layers."""
    name = f'build_model("{cell}", hidden_size={hidden}, num_layers={layers})'
    return StudentNetwork(cell, hidden, layers, name, "build_model", cell, hidden, layers)


def require_layers_and_readout(network: StudentNetwork, rng: np.random.Generator) -> None:
    """Raise CheckFailed unless the network consists of recurrent PyTorch layers and a linear readout."""
    networks.require_shapes(network)
    networks.require_separate_strings(network, rng)
    networks.require_no_kept_state(network, rng)
    networks.require_layers(network, rng, known_mistakes_only=True)
    networks.require_carried_state(network, rng)
    networks.require_size(network)
    networks.require_zero_logits(network)
    networks.require_layers(network, rng)


class Training(NamedTuple):
    """The result of a single training run."""

    updates: int | None     # until every answer is correct, or None if the limit is reached
    correct: int            # strings that are answered correctly at the end
    all_equal: bool         # whether each parameter starts with equal entries


@check("build_model: its network learns the parity of every string of five bits")
def learns(seed: int = 0) -> None:
    """Check that a tanh network with 16 units learns all strings of five bits from one of three random starts."""
    network = require_learnable(seed)
    trainings = []
    for start in range(seed, seed + TRIES):
        trainings.append(train_once(start))
        if trainings[-1].updates is not None:
            return
        if trainings[-1].all_equal:     # the other starts would be the same
            break
    best = max(trainings, key=lambda training: training.correct)
    query = Query(f"{network.name}, {UPDATES} updates with Adam on all {2**BITS} strings of {BITS} bits: the strings "
                  f"with the correct answer at every time step, in the best of {len(trainings)} training(s)", LOOP)
    hint = WORDS["units-start-alike" if best.all_equal else "starts-badly"]
    query.fail(2**BITS, best.correct, hint.format(units=HIDDEN))


def require_learnable(seed: int) -> StudentNetwork:
    """Return the student's network, or raise CheckFailed if it could pass the check without learning parity."""
    network, rng = network_for("tanh", HIDDEN, 1), np.random.default_rng(seed)
    networks.require_shapes(network)
    networks.require_separate_strings(network, rng)
    networks.require_layers(network, rng, known_mistakes_only=True)
    networks.require_zero_logits(network)
    networks.require_carried_state(network, rng, look_ahead=True)
    return network


def train_once(start: int) -> Training:
    """Train the student's network with Adam and clipped gradients, from weights drawn with the seed ``start``."""
    inputs = every_string(BITS)
    odd = inputs.cumsum(1) % 2
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(start % 2**31)
        first = _run(None, inputs, torch.zeros_like(inputs))
        state = first.state
        learned = {name: state[name].requires_grad_() for name in first.gradients}
        optimizer = torch.optim.Adam(learned.values(), lr=RATE)
        all_equal = all(bool((value == value.flatten()[0]).all()) for value in learned.values())
        for update in range(UPDATES + 1):
            logits = _run(state | learned, inputs).result.requires_grad_()
            correct = ((logits > 0) == (odd > 0.5)).all(dim=2).all(dim=1)
            if correct.all():
                return Training(update, len(inputs), all_equal)
            binary_cross_entropy_with_logits(logits, odd.to(logits.dtype)).backward()
            gradients = _run(state | learned, inputs, logits.grad).gradients
            for name, parameter in learned.items():
                parameter.grad = gradients.get(name)
            nn.utils.clip_grad_norm_(list(learned.values()), 1.0)
            optimizer.step()
    return Training(None, int(correct.sum()), all_equal)


def _run(state: dict | None, inputs: torch.Tensor, gradient: torch.Tensor | None = None) -> CallResult:
    return call_module("build_model", "tanh", HIDDEN, 1, inputs=(inputs,), state=state, output_gradient=gradient)
