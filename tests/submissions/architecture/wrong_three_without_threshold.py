"""The student forgets the constant of the output, so remainder 0 gives 0, which is not positive.

loses:
  multiple-of-three-check: c does not put the threshold between
"""
# %% multiple-of-three: c = np.array([0.5]) -> c = np.array([0.0])
