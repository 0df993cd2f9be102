"""The mean of the differences decides.

loses:
  gradient-is-right-check: check every entry
"""
# %% gradient-is-right: np.abs(found - claimed) <= 1e-3 -> np.abs(np.mean(found - claimed)) <= 1e-2
