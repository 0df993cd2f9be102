"""Does a fixed pool of training strings work as well as new strings in every batch?"""

from parity_study.experiments.condition import Condition

SEEDS = 100
CONDITIONS = {"fresh": Condition()} | {f"{pool} strings": Condition(pool=pool) for pool in (100_000, 10_000, 1000)}
