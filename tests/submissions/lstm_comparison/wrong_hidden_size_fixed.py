"""The network ignores hidden_size, the rows of the gates are read in fours, and count is the number of solved runs.

loses:
  lstm-step-check: The new c is f * c + i * g
  lstm-parity-check: do you use hidden_size?
  summarise-check: The first number counts the steps that are not None, and the second number is len(steps)
"""
# %% lstm-step: np.split(a, 4, axis=1) -> np.moveaxis(a.reshape(*h.shape, 4), 2, 0)
# %% lstm-parity: nn.LSTM(1, hidden_size, -> nn.LSTM(1, 8,
# %% lstm-parity: nn.Linear(hidden_size, 1) -> nn.Linear(8, 1)
# %% summarise: len(steps), median -> sum(step is not None for step in steps), median
