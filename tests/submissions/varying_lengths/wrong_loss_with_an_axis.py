"""The loss has an axis of size 1.

loses:
  masked-loss-check: An axis of size 1 is missing, or there is one too many
"""
# %% masked-loss: targets[mask]) -> targets[mask])[None]
