"""The sign of U is wrong, so a one lowers both units.

loses:
  two-unit-weights-check: This is not one of the usual mistakes
"""
# %% two-unit-weights: U = np.array( -> U = -np.array(
