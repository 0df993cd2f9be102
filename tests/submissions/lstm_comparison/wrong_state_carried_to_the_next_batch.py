"""The last state begins the next call, the old c is forgotten, and the median is inf instead of None.

loses:
  lstm-step-check: The new c is f * c + i * g
  lstm-parity-check: your network keeps the state of the last call
  summarise-check: Return None if, and only if, the run in the middle was not solved, because it has no numbe
"""

# %% lstm-step
def lstm_step(x, h, c, weights):
    a = x @ weights["weight_ih"].T + h @ weights["weight_hh"].T + weights["bias_ih"] + weights["bias_hh"]
    i, f, g, o = np.split(a, 4, axis=1)
    s = lambda z: 1 / (1 + np.exp(-z))
    c = s(i) * np.tanh(g)
    return s(o) * np.tanh(c), c

# %% lstm-parity
class LSTMParity(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.lstm = nn.LSTM(1, hidden_size, batch_first=True)
        self.readout = nn.Linear(hidden_size, 1)
        self.state = None

    def forward(self, inputs, lengths=None):
        states, self.state = self.lstm(inputs, self.state)
        return self.readout(states)

# %% summarise
def summarise(steps):
    late = [np.inf if s is None else s for s in steps]
    return sum(np.isfinite(late)), len(late), np.median(late)
