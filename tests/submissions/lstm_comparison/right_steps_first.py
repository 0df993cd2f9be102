"""The LSTM works with the time steps first and is transposed back, numbers are float32, and a helper is nested.
"""

# %% lstm-step
def lstm_step(x, h, c, weights):
    def layer(name_x, name_h):
        return np.concatenate([x, h], axis=1) @ np.concatenate([weights[name_x], weights[name_h]], axis=1).T
    a = layer("weight_ih", "weight_hh") + (weights["bias_ih"] + weights["bias_hh"])[None, :]
    a = a.reshape(len(x), 4, -1)
    squash = lambda z: 0.5 * (1 + np.tanh(z / 2))
    i, f, o = (squash(a[:, k]) for k in (0, 1, 3))
    c = f * c + i * np.tanh(a[:, 2])
    h = o * np.tanh(c)
    return h.astype(np.float32), c.astype(np.float32)

# %% lstm-parity
class LSTMParity(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.lstm = nn.LSTM(1, hidden_size)
        self.linear = nn.Linear(hidden_size, 1)
        nn.init.zeros_(self.linear.bias)

    def forward(self, inputs, lengths=None):
        out, _ = self.lstm(inputs.transpose(0, 1))
        return self.linear(out).transpose(0, 1)

# %% summarise
def summarise(steps):
    ordered = np.sort(np.array([np.nan if s is None else s for s in steps], dtype=float))
    n = len(ordered)
    median = (ordered[(n - 1) // 2] + ordered[n // 2]) / 2
    return np.count_nonzero(~np.isnan(ordered)), n, None if np.isnan(median) else np.float32(median)

# %% gradient-norms
def gradient_norms(model, inputs):
    model, inputs = model.float(), inputs.clone().float().requires_grad_()
    out = model(inputs)[0]
    grad = torch.autograd.grad(out[:, -1], inputs, grad_outputs=torch.ones_like(out[:, -1]))[0]
    return torch.sqrt((grad**2).sum(dim=2)).mean(dim=0).numpy()
