"""Label minus chance.

loses:
  output-gradient-check: the sign is the wrong way round
  gradients-check: the sign is the wrong way round
"""
# %% output-gradient
def output_gradient(logits, labels, mask):
    return np.where(mask, labels - 1 / (1 + np.exp(-logits)), 0) / mask.sum()
