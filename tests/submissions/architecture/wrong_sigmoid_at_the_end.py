"""The network ends in a sigmoid, although the loss contains one.

loses:
  build-model-check: a sigmoid at the end
  learns-check: a sigmoid at the end
"""
# %% build-model: self.readout(states) -> torch.sigmoid(self.readout(states))
