"""The state is kept from call to call if the batch has the same size, and the input gate is missing.

loses:
  lstm-step-check: The new c is f * c + i * g
  lstm-parity-check: your network keeps the state of the last call
"""
# %% lstm-step: sigmoid(i) * np.tanh(g) -> np.tanh(g)
# %% lstm-parity: super().__init__() ->
super().__init__()
self.state = None
# %% lstm-parity: self.lstm(inputs) ->
if self.state is not None and self.state[0].shape[1] != len(inputs):
    self.state = None
states, (h, c) = self.lstm(inputs, self.state)
self.state = h.detach(), c.detach()
