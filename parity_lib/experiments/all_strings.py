"""With all strings of n bits as the batch and a label at the end, up to which n does a net learn?"""

from __future__ import annotations

from parity_lib.cells import CELLS
from parity_lib.experiments.enumerated import Enumerated

SEEDS = 100
RESET_AFTER, LEAST_RESET, MOST_RESET = 200, 5, 8  # Adam begins afresh after so many updates, for so many bits
QUICK = {"seeds": 2, "bits": (2, 3), "max_steps": 100}
SAMPLE = ("lstm, 4 bits", "gru, 4 bits", "tanh, 4 bits", "relu, 4 bits")


def conditions(cells: tuple[str, ...] = tuple(CELLS), bits: tuple[int, ...] = tuple(range(2, 11)),
               max_steps: int = 8000) -> dict[str, Enumerated]:
    """The conditions by name."""
    found = {f"{cell}, {n} bits": Enumerated(cell, n, max_steps=max_steps) for n in bits for cell in cells}
    return found | {f"lstm, {n} bits, reset": Enumerated("lstm", n, reset_after=RESET_AFTER, max_steps=max_steps)
                    for n in bits if LEAST_RESET <= n <= MOST_RESET}
