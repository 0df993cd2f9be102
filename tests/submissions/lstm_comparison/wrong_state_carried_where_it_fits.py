"""The state is kept from call to call if the batch has the same size, and the input gate is missing.

loses:
  lstm-step-check: The new c is f * c + i * g
  lstm-parity-check: your network keeps the state of the last call
"""

# %% lstm-step
def lstm_step(x, h, c, weights):
    a = x @ weights["weight_ih"].T + h @ weights["weight_hh"].T + weights["bias_ih"] + weights["bias_hh"]
    i, f, g, o = np.split(a, 4, axis=1)
    s = lambda z: 1 / (1 + np.exp(-z))
    c = s(f) * c + np.tanh(g)
    return s(o) * np.tanh(c), c

# %% lstm-parity
class LSTMParity(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.lstm = nn.LSTM(1, hidden_size, batch_first=True)
        self.readout = nn.Linear(hidden_size, 1)
        self.state = None

    def forward(self, inputs, lengths=None):
        if self.state is not None and self.state[0].shape[1] != len(inputs):
            self.state = None
        states, (h, c) = self.lstm(inputs, self.state)
        self.state = h.detach(), c.detach()
        return self.readout(states)
