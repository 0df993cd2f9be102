"""The layer reads the number of ones so far.

loses:
  build-model-check: "reads the number of ones so far"
  learns-check: "reads the number of ones so far"
"""
# %% build-model: self.rnn(inputs) -> self.rnn(inputs.cumsum(dim=1))
