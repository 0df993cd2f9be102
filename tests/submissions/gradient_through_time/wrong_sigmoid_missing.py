"""The logit itself is compared with the label.

loses:
  output-gradient-check: the logit itself is compared
  gradients-check: the logit itself is compared
"""
# %% output-gradient
def output_gradient(logits, labels, mask):
    return np.where(mask, logits - labels, 0) / mask.sum()
