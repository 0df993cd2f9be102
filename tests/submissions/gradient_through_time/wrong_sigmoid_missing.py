"""The logit itself is compared with the label.

loses:
  output-gradient-check: you compare the logit itself
  gradients-check: you compare the logit itself
"""
# %% output-gradient: 1 / (1 + np.exp(-logits)) -> logits
