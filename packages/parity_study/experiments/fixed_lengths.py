"""How many bits can an LSTM learn from a label at the end?"""

from parity_study.experiments.condition import Condition

SEEDS = 20
CONDITIONS = {str(length): Condition(lengths=length, max_steps=10_000) for length in (2, 3, 4, 5, 6, 8, 10, 20)}
