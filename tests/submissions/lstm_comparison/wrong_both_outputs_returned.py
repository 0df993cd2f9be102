"""The network returns logits and predictions, lstm_step returns h alone, and the gradients of two calls add up.

loses:
  lstm-step-check: the next time step needs both
  lstm-parity-check: return the logits alone
  gradient-norms-check: The call changes the tensor that it is given
"""

# %% lstm-step
def lstm_step(x, h, c, weights):
    a = x @ weights["weight_ih"].T + h @ weights["weight_hh"].T + weights["bias_ih"] + weights["bias_hh"]
    i, f, g, o = np.split(a, 4, axis=1)
    s = lambda z: 1 / (1 + np.exp(-z))
    c = s(f) * c + s(i) * np.tanh(g)
    return s(o) * np.tanh(c)

# %% lstm-parity
class LSTMParity(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.lstm = nn.LSTM(1, hidden_size, batch_first=True)
        self.readout = nn.Linear(hidden_size, 1)

    def forward(self, inputs, lengths=None):
        states, _ = self.lstm(inputs)
        logits = self.readout(states)
        return logits, torch.sigmoid(logits)

# %% gradient-norms
def gradient_norms(model, inputs):
    inputs.requires_grad_()
    model(inputs)[0][:, -1].sum().backward()
    return [norm.item() for norm in inputs.grad.norm(dim=2).mean(dim=0)]
