"""The student never passes nonlinearity on, so the relu network has tanh units. Low and high are swapped.

loses:
  build-model-check: The logits should be the linear readout of the states of PyTorch's relu layers, with nothi
  success-rate-check: This is not one of the usual mistakes
"""
# %% build-model: nn.RNN(nonlinearity=cell, **sizes) -> nn.RNN(**sizes)
# %% success-rate: return rate ->
return rate, (middle + root) / scale, (middle - root) / scale
