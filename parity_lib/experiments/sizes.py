"""How many units and layers does it take, with a label at every step and 50 bits?"""

from __future__ import annotations

from parity_lib.cells import CELLS
from parity_lib.experiments.condition import LONGEST, Condition, Conditions

SEEDS = 20
QUICK = {"seeds": 2, "cells": ("tanh", "lstm"), "hidden": (1, 8), "max_steps": 5}


def conditions(cells: tuple[str, ...] = tuple(CELLS), hidden: tuple[int, ...] = (1, 2, 3, 4, 8, 16, 32),
          max_steps: int = 2000) -> Conditions:
    """The conditions by name."""
    return {f"{cell} {size} x {layers}": Condition(cell, LONGEST, "every_step", hidden_size=size, num_layers=layers,
                                                   batch_size=32, max_steps=max_steps)
            for cell in cells for layers in (1, 2) for size in hidden}
