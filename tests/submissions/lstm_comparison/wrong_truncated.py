"""Every time step sees the last state, and the gradient is followed for three time steps only.

loses:
  lstm-step-check: Return the new h and the new c alone; the next time step needs both
  lstm-parity-check: the network sees bits that come later
  gradient-norms-check: is the gradient cut off in the backward pass?
"""

# %% lstm-step
def lstm_step(x, h, c, weights):
    a = x @ weights["weight_ih"].T + h @ weights["weight_hh"].T + weights["bias_ih"] + weights["bias_hh"]
    i, f, g, o = np.split(a, 4, axis=1)
    s = lambda z: 1 / (1 + np.exp(-z))
    c = s(f) * c + s(i) * np.tanh(g)
    h = s(o) * np.tanh(c)
    return h, h, c

# %% lstm-parity
class LSTMParity(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.lstm = nn.LSTM(1, hidden_size, batch_first=True)
        self.readout = nn.Linear(hidden_size, 1)

    def forward(self, inputs, lengths=None):
        states, (h, c) = self.lstm(inputs)
        return self.readout(states + h[0][:, None])

# %% gradient-norms
def gradient_norms(model, inputs):
    inputs.requires_grad_()
    model(inputs)[0][:, -1].sum().backward()
    norms = inputs.grad.norm(dim=2).mean(dim=0)
    norms[:-3] = 0
    return norms.numpy()
