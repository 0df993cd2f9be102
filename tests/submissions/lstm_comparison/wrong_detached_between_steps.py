"""A loop detaches the state at each time step, the tanh is taken of the product, and the norms are divided by the
last one.

loses:
  lstm-step-check: h is o * tanh(c), with the new c
  lstm-parity-check: a state is detached between time steps
  gradient-norms-check: "Take the gradient of `output[:, -1].sum()` at the inputs, then the norms, then their mean"
"""

# %% lstm-step
def lstm_step(x, h, c, weights):
    a = x @ weights["weight_ih"].T + h @ weights["weight_hh"].T + weights["bias_ih"] + weights["bias_hh"]
    i, f, g, o = np.split(a, 4, axis=1)
    s = lambda z: 1 / (1 + np.exp(-z))
    c = s(f) * c + s(i) * np.tanh(g)
    return np.tanh(s(o) * c), c

# %% lstm-parity
class LSTMParity(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.cell = nn.LSTMCell(1, hidden_size)
        self.readout = nn.Linear(hidden_size, 1)

    def forward(self, inputs, lengths=None):
        state, logits = None, []
        for t in range(inputs.shape[1]):
            h, c = self.cell(inputs[:, t], state)
            logits.append(self.readout(h))
            state = h.detach(), c.detach()
        return torch.stack(logits, dim=1)

# %% gradient-norms
def gradient_norms(model, inputs):
    inputs.requires_grad_()
    model(inputs)[0][:, -1].sum().backward()
    norms = inputs.grad.norm(dim=2).mean(dim=0)
    return (norms / norms[-1]).numpy()
