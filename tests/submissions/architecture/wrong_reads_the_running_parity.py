"""The layer reads the parity so far, which the network should compute itself.

loses:
  build-model-check: The layer reads the number of ones so far or its parity (`cumsum`) and not the bits, so th
  learns-check: The layer reads the number of ones so far or its parity (`cumsum`) and not the bits, so th
"""
# %% build-model: self.rnn(inputs) -> self.rnn(inputs.cumsum(dim=1) % 2)
