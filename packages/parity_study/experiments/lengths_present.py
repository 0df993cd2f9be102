"""Which string lengths must an LSTM be trained on to learn parity from a final label?"""

from parity_study.experiments.condition import Condition, format_lengths

SEEDS = 20
RANGES = ((1, 10), (2, 10), (3, 10), (4, 10), (5, 10), (1, 50), (2, 50), (3, 50), (5, 50), (10, 50), (25, 50))
CONDITIONS = {format_lengths(lengths): Condition(lengths=lengths) for lengths in RANGES}
