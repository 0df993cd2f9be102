"""A layer is kept in a Python list, so its parameters are not registered, c is returned through tanh, and summarise
returns a dict.

loses:
  lstm-step-check: The new c is f * c + i * g
  lstm-parity-check: keep in a plain list
  summarise-check: return three values
"""
# %% lstm-step: c = ->
c = np.tanh(sigmoid(f) * c + sigmoid(i) * np.tanh(g))
# %% lstm-step: sigmoid(o) * np.tanh(c), c -> sigmoid(o) * c, c
# %% lstm-parity: self.lstm = ->
self.layers = [nn.LSTM(1, hidden_size, batch_first=True)]
# %% lstm-parity: self.lstm(inputs) -> self.layers[0](inputs)
# %% summarise
def summarise(steps):
    return {"solved": sum(s is not None for s in steps), "runs": len(steps)}
