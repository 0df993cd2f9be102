"""Every position contributes to the gradient, also those without a label.

loses:
  output-gradient-check: the mask is forgotten
  gradients-check: the mask is forgotten
"""
# %% output-gradient: np.where(mask, chance - labels, 0) / mask.sum() -> (chance - labels) / logits.size
