"""The gradient of h0 is averaged over the strings.

loses:
  gradients-check: you average the gradient of h0 over the strings
"""
# %% gradients: from_later.sum(axis=0) -> from_later.mean(axis=0)
