"""A hundred-millionth is added to the tolerance.

loses:
  gradient-is-right-check: smaller than the smallest gradient that counts
"""
# %% gradient-is-right: 1e-12 -> 1e-8
