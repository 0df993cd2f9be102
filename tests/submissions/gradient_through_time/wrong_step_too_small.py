"""The step is so small that only rounding is left.

loses:
  gradient-is-right-check: differ by their rounding errors only
"""
# %% gradient-is-right: step = 1e-5 -> step = 1e-10
