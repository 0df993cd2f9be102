"""The last state begins the next call, the old c is forgotten, and the median is inf instead of None.

loses:
  lstm-step-check: The new c is f * c + i * g
  lstm-parity-check: your network keeps the state of the last call
  summarise-check: Return None if, and only if, the run in the middle was not solved, because it has no numbe
"""
# %% lstm-step: c = sigmoid(f) * c + sigmoid(i) * np.tanh(g) -> c = sigmoid(i) * np.tanh(g)
# %% lstm-parity: super().__init__() ->
super().__init__()
self.state = None
# %% lstm-parity: states, _ = self.lstm(inputs) -> states, self.state = self.lstm(inputs, self.state)
# %% summarise: median if np.isfinite(median) else None -> median
