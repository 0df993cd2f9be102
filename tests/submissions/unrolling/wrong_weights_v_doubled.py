"""The student doubles V in the substitution, which changes U and b only.

loses:
  two-unit-weights-check: This is not one of the usual mistakes
"""
# %% two-unit-weights: V = np.array( -> V = 2 * np.array(
