"""The mean is over all positions.

loses:
  output-gradient-check: you divide by the size of the whole rectangle
  gradients-check: you divide by the size of the whole rectangle
"""
# %% output-gradient: mask.sum() -> mask.size
