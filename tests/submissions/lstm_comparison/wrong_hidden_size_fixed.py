"""The network ignores hidden_size, the rows of the gates are read in fours, and count is the number of solved runs.

loses:
  lstm-step-check: The new c is f * c + i * g
  lstm-parity-check: do you use hidden_size?
  summarise-check: The first number counts the steps that are not None, and the second number is len(steps)
"""

# %% lstm-step
def lstm_step(x, h, c, weights):
    a = x @ weights["weight_ih"].T + h @ weights["weight_hh"].T + weights["bias_ih"] + weights["bias_hh"]
    i, f, g, o = np.moveaxis(a.reshape(*h.shape, 4), 2, 0)
    s = lambda z: 1 / (1 + np.exp(-z))
    c = s(f) * c + s(i) * np.tanh(g)
    return s(o) * np.tanh(c), c

# %% lstm-parity
class LSTMParity(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.lstm = nn.LSTM(1, 8, batch_first=True)
        self.readout = nn.Linear(8, 1)

    def forward(self, inputs, lengths=None):
        return self.readout(self.lstm(inputs)[0])

# %% summarise
def summarise(steps):
    solved = [np.inf if s is None else s for s in steps]
    m = np.median(solved)
    n = int(np.isfinite(solved).sum())
    return n, n, m if np.isfinite(m) else None
