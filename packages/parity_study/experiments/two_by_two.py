"""Which cells learn with a label at every time step or at the end, on strings of 50 bits or of 1 to 50 bits?"""

from parity_study.cells import CELLS
from parity_study.experiments.condition import LONGEST, Condition, named_lengths

SEEDS = 50
CONDITIONS = {f"{label}, {named_lengths(lengths)}, {cell}": Condition(cell, lengths, label, max_steps=8000)
              for label in ("every_step", "end") for lengths in (LONGEST, (1, LONGEST)) for cell in CELLS}
