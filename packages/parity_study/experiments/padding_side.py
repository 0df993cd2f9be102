"""Does it matter whether zeros precede the string, follow it, or must be read before the answer is given?"""

from parity_study.experiments.condition import Condition

SEEDS = 100
CONDITIONS = {padding: Condition(padding=padding) for padding in ("after", "before", "carried")}
