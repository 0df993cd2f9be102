"""The readout is left out of the clipping.

loses:
  train-step-check: that of all parameters together
"""
# %% train-step: [*lstm.parameters(), *readout.parameters()] -> lstm.parameters()
