"""The student doubles V in the substitution, which changes U and b only.

loses:
  two-unit-weights-check: "V is twice as large"
"""
# %% two-unit-weights: V = np.array( -> V = 2 * np.array(
