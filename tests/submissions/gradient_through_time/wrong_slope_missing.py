"""The slope of tanh is missing.

loses:
  gradients-check: the slope of tanh, 1 - h**2, is missing
"""
# %% gradients: at_state * (1 - states[:, t + 1] ** 2) -> at_state
