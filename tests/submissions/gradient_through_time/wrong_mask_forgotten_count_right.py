"""Divided by the right count, but every position pulls.

loses:
  output-gradient-check: the mask is forgotten
  gradients-check: the mask is forgotten
"""
# %% output-gradient
def output_gradient(logits, labels, mask):
    return (1 / (1 + np.exp(-logits)) - labels) / mask.sum()
