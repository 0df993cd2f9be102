"""The divisor is correct, but every position contributes to the gradient.

loses:
  output-gradient-check: At the positions of the mask, it is the probability minus the label, divided by the number
  gradients-check: Begin with W and c
"""
# %% output-gradient: np.where(mask, chance - labels, 0) -> (chance - labels)
