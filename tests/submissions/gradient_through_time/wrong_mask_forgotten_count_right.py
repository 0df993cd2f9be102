"""The divisor is correct, but every position contributes to the gradient.

loses:
  output-gradient-check: the mask is forgotten
  gradients-check: the mask is forgotten
"""
# %% output-gradient
def output_gradient(logits, labels, mask):
    return (1 / (1 + np.exp(-logits)) - labels) / mask.sum()
