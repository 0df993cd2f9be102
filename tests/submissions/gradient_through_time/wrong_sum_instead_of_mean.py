"""The gradient is that of the sum.

loses:
  output-gradient-check: this is the gradient of the sum
  gradients-check: this is the gradient of the sum
"""
# %% output-gradient
def output_gradient(logits, labels, mask):
    return np.where(mask, 1 / (1 + np.exp(-logits)) - labels, 0)
