"""The layer reads two features, the bit and the parity so far.

loses:
  build-model-check: The layer reads the number of ones so far or its parity (`cumsum`) and not the bits, so th
  learns-check: The layer reads the number of ones so far or its parity (`cumsum`) and not the bits, so th
"""
# %% build-model: input_size=1 -> input_size=2
# %% build-model: self.rnn(inputs) -> self.rnn(torch.cat([inputs, inputs.cumsum(dim=1) % 2], dim=2))
