"""The sum is divided by the number of strings.

loses:
  output-gradient-check: At the positions of the mask, it is the probability minus the label, divided by the number
  gradients-check: Begin with W and c
"""
# %% output-gradient: mask.sum() -> len(mask)
