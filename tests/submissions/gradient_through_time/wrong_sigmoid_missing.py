"""The logit itself is compared with the label.

loses:
  output-gradient-check: you compare the logit itself
  gradients-check: you compare the logit itself
"""
# %% output-gradient
def output_gradient(logits, labels, mask):
    return np.where(mask, logits - labels, 0) / mask.sum()
