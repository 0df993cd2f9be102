"""The readout is on the last state, the output gate is forgotten, and the norms are not averaged over the batch.

loses:
  lstm-step-check: h is o * tanh(c), with the new c
  lstm-parity-check: The logits have the shape of the inputs, [batch, steps, 1]
  gradient-norms-check: The gradient at the inputs is [batch, steps, 1]. Take the norm over its last axis, and the
"""

# %% lstm-step
def lstm_step(x, h, c, weights):
    a = x @ weights["weight_ih"].T + h @ weights["weight_hh"].T + weights["bias_ih"] + weights["bias_hh"]
    i, f, g, o = np.split(a, 4, axis=1)
    s = lambda z: 1 / (1 + np.exp(-z))
    c = s(f) * c + s(i) * np.tanh(g)
    return np.tanh(c), c

# %% lstm-parity
class LSTMParity(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.lstm = nn.LSTM(1, hidden_size, batch_first=True)
        self.readout = nn.Linear(hidden_size, 1)

    def forward(self, inputs, lengths=None):
        states, (h, c) = self.lstm(inputs)
        return self.readout(h)

# %% gradient-norms
def gradient_norms(model, inputs):
    inputs.requires_grad_()
    model(inputs)[0][:, -1].sum().backward()
    return inputs.grad.norm(dim=2).numpy()
