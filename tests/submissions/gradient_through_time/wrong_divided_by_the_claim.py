"""Each difference is divided by the claimed gradient.

loses:
  gradient-is-right-check: divide
"""
# %% gradient-is-right: np.abs(found - claimed) -> np.abs(found - claimed) / np.abs(claimed)
# %% gradient-is-right: 1e-3 * np.abs(found).max() + 1e-12 -> 1e-3
