"""The student's own LSTM has one bias vector where PyTorch has two, and np.split runs down the batch, because its axis
is not given.

loses:
  lstm-parity-check: With one bias vector
  lstm-step-check: gives four blocks
"""
# %% lstm-parity
class LSTMParity(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.from_input = nn.Linear(1, 4 * hidden_size)
        self.from_state = nn.Linear(hidden_size, 4 * hidden_size, bias=False)
        self.readout = nn.Linear(hidden_size, 1)
        self.hidden_size = hidden_size

    def forward(self, inputs, lengths=None):
        h = c = torch.zeros(len(inputs), self.hidden_size)
        logits = []
        for x in inputs.unbind(1):
            i, f, g, o = (self.from_input(x) + self.from_state(h)).chunk(4, dim=1)
            c = f.sigmoid() * c + i.sigmoid() * g.tanh()
            h = o.sigmoid() * c.tanh()
            logits.append(self.readout(h))
        return torch.stack(logits, dim=1)
# %% lstm-step: np.split(a, 4, axis=1) -> np.split(a, 4)
