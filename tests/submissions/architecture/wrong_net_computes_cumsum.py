"""The "network" computes cumsum % 2, and has a recurrent layer that changes the logits a little.

loses:
  build-model-check: cumsum % 2?
  learns-check: cumsum % 2?
"""
# %% build-model: self.readout(states) -> 20 * (inputs.cumsum(dim=1) % 2) - 10 + self.readout(states)
