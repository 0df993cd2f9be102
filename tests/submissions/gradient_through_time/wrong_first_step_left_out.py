"""The loop runs over `range(steps - 1, 0, -1)`.

loses:
  gradients-check: The gradients of W and c are correct
"""
# %% gradients: reversed(range(bits.shape[1])) -> range(bits.shape[1] - 1, 0, -1)
