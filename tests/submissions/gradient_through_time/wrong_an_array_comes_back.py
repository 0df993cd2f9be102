"""The function returns an array of answers.

loses:
  gradient-is-right-check: True or False
"""
# %% gradient-is-right: return True -> return np.abs(found - claimed) <= 1e-3
