"""The sign of U is wrong, so a one lowers both units.

loses:
  two-unit-weights-check: the sign of U is wrong
"""
# %% two-unit-weights: U = np.array( -> U = -np.array(
