"""The search computes h @ V.

loses:
  find-error-short-check: V is transposed
  find-error-long-check: V is transposed
"""
# %% find-error: V @ h -> h @ V
