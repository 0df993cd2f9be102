"""h lacks the tanh on c, the LSTM is bidirectional, and the loss is over all time steps.

loses:
  lstm-step-check: tanh on c is missing in h
  lstm-parity-check: bidirectional
  gradient-norms-check: adds up the states of all time steps
"""

# %% lstm-step
def lstm_step(x, h, c, weights):
    a = x @ weights["weight_ih"].T + h @ weights["weight_hh"].T + weights["bias_ih"] + weights["bias_hh"]
    i, f, g, o = np.split(a, 4, axis=1)
    s = lambda z: 1 / (1 + np.exp(-z))
    c = s(f) * c + s(i) * np.tanh(g)
    return s(o) * c, c

# %% lstm-parity
class LSTMParity(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.lstm = nn.LSTM(1, hidden_size, batch_first=True, bidirectional=True)
        self.readout = nn.Linear(2 * hidden_size, 1)

    def forward(self, inputs, lengths=None):
        return self.readout(self.lstm(inputs)[0])

# %% gradient-norms
def gradient_norms(model, inputs):
    inputs.requires_grad_()
    model(inputs)[0].sum().backward()
    return inputs.grad.norm(dim=2).mean(dim=0).numpy()
