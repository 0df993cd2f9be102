"""The states are detached before the readout, h is computed from the old c, and the middle run is taken from
unsorted runs.

loses:
  lstm-step-check: you compute h from the old c
  lstm-parity-check: the way to them is cut
  summarise-check: you did not sort the steps
"""
# %% lstm-step: c = sigmoid(f) ->
h = sigmoid(o) * np.tanh(c)
c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
# %% lstm-step: return sigmoid(o) * np.tanh(c), c -> return h, c
# %% lstm-parity: self.readout(states) -> self.readout(states.detach())
# %% summarise: float(np.median(late)) -> late[len(late) // 2]
