"""The parity is an array of floats.

loses:
  parity-check: convert the result to integer
"""
# %% parity: % 2 -> % 2.0
