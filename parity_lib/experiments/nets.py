"""Nets that several experiments train or build: the four recipes, and one net from one seed."""

from __future__ import annotations

from functools import cache
from typing import Any

import torch

from parity_lib.data import ParityTask
from parity_lib.models import ParityRNN
from parity_lib.training import History, train

# Nets that learn 50 bits with a label at every step, and how they are trained.
RECIPES = {
    "relu 32": ({"hidden_size": 32, "cell": "relu"}, {"batch_size": 32, "lr": 0.005, "clip": 0.25}),
    "tanh 16": ({"hidden_size": 16, "cell": "tanh"}, {"batch_size": 64, "lr": 0.01, "clip": 0.25}),
    "lstm 8": ({"hidden_size": 8, "cell": "lstm"}, {"batch_size": 32, "lr": 0.03, "clip": 1.0}),
    "gru 8": ({"hidden_size": 8, "cell": "gru"}, {"batch_size": 32, "lr": 0.03, "clip": 1.0}),
}
TRAINED_ON = 50


@cache
def trained(recipe: str, seed: int, cap: int) -> tuple[ParityRNN, History]:
    """A net trained by a recipe. Kept, so that experiments in one run share it; do not change it."""
    net, settings = RECIPES[recipe]
    return train_one(net, seed, max_steps=cap, **settings)


def train_one(net: dict[str, Any], seed: int, lengths=TRAINED_ON, **settings) -> tuple[ParityRNN, History]:
    """A fresh net and the history of its training, both from ``seed``."""
    model = ParityRNN(**net, seed=seed)
    return model, train(model, ParityTask(lengths), seed=seed, progress=False, **settings)


@torch.no_grad()
def set_forget_bias(model: ParityRNN, bias: float) -> None:
    """Let the forget gates of an LSTM's first layer start with this bias."""
    forget = slice(model.hidden_size, 2 * model.hidden_size)  # the gates' order is input, forget, cell, output
    model.rnn.bias_ih_l0[forget] = bias
    model.rnn.bias_hh_l0[forget] = 0


def with_forget_bias(bias: float, seed: int) -> ParityRNN:
    """An LSTM of 8 units whose forget gates start with this bias."""
    net = ParityRNN(8, "lstm", seed=seed)
    set_forget_bias(net, bias)
    return net
