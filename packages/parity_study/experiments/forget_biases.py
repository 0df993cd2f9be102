"""Does an initially open forget gate help an LSTM learn parity?"""

from parity_study.experiments.condition import LONGEST, Condition, format_lengths

SEEDS = 20
CONDITIONS = {f"{format_lengths(lengths)}, bias {bias}": Condition(lengths=lengths, forget_bias=bias)
              for lengths in ((1, LONGEST), LONGEST, 5) for bias in (0, 1, 2, 3, 5)}
