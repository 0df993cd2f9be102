"""The backward pass leaves out the time steps at which no string has a label.

loses:
  gradients-check: The gradients of W and c are correct
"""
# %% gradients: for t in reversed(range(bits.shape[1])): -> for t in np.flatnonzero(mask.any(axis=0))[::-1]:
