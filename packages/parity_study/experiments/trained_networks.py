"""Trained networks and training recipes that several experiments share."""

from functools import cache
from typing import Any

import torch
from joblib import Parallel, delayed

from parity_lib.data import ParityTask
from parity_lib.models import ParityRNN
from parity_lib.training import History, train

# Networks that learn 50 bits with a label at every time step, and the settings of their training.
RECIPES = {
    "relu 32": ({"hidden_size": 32, "cell": "relu"}, {"batch_size": 32, "lr": 0.005, "clip": 0.25}),
    "tanh 16": ({"hidden_size": 16, "cell": "tanh"}, {"batch_size": 64, "lr": 0.01, "clip": 0.25}),
    "lstm 8": ({"hidden_size": 8, "cell": "lstm"}, {"batch_size": 32, "lr": 0.03, "clip": 1.0}),
    "gru 8": ({"hidden_size": 8, "cell": "gru"}, {"batch_size": 32, "lr": 0.03, "clip": 1.0}),
}
TRAINED_ON = 50
FIFTY_BITS = ParityTask(TRAINED_ON)


@cache  # several experiments share the networks, so do not change them
def trained(recipe: str, seed: int, cap: int) -> tuple[ParityRNN, History]:
    """Train a network with a named recipe and return it with its history."""
    network, settings = RECIPES[recipe]
    return train_network(network, seed, max_steps=cap, **settings)


def train_network(network: dict[str, Any], seed: int, task: ParityTask = FIFTY_BITS,
                  **settings) -> tuple[ParityRNN, History]:
    """Train a new network and return it with its training history."""
    model = ParityRNN(**network, seed=seed)
    return model, train(model, task, seed=seed, progress=False, **settings)


def train_seeds(network: dict[str, Any], seeds: int, task: ParityTask = FIFTY_BITS, **settings) -> list[History]:
    """Train networks from the seeds 0, ..., ``seeds`` - 1 in parallel and return their histories."""
    runs = Parallel(n_jobs=-1)(delayed(train_network)(network, seed, task, **settings) for seed in range(seeds))
    return [history for _, history in runs]


@torch.no_grad()
def set_forget_bias(model: ParityRNN, bias: float) -> None:
    """Set the forget-gate bias in the first layer of an LSTM."""
    forget = slice(model.hidden_size, 2 * model.hidden_size)  # the gates' order is input, forget, cell, output
    model.rnn.bias_ih_l0[forget] = bias
    model.rnn.bias_hh_l0[forget] = 0


def with_forget_bias(bias: float, seed: int) -> ParityRNN:
    """Create an untrained LSTM of 8 units with the given forget-gate bias."""
    model = ParityRNN(8, "lstm", seed=seed)
    set_forget_bias(model, bias)
    return model
