"""The slope of tanh is taken at the state, as if it were the pre-activation.

loses:
  gradients-check: The gradients of W and c are correct
"""
# %% gradients: 1 - states[:, t + 1] ** 2 -> 1 - np.tanh(states[:, t + 1]) ** 2
