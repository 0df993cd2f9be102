"""lstm_step returns (c, h), solved and count are swapped, and the layer is still an nn.RNN.

loses:
  lstm-step-check: return h first, then c
  lstm-parity-check: this is a network of "tanh" cells
  summarise-check: The first number counts the steps that are not None, and the second number is len(steps)
"""

# %% lstm-step
def lstm_step(x, h, c, weights):
    a = x @ weights["weight_ih"].T + h @ weights["weight_hh"].T + weights["bias_ih"] + weights["bias_hh"]
    i, f, g, o = np.split(a, 4, axis=1)
    s = lambda z: 1 / (1 + np.exp(-z))
    c = s(f) * c + s(i) * np.tanh(g)
    return c, s(o) * np.tanh(c)

# %% lstm-parity
class LSTMParity(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.lstm = nn.RNN(1, hidden_size, batch_first=True)
        self.readout = nn.Linear(hidden_size, 1)

    def forward(self, inputs, lengths=None):
        states, _ = self.lstm(inputs)
        return self.readout(states)

# %% summarise
def summarise(steps):
    late = [np.inf if s is None else s for s in steps]
    m = np.median(late)
    return len(steps), sum(s is not None for s in steps), m if np.isfinite(m) else None
