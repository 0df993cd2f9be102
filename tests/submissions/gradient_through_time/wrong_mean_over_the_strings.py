"""The sum is divided by the number of strings.

loses:
  output-gradient-check: you divide by the number of strings
  gradients-check: you divide by the number of strings
"""
# %% output-gradient: mask.sum() -> len(mask)
