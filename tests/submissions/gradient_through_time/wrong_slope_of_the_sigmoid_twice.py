"""The gradient is multiplied by the slope of the sigmoid, as for a squared error.

loses:
  output-gradient-check: At the positions of the mask, it is the probability minus the label, divided by the number
  gradients-check: Begin with W and c
"""
# %% output-gradient: chance - labels -> (chance - labels) * chance * (1 - chance)
