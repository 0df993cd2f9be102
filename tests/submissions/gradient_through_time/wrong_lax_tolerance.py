"""The fixed tolerance accepts every small gradient.

loses:
  gradient-is-right-check: a fixed tolerance accepts everything that is small
"""
# %% gradient-is-right: 1e-12 -> 1e-4
