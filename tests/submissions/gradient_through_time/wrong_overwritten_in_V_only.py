"""The loop overwrites dV; the other gradients are correct.

loses:
  gradients-check: All other gradients are correct
"""
# %% gradients: dV += -> dV =
