"""Does a forget gate that starts open help if all strings are equally long, and if their lengths vary?"""

from parity_study.experiments.condition import LONGEST, Condition, named_lengths

SEEDS = 20
CONDITIONS = {f"{named_lengths(lengths)}, bias {bias}": Condition(lengths=lengths, forget_bias=bias)
              for lengths in ((1, LONGEST), LONGEST, 5) for bias in (0, 1, 2, 3, 5)}
