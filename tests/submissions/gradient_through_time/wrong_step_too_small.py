"""The step is so small that only rounding is left.

loses:
  gradient-is-right-check: so small that the losses differ by their rounding
"""
# %% gradient-is-right: step = 1e-5 -> step = 1e-10
