"""The sign of b is wrong.

loses:
  two-unit-weights-check: the sign of b is wrong
"""
# %% two-unit-weights: b = np.array( -> b = -np.array(
