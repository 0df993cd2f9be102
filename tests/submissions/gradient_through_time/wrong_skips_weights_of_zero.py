"""The function moves each weight by a share of itself, and leaves out weights that are 0.

loses:
  gradient-is-right-check: a weight that is 0 has a gradient like any other
"""
# %% gradient-is-right: np.zeros(weight.shape) -> np.array(claimed, dtype=float)
# %% gradient-is-right: in np.ndindex(weight.shape) -> in map(tuple, np.argwhere(weight))
