"""The function compares absolute values.

loses:
  gradient-is-right-check: the sizes agree and the signs do not
"""
# %% gradient-is-right: np.abs(found - claimed) -> np.abs(np.abs(found) - np.abs(claimed))
