"""Does the position of the padding affect training?

The padding precedes the string, follows it, or follows it and has to be read before the answer.
"""

from parity_study.experiments.condition import Condition

SEEDS = 100
CONDITIONS = {padding: Condition(padding=padding) for padding in ("after", "before", "carried")}
