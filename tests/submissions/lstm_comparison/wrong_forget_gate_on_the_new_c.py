"""The forget gate scales old and new together, the network ends in a sigmoid, and the norms are squared.

loses:
  lstm-step-check: The new c is f * c + i * g
  lstm-parity-check: there is a sigmoid at the end
  gradient-norms-check: "Take the gradient of `output[:, -1].sum()` at the inputs, then the norms, then their mean"
"""

# %% lstm-step
def lstm_step(x, h, c, weights):
    a = x @ weights["weight_ih"].T + h @ weights["weight_hh"].T + weights["bias_ih"] + weights["bias_hh"]
    i, f, g, o = np.split(a, 4, axis=1)
    s = lambda z: 1 / (1 + np.exp(-z))
    c = c + s(i) * np.tanh(g)
    c = s(f) * c
    return s(o) * np.tanh(c), c

# %% lstm-parity
class LSTMParity(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.lstm = nn.LSTM(1, hidden_size, batch_first=True)
        self.readout = nn.Linear(hidden_size, 1)
        self.activation = nn.Sigmoid()

    def forward(self, inputs, lengths=None):
        states, _ = self.lstm(inputs)
        return self.activation(self.readout(states))

# %% gradient-norms
def gradient_norms(model, inputs):
    inputs.requires_grad_()
    model(inputs)[0][:, -1].sum().backward()
    return (inputs.grad**2).sum(2).mean(0).numpy()
