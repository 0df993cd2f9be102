"""Adam against plain gradient descent, with a label at the end and lengths from 1 to 50."""

from __future__ import annotations

from parity_lib.experiments.condition import Condition, Conditions

SEEDS = 20
QUICK = {"seeds": 2, "max_steps": 5}


def conditions(max_steps: int = 4000) -> Conditions:
    """The conditions by name."""
    choices = {"adam 0.01": {}, "adam 0.001": {"lr": 0.001}, "sgd 1": {"optimizer": "sgd", "lr": 1.0},
               "sgd 0.1": {"optimizer": "sgd", "lr": 0.1},
               "sgd 0.1, momentum 0.9": {"optimizer": "sgd", "lr": 0.1, "momentum": 0.9}}
    return {name: Condition(max_steps=max_steps, **choice) for name, choice in choices.items()}
