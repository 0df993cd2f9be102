"""Which lengths must the training strings have for an LSTM to learn from a label at the end?"""

from parity_study.experiments.condition import Condition, named_lengths

SEEDS = 20
RANGES = ((1, 10), (2, 10), (3, 10), (4, 10), (5, 10), (1, 50), (2, 50), (3, 50), (5, 50), (10, 50), (25, 50))
CONDITIONS = {named_lengths(lengths): Condition(lengths=lengths) for lengths in RANGES}
