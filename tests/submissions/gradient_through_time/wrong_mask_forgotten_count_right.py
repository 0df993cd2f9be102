"""The divisor is correct, but every position contributes to the gradient.

loses:
  output-gradient-check: the mask is forgotten
  gradients-check: the mask is forgotten
"""
# %% output-gradient: np.where(mask, chance - labels, 0) -> (chance - labels)
