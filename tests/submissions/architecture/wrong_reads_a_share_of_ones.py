"""The layer reads the number of ones so far, divided by the number of time steps.

loses:
  build-model-check: "reads the number of ones so far"
  learns-check: "reads the number of ones so far"
"""
# %% build-model: self.rnn(inputs) -> self.rnn(inputs.cumsum(dim=1) / inputs.shape[1])
