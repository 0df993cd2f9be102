"""The states are detached before the readout, h is computed from the old c, and the middle run is taken from
unsorted runs.

loses:
  lstm-step-check: h is o * tanh(c), with the new c
  lstm-parity-check: the way to them is cut
  summarise-check: The median is in the middle of the sorted runs, and an unsolved run takes longer than all 
"""

# %% lstm-step
def lstm_step(x, h, c, weights):
    a = x @ weights["weight_ih"].T + h @ weights["weight_hh"].T + weights["bias_ih"] + weights["bias_hh"]
    i, f, g, o = np.split(a, 4, axis=1)
    s = lambda z: 1 / (1 + np.exp(-z))
    h = s(o) * np.tanh(c)
    c = s(f) * c + s(i) * np.tanh(g)
    return h, c

# %% lstm-parity
class LSTMParity(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.lstm = nn.LSTM(1, hidden_size, batch_first=True)
        self.readout = nn.Linear(hidden_size, 1)

    def forward(self, inputs, lengths=None):
        states, _ = self.lstm(inputs)
        return self.readout(states.detach())

# %% summarise
def summarise(steps):
    middle = steps[len(steps) // 2]
    return sum(s is not None for s in steps), len(steps), middle
