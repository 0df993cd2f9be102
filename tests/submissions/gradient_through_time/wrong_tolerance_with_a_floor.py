"""A hundred-millionth is added to the tolerance.

loses:
  gradient-is-right-check: all of it below a millionth
"""
# %% gradient-is-right: 1e-12 -> 1e-8
