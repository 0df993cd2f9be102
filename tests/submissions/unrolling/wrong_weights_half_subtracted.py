"""The student halves U and subtracts the other half from b instead of adding it.

loses:
  two-unit-weights-check: The half of U that goes into b has the wrong sign
"""
# %% two-unit-weights: [0.0, -2 * K] -> [-2 * K, -4 * K]
