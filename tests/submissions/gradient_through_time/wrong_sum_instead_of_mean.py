"""The gradient is that of the sum.

loses:
  output-gradient-check: this is the gradient of the sum
  gradients-check: this is the gradient of the sum
"""
# %% output-gradient: np.where(mask, chance - labels, 0) / mask.sum() -> np.where(mask, chance - labels, 0)
