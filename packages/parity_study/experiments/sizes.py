"""How many units and layers does a network need to learn 50 bits?"""

from parity_study.cells import CELLS
from parity_study.experiments.condition import LONGEST, Condition

SEEDS = 20
CONDITIONS = {f"{cell} {size} x {layers}": Condition(cell, LONGEST, "every_step", hidden_size=size, num_layers=layers,
                                                     batch_size=32, max_steps=2000)
              for cell in CELLS for layers in (1, 2) for size in (1, 2, 3, 4, 8, 16, 32)}
