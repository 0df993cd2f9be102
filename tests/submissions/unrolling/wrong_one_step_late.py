"""Because of a wrong index, each time step reads the bit before, and the first one reads the last bit.

loses:
  unroll-check: unroll with a batch of 2, 5 time steps and 3 hidden units
"""
# %% unroll: xs[:, t] -> xs[:, t - 1]
