"""h lacks the tanh on c, the LSTM is bidirectional, and the loss is over all time steps.

loses:
  lstm-step-check: tanh on c is missing in h
  lstm-parity-check: bidirectional
  gradient-norms-check: adds up the states of all time steps
"""
# %% lstm-step: sigmoid(o) * np.tanh(c), c -> sigmoid(o) * c, c
# %% lstm-parity: batch_first=True -> batch_first=True, bidirectional=True
# %% lstm-parity: nn.Linear(hidden_size, 1) -> nn.Linear(2 * hidden_size, 1)
# %% gradient-norms: output[:, -1].sum() -> output.sum()
