"""The output is the remainder, so it is positive where it should not be.

loses:
  multiple-of-three-check: W computes the remainder
"""
# %% multiple-of-three: W = -p[None] -> W = p[None]
# %% multiple-of-three: c = np.array([0.5]) -> c = np.array([0.0])
