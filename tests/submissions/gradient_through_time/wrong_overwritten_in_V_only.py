"""The loop overwrites dV; the other gradients are correct.

loses:
  gradients-check: replaces the one before
"""
# %% gradients: dV += -> dV =
