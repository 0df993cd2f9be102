"""Trained networks and training recipes that experiments, figures and pages share."""

from functools import cache
from typing import Any

import torch
from torch.nn.utils import vector_to_parameters

from parity_lib.data import ParityTask
from parity_lib.models import ParityRNN
from parity_lib.training import History, train
from parity_study.certificate_store import StoredNetwork
from parity_study.ensemble import train_together

# Networks that learn 50 bits with a label at every time step, and the settings of their training.
RECIPES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "relu 32": ({"hidden_size": 32, "cell": "relu"}, {"batch_size": 32, "lr": 0.005, "clip": 0.25}),
    "tanh 16": ({"hidden_size": 16, "cell": "tanh"}, {"batch_size": 64, "lr": 0.01, "clip": 0.25}),
    "lstm 8": ({"hidden_size": 8, "cell": "lstm"}, {"batch_size": 32, "lr": 0.03, "clip": 1.0}),
    "gru 8": ({"hidden_size": 8, "cell": "gru"}, {"batch_size": 32, "lr": 0.03, "clip": 1.0}),
}
TRAINED_ON = 50
FIFTY_BITS = ParityTask(TRAINED_ON)


@cache  # several experiments share the networks, so do not change them
def trained(recipe: str, seeds: int, cap: int) -> tuple[list[ParityRNN], list[History]]:
    """Train networks with a named recipe and return them with their histories."""
    network, settings = RECIPES[recipe]
    return train_seeds(network, range(seeds), max_updates=cap, **settings)


def train_network(network: dict[str, Any], seed: int, task: ParityTask = FIFTY_BITS,
                  **settings) -> tuple[ParityRNN, History]:
    """Train a new network and return it with its training history."""
    model = ParityRNN(**network, seed=seed)
    return model, train(model, task, seed=seed, progress=False, **settings)


def train_seeds(network: dict[str, Any], seeds: range, task: ParityTask = FIFTY_BITS,
                **settings) -> tuple[list[ParityRNN], list[History]]:
    """Train one new network per seed, all at once, and return the networks with their histories."""
    models = [ParityRNN(**network, seed=seed) for seed in seeds]
    return models, train_together(models, task, seeds=seeds, progress=False, **settings)


@torch.no_grad()
def set_forget_bias(model: ParityRNN, bias: float) -> None:
    """Set the forget-gate bias in the first layer of an LSTM."""
    forget = slice(model.hidden_size, 2 * model.hidden_size)  # the gates' order is input, forget, cell, output
    model.rnn.bias_ih_l0[forget] = bias
    model.rnn.bias_hh_l0[forget] = 0


def with_forget_bias(bias: float, seed: int) -> ParityRNN:
    """Create an untrained 8-unit LSTM with the given forget-gate bias."""
    model = ParityRNN(8, "lstm", seed=seed)
    set_forget_bias(model, bias)
    return model


def as_model(network: StoredNetwork) -> ParityRNN:
    """Create a PyTorch model with the weights of a stored network."""
    model = ParityRNN(network.hidden_size, network.cell)
    vector_to_parameters(torch.from_numpy(network.weights.copy()), model.parameters())
    return model
