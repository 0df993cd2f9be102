"""The function checks twenty entries of each array.

loses:
  gradient-is-right-check: a gradient of 54 entries
"""
# %% gradient-is-right: np.zeros(weight.shape) -> np.array(claimed, dtype=float)
# %% gradient-is-right: in np.ndindex(weight.shape) -> in list(np.ndindex(weight.shape))[:20]
