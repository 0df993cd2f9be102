"""The forward pass runs under no_grad, a name is misspelt, one function stops, and one returns None.

loses:
  lstm-step-check: "`lstm_step` stopped with KeyError"
  lstm-parity-check: no gradient can flow through the output
  summarise-check: stopped with TypeError
  gradient-norms-check: is a `return` missing?
"""

# %% lstm-step
def lstm_step(x, h, c, weights):
    a = x @ weights["weights_ih"].T + h @ weights["weight_hh"].T
    i, f, g, o = np.split(a, 4, axis=1)
    return h, c

# %% lstm-parity
class LSTMParity(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.lstm = nn.LSTM(1, hidden_size, batch_first=True)
        self.readout = nn.Linear(hidden_size, 1)

    @torch.no_grad()
    def forward(self, inputs, lengths=None):
        return self.readout(self.lstm(inputs)[0])

# %% summarise
def summarise(steps):
    return len(steps), len(steps), np.median(steps)

# %% gradient-norms
def gradient_norms(model, inputs):
    inputs.requires_grad_()
    model(inputs)[0][:, -1].sum().backward()
    print(inputs.grad.norm(dim=2).mean(dim=0))
