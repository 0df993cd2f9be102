"""The loop runs over `range(steps - 1, 0, -1)`.

loses:
  gradients-check: stops before the first time step
"""
# %% gradients: reversed(range(bits.shape[1])) -> range(bits.shape[1] - 1, 0, -1)
