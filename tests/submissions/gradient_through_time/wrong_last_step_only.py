"""The backward pass has one time step, the last.

loses:
  gradients-check: only the last time step contributes
"""
# %% gradients: reversed(range(bits.shape[1])) -> [bits.shape[1] - 1]
