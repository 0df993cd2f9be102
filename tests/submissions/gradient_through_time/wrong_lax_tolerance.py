"""The fixed tolerance accepts every small gradient.

loses:
  gradient-is-right-check: and not a fixed number
"""
# %% gradient-is-right: 1e-12 -> 1e-4
