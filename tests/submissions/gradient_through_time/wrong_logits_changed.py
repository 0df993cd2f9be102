"""The function changes the logits that it is given.

loses:
  output-gradient-check: belong to the caller
"""
# %% output-gradient
def output_gradient(logits, labels, mask):
    logits[:] = np.where(mask, 1 / (1 + np.exp(-logits)) - labels, 0) / mask.sum()
    return logits
