"""The sum runs down the batch, and the states are stacked with the time steps first.

loses:
  parity-check: a parity for each column
  unroll-check: the time steps come first
"""
# %% parity: axis=1 -> axis=0
# %% unroll: np.stack(states, axis=1) -> np.stack(states)
