"""The readout is on the cell states, the old h is left out, and the gradients are averaged before their norm is
taken.

loses:
  lstm-step-check: The new c is f * c + i * g
  lstm-parity-check: The logits should be the linear readout of the states of PyTorch's lstm layers, with nothi
  gradient-norms-check: so they cancel
"""

# %% lstm-step
def lstm_step(x, h, c, weights):
    a = x @ weights["weight_ih"].T + weights["bias_ih"] + weights["bias_hh"]
    i, f, g, o = np.split(a, 4, axis=1)
    s = lambda z: 1 / (1 + np.exp(-z))
    c = s(f) * c + s(i) * np.tanh(g)
    return s(o) * np.tanh(c), c

# %% lstm-parity
class LSTMParity(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.cell = nn.LSTMCell(1, hidden_size)
        self.readout = nn.Linear(hidden_size, 1)

    def forward(self, inputs, lengths=None):
        state, logits = None, []
        for t in range(inputs.shape[1]):
            state = self.cell(inputs[:, t], state)
            logits.append(self.readout(state[1]))
        return torch.stack(logits, dim=1)

# %% gradient-norms
def gradient_norms(model, inputs):
    inputs.requires_grad_()
    model(inputs)[0][:, -1].sum().backward()
    return inputs.grad.mean(dim=0)[:, 0].abs().numpy()
