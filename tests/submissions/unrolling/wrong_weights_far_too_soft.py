"""With K = 0.7, the states are too near to each other even for short strings.

loses:
  two-unit-weights-check: the units are not sharp enough
"""
# %% two-unit-weights: K = 3.0 -> K = 0.7
