"""Each bit goes through the LSTM as a string of its own, the loss is a mean, and the median is the upper of the two
in the middle.

loses:
  lstm-parity-check: each time step is computed by itself
  summarise-check: halfway between the two in the middle
  gradient-norms-check: "Take the gradient of `output[:, -1].sum()` at the inputs, then the norms, then their mean"
"""

# %% lstm-parity
class LSTMParity(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.lstm = nn.LSTM(1, hidden_size, batch_first=True)
        self.readout = nn.Linear(hidden_size, 1)

    def forward(self, inputs, lengths=None):
        states = [self.lstm(inputs[:, t:t + 1])[0] for t in range(inputs.shape[1])]
        return self.readout(torch.cat(states, dim=1))

# %% summarise
def summarise(steps):
    late = sorted(np.inf if s is None else s for s in steps)
    middle = late[len(late) // 2]
    return sum(s is not None for s in steps), len(steps), middle if np.isfinite(middle) else None

# %% gradient-norms
def gradient_norms(model, inputs):
    inputs.requires_grad_()
    model(inputs)[0][:, -1].mean().backward()
    return inputs.grad.norm(dim=2).mean(dim=0).numpy()
