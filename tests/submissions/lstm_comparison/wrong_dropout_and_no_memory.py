"""The network has dropout, (1 - i) stands for f as in a GRU, None becomes the budget, and the time steps are
reversed.

loses:
  lstm-step-check: The new c is f * c + i * g
  lstm-parity-check: something is random
  summarise-check: The median is in the middle of the sorted runs, and an unsolved run takes longer than all 
  gradient-norms-check: "Take the gradient of `output[:, -1].sum()` at the inputs, then the norms, then their mean"
"""

# %% lstm-step
def lstm_step(x, h, c, weights):
    a = x @ weights["weight_ih"].T + h @ weights["weight_hh"].T + weights["bias_ih"] + weights["bias_hh"]
    i, f, g, o = np.split(a, 4, axis=1)
    s = lambda z: 1 / (1 + np.exp(-z))
    c = (1 - s(i)) * c + s(i) * np.tanh(g)
    return s(o) * np.tanh(c), c

# %% lstm-parity
class LSTMParity(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.lstm = nn.LSTM(1, hidden_size, batch_first=True)
        self.dropout = nn.Dropout(0.5)
        self.readout = nn.Linear(hidden_size, 1)

    def forward(self, inputs, lengths=None):
        return self.readout(self.dropout(self.lstm(inputs)[0]))

# %% summarise
def summarise(steps):
    budget = 1500
    return sum(s is not None for s in steps), len(steps), np.median([budget if s is None else s for s in steps])

# %% gradient-norms
def gradient_norms(model, inputs):
    inputs.requires_grad_()
    model(inputs)[0][:, -1].sum().backward()
    return inputs.grad.norm(dim=2).mean(dim=0).flip(0).numpy()
