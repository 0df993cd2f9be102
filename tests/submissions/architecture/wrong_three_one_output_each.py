"""The network has one output for each remainder.

loses:
  multiple-of-three-check: shape
"""
# %% multiple-of-three: W = -p[None] -> W = np.stack([-p, p, 0 * p])
# %% multiple-of-three: c = np.array([0.5]) -> c = np.array([0.5, 0.0, 0.0])
