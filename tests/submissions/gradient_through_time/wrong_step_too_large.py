"""The step of 0.1 is too large for a loss that bends.

loses:
  gradient-is-right-check: the loss bends within it
"""
# %% gradient-is-right: step = 1e-5 -> step = 1e-2
