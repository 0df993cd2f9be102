"""The sum is divided by the number of strings.

loses:
  output-gradient-check: you divide by the number of strings
  gradients-check: you divide by the number of strings
"""
# %% output-gradient
def output_gradient(logits, labels, mask):
    return np.where(mask, 1 / (1 + np.exp(-logits)) - labels, 0) / len(mask)
