"""The columns of V are written as rows.

loses:
  multiple-of-three-check: V is transposed
"""
# %% multiple-of-three: np.stack([p, p]) -> np.stack([p, p], axis=1)
