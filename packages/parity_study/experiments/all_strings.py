"""How many bits can a network learn if every batch contains all possible strings?

The strings have n bits, and a label at the end.
"""

from parity_study.cells import CELLS
from parity_study.experiments.condition import Enumerated

SEEDS = 100
SAMPLE = ("lstm, 4 bits", "gru, 4 bits", "tanh, 4 bits", "relu, 4 bits")
RESET_AFTER = 200   # updates after which Adam's running means are set to zero
CONDITIONS = {
    **{f"{cell}, {n} bits": Enumerated(cell, n) for n in range(2, 11) for cell in CELLS},
    **{f"lstm, {n} bits, reset": Enumerated("lstm", n, reset_after=RESET_AFTER) for n in range(5, 9)},
}
