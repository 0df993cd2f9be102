"""The mean runs over all positions.

loses:
  output-gradient-check: the mean is over the whole rectangle
  gradients-check: the mean is over the whole rectangle
"""
# %% output-gradient
def output_gradient(logits, labels, mask):
    return np.where(mask, 1 / (1 + np.exp(-logits)) - labels, 0) / mask.size
