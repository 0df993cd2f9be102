"""The function compares absolute values.

loses:
  gradient-is-right-check: the gradient with the wrong sign
"""
# %% gradient-is-right: np.abs(found - claimed) -> np.abs(np.abs(found) - np.abs(claimed))
