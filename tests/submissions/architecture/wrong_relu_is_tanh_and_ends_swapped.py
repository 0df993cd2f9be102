"""The student never passes nonlinearity on, so the relu network has tanh units. Low and high are swapped.

loses:
  build-model-check: 'nn.RNN takes nonlinearity="relu"'
  success-rate-check: the ends are swapped
"""
# %% build-model: nn.RNN(nonlinearity=cell, **sizes) -> nn.RNN(**sizes)
# %% success-rate: return rate ->
return rate, (middle + root) / scale, (middle - root) / scale
