"""The student halves U, as the substitution requires, but forgets b.

loses:
  two-unit-weights-check: Only U was changed
"""
# %% two-unit-weights: [0.0, -2 * K] -> [-K, -3 * K]
