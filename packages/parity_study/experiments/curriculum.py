"""Does a curriculum of growing string lengths improve training?

The longest length grows from 2 to 50 bits, or the lengths vary from 1 to 50 bits from the start.
"""

from parity_lib.data import Curriculum
from parity_study.cells import CELLS
from parity_study.experiments.condition import LONGEST, Condition, Settings

SEEDS = 20
LENGTHS: Settings = {"grows": Curriculum(2, LONGEST), "from the start": (1, LONGEST)}
CONDITIONS = {f"{cell}, {way}": Condition(cell, lengths, max_steps=8000)
              for cell in CELLS for way, lengths in LENGTHS.items()}
