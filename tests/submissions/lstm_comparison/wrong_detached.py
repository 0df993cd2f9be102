"""The states are detached before the readout, h is computed from the old c, and the middle run is taken from
unsorted runs.

loses:
  lstm-step-check: h is o * tanh(c), with the new c
  lstm-parity-check: the backward pass to them is cut
  summarise-check: The median is in the middle of the sorted runs, and an unsolved run takes longer than all 
"""
# %% lstm-step: c = sigmoid(f) ->
h = sigmoid(o) * np.tanh(c)
c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
# %% lstm-step: return sigmoid(o) * np.tanh(c), c -> return h, c
# %% lstm-parity: self.readout(states) -> self.readout(states.detach())
# %% summarise: float(np.median(late)) -> late[len(late) // 2]
