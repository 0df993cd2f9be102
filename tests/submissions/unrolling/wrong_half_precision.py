"""The ones are counted in float16, which cannot tell 2048 from 2049.

loses:
  parity-check: all shorter strings are correct
"""
# %% parity: bits.sum(axis=1) % 2 -> bits.sum(axis=1, dtype=np.float16).astype(int) % 2
