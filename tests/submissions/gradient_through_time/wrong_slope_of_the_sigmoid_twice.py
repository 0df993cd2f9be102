"""The gradient is multiplied by the slope of the sigmoid, as for a squared error.

loses:
  output-gradient-check: At the positions of the mask, it is the probability minus the label, divided by the number
  gradients-check: Begin with W and c
"""
# %% output-gradient
def output_gradient(logits, labels, mask):
    p = 1 / (1 + np.exp(-logits))
    return np.where(mask, (p - labels) * p * (1 - p), 0) / mask.sum()
