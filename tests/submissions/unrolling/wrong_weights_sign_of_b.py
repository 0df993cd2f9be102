"""The sign of b is wrong.

loses:
  two-unit-weights-check: This is not one of the usual mistakes
"""
# %% two-unit-weights: b = np.array( -> b = -np.array(
