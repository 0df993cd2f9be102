"""Every position contributes to the gradient, also those without a label.

loses:
  output-gradient-check: the mask is forgotten
  gradients-check: the mask is forgotten
"""
# %% output-gradient
def output_gradient(logits, labels, mask):
    return (1 / (1 + np.exp(-logits)) - labels) / logits.size
