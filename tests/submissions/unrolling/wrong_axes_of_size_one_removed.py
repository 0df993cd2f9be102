"""Axes of size 1 are removed from the states, which goes wrong with one unit or one string.

loses:
  unroll-check: a batch of
"""
# %% unroll: return np.stack(states, axis=1) -> return np.stack(states, axis=1).squeeze()
