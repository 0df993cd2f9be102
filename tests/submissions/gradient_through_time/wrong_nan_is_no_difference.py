"""A comparison with nan counts as agreement.

loses:
  gradient-is-right-check: every comparison with nan is False
"""
# %% gradient-is-right: if not np.all(np.abs(found - claimed) <= -> if np.any(np.abs(found - claimed) >
