"""The tolerance is a fixed number.

loses:
  gradient-is-right-check: not a fixed number
"""
# %% gradient-is-right: 1e-3 * np.abs(found).max() + 1e-12 -> 1e-6
