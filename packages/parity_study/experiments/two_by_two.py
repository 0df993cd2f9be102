"""How do the labels and the string lengths determine which cells learn parity?"""

from parity_study.cells import CELLS
from parity_study.experiments.condition import LONGEST, Condition, format_lengths

SEEDS = 50
CONDITIONS = {f"{label}, {format_lengths(lengths)}, {cell}": Condition(cell, lengths, label, max_steps=8000)
              for label in ("every_step", "end") for lengths in (LONGEST, (1, LONGEST)) for cell in CELLS}
