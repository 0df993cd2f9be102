"""The divisor is correct, but every position contributes to the gradient.

loses:
  output-gradient-check: At the positions of the mask, it is the probability minus the label, divided by the number
  gradients-check: Begin with W and c
"""
# %% output-gradient
def output_gradient(logits, labels, mask):
    return (1 / (1 + np.exp(-logits)) - labels) / mask.sum()
