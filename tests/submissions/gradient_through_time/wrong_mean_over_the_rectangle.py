"""The mean is over all positions.

loses:
  output-gradient-check: you divide by the size of the whole rectangle
  gradients-check: you divide by the size of the whole rectangle
"""
# %% output-gradient
def output_gradient(logits, labels, mask):
    return np.where(mask, 1 / (1 + np.exp(-logits)) - labels, 0) / mask.size
