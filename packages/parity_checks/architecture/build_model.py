"""Checks for the student's ``build_model`` function."""

from __future__ import annotations

import numpy as np

from parity_checks.architecture import network as networks
from parity_checks.architecture.counting import BLOCKS
from parity_checks.architecture.network import StudentNetwork
from parity_checks.reporting import check


@check("build_model: the correct shapes and size, strings kept apart, no look ahead, gradients everywhere")
def build_model(seed: int = 0) -> None:
    """Check that the student's ``build_model`` function creates a correct recurrent network.

    ``build_model(cell, hidden_size, num_layers)`` returns a module that computes the logits ``[batch, steps, 1]``.
    """
    rng = np.random.default_rng(seed)
    sizes = {"tanh": (4, 1), "relu": (3, 2), "lstm": (3, 1), "gru": (2, 2)}
    for cell in BLOCKS:
        hidden, layers = (int(rng.integers(2, 6)), int(rng.integers(1, 4))) if seed else sizes[cell]
        require_layers_and_readout(network_for(cell, hidden, layers), rng)


def network_for(cell: str, hidden: int, layers: int) -> StudentNetwork:
    """Return a ``StudentNetwork`` with the given cell type, hidden size and number of layers."""
    name = f'build_model("{cell}", hidden_size={hidden}, num_layers={layers})'
    return StudentNetwork(cell, hidden, layers, name, "build_model", cell, hidden, layers)


def require_layers_and_readout(network: StudentNetwork, rng: np.random.Generator) -> None:
    """Raise CheckFailed unless the network consists of recurrent PyTorch layers and a linear readout.

    Gradients have to reach all parameters.
    """
    networks.require_shapes(network)
    networks.require_separate_strings(network, rng)
    networks.require_no_kept_state(network, rng)
    networks.require_layers(network, rng, known_mistakes_only=True)
    networks.require_carried_state(network, rng)
    networks.require_size(network)
    networks.require_zero_logits(network)
    networks.require_layers(network, rng)
