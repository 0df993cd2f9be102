"""A layer is kept in a Python list, so its parameters are not registered, c is returned through tanh, and summarise
returns a dict.

loses:
  lstm-step-check: The new c is f * c + i * g
  lstm-parity-check: keep in a plain list
  summarise-check: return three values
"""

# %% lstm-step
def lstm_step(x, h, c, weights):
    a = x @ weights["weight_ih"].T + h @ weights["weight_hh"].T + weights["bias_ih"] + weights["bias_hh"]
    i, f, g, o = np.split(a, 4, axis=1)
    s = lambda z: 1 / (1 + np.exp(-z))
    c = np.tanh(s(f) * c + s(i) * np.tanh(g))
    return s(o) * c, c

# %% lstm-parity
class LSTMParity(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.layers = [nn.LSTM(1, hidden_size, batch_first=True)]
        self.readout = nn.Linear(hidden_size, 1)

    def forward(self, inputs, lengths=None):
        return self.readout(self.layers[0](inputs)[0])

# %% summarise
def summarise(steps):
    return {"solved": sum(s is not None for s in steps), "runs": len(steps)}
