"""The gradient is the label minus the probability.

loses:
  output-gradient-check: the sign is wrong
  gradients-check: the sign is wrong
"""
# %% output-gradient: chance - labels -> labels - chance
