"""The student made a mistake in the algebra of b, which the choice K = 10 hides.

loses:
  two-unit-weights-check: this is not one of the usual mistakes
"""
# %% two-unit-weights: K = 3.0 -> K = 10.0
# %% two-unit-weights: -2 * K -> -3.1 * K
