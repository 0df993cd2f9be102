"""The sum runs over the whole batch, and the states are joined along the units.

loses:
  parity-check: one answer for the whole batch
  unroll-check: unroll with a batch of 2, 5 time steps and 3 hidden units
"""
# %% parity: bits.sum(axis=1) -> np.sum(bits)
# %% unroll: np.stack -> np.concatenate
