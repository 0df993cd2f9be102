"""Only bias_ih is added, batch_first is forgotten, and the last string takes the place of the last time step.

loses:
  lstm-step-check: A bias is missing; PyTorch adds bias_ih and bias_hh
  lstm-parity-check: reads down the batch
  gradient-norms-check: the last string of the batch
"""
# %% lstm-step: weights["bias_ih"] + weights["bias_hh"] -> weights["bias_ih"]
# %% lstm-parity: nn.LSTM(1, hidden_size, batch_first=True) -> nn.LSTM(1, hidden_size)
# %% gradient-norms: output[:, -1] -> output[-1]
