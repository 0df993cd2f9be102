"""The gradient of h0 is averaged over the strings.

loses:
  gradients-check: All other gradients are correct
"""
# %% gradients: from_later.sum(axis=0) -> from_later.mean(axis=0)
