"""The weights are those of the chapter's pair for parity, which counts by two.

loses:
  multiple-of-three-check: Make the table of the hint
"""
# %% multiple-of-three: p = np.array([1.0, -3.0]) -> p = np.array([1.0, -2.0])
# %% multiple-of-three: b = np.array([0.0, -2.0]) -> b = np.array([0.0, -1.0])
