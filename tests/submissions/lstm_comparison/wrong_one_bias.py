"""Only bias_ih is added, batch_first is forgotten, and the last string takes the place of the last time step.

loses:
  lstm-step-check: A bias is missing; PyTorch adds bias_ih and bias_hh
  lstm-parity-check: reads down the batch
  gradient-norms-check: the last string of the batch
"""

# %% lstm-step
def lstm_step(x, h, c, weights):
    a = x @ weights["weight_ih"].T + h @ weights["weight_hh"].T + weights["bias_ih"]
    i, f, g, o = np.split(a, 4, axis=1)
    s = lambda z: 1 / (1 + np.exp(-z))
    c = s(f) * c + s(i) * np.tanh(g)
    return s(o) * np.tanh(c), c

# %% lstm-parity
class LSTMParity(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.lstm = nn.LSTM(1, hidden_size)
        self.readout = nn.Linear(hidden_size, 1)

    def forward(self, inputs, lengths=None):
        states, _ = self.lstm(inputs)
        return self.readout(states)

# %% gradient-norms
def gradient_norms(model, inputs):
    inputs.requires_grad_()
    output, last = model(inputs)
    output[-1].sum().backward()
    return inputs.grad.norm(dim=2).mean(dim=0).numpy()
