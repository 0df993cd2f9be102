"""The backward pass has one time step, the last.

loses:
  gradients-check: The gradients of W and c are correct
"""
# %% gradients: reversed(range(bits.shape[1])) -> [bits.shape[1] - 1]
