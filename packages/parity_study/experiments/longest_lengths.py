"""How long can training strings be before training fails?"""

from parity_study.experiments.condition import Condition

SEEDS = 20
SAMPLE = ("1..20",)
CONDITIONS = {f"1..{length}": Condition(lengths=(1, length)) for length in (10, 20, 50, 100, 200)}
