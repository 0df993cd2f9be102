"""The gradient of h0 has a row for each string.

loses:
  gradients-check: gradients for 3 strings of 5 time steps, 2 units and the mask [[1 1 1 1 0] [1 1 1 1 1] [1
"""
# %% gradients: from_later.sum(axis=0) -> from_later
