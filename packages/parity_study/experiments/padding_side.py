"""Does it matter whether the padding precedes the string, follows it, or has to be read before the answer?"""

from parity_study.experiments.condition import Condition

SEEDS = 100
CONDITIONS = {padding: Condition(padding=padding) for padding in ("after", "before", "carried")}
