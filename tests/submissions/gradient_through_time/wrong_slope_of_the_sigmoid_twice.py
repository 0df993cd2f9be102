"""The gradient is multiplied by the slope of the sigmoid, as for a squared error.

loses:
  output-gradient-check: cancels with the derivative of the logarithm
  gradients-check: cancels with the derivative of the logarithm
"""
# %% output-gradient: chance - labels -> (chance - labels) * chance * (1 - chance)
