"""The gradient of h0 has a row for each string.

loses:
  gradients-check: add the gradients of all strings
"""
# %% gradients: from_later.sum(axis=0) -> from_later
