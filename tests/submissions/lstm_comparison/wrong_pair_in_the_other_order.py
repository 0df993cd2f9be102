"""lstm_step returns (c, h), solved and count are swapped, and the layer is still an nn.RNN.

loses:
  lstm-step-check: return h first, then c
  lstm-parity-check: A network of "tanh" cells has this size
  summarise-check: The first number counts the steps that are not None, and the second number is len(steps)
"""
# %% lstm-step: sigmoid(o) * np.tanh(c), c -> c, sigmoid(o) * np.tanh(c)
# %% lstm-parity: nn.LSTM(1, -> nn.RNN(1,
# %% summarise: return sum( ->
return len(steps), sum(step is not None for step in steps), median if np.isfinite(median) else None
