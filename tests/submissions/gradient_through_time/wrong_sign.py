"""The gradient is the label minus the probability.

loses:
  output-gradient-check: the sign is wrong
  gradients-check: the sign is wrong
"""
# %% output-gradient
def output_gradient(logits, labels, mask):
    return np.where(mask, labels - 1 / (1 + np.exp(-logits)), 0) / mask.sum()
