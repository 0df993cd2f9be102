"""The layer reads the parity so far, which the network should compute itself.

loses:
  build-model-check: "reads the parity so far"
  learns-check: "reads the parity so far"
"""
# %% build-model: self.rnn(inputs) -> self.rnn(inputs.cumsum(dim=1) % 2)
