"""Do the verdicts differ between cells at each cell's best learning rate?

The experiment ``right_for_ever`` compares the cells at one learning rate. Here tanh networks, LSTMs and GRUs of eight
units are trained at three rates, on random strings of 50 bits with a label at every time step, until they are correct
in validation. The predictions are on the page *Evidence*.

Returns ``{"nets": {"tanh 8, rate 0.01": {"seeds", "solved", "certified", "refuted", "undecided", "refuting_lengths",
"steps": [of each seed, None if not solved]}}}``, and the same for each cell and rate.
"""

from itertools import product
from typing import Any

from parity_study.experiments.verdicts import Kind, count_verdicts, decide_all

CELLS = ("tanh", "lstm", "gru")
RATES = (0.003, 0.01, 0.03)
QUICK: dict[str, Any] = {"seeds": 2, "cap": 50, "effort": 100, "save": False}
SAMPLE: dict[str, Any] = {"cells": ("gru",), "save": False}


def run(seeds: int = 50, cells: tuple[str, ...] = CELLS, cap: int = 4000, save: bool = True,
        effort: int = 3000) -> dict[str, Any]:
    """Run the experiment and return the results described in the module docstring."""
    kinds = {f"{cell} 8, rate {rate:g}": Kind(cell, 8, {"max_updates": cap, "batch_size": 64, "lr": rate, "clip": 1.0},
                                              seeds) for cell, rate in product(cells, RATES)}
    return {"nets": {name: count_verdicts(seeds, networks) | {"steps": updates}
                     for name, (networks, updates) in decide_all(kinds, True, save, effort).items()}}
