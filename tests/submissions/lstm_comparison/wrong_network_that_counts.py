"""The "network" is cumsum % 2, lstm_step calls PyTorch's cell, and the loss is made of the cell state.

loses:
  lstm-step-check: calls `torch.nn.LSTMCell`, which is the ready answer
  lstm-parity-check: the answer is computed in forward
  gradient-norms-check: "Take the gradient of `output[:, -1].sum()` at the inputs, then the norms, then their mean"
"""

# %% lstm-step
def lstm_step(x, h, c, weights):
    cell = nn.LSTMCell(1, h.shape[1]).double()
    cell.load_state_dict({name: torch.from_numpy(value) for name, value in weights.items()})
    h, c = cell(torch.from_numpy(x), (torch.from_numpy(h), torch.from_numpy(c)))
    return h.detach().numpy(), c.detach().numpy()

# %% lstm-parity
class LSTMParity(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.lstm = nn.LSTM(1, hidden_size, batch_first=True)
        self.readout = nn.Linear(hidden_size, 1)

    def forward(self, inputs, lengths=None):
        odd = torch.cumsum(inputs, dim=1) % 2
        return 10 * odd - 5 + 0 * self.readout(self.lstm(inputs)[0])

# %% gradient-norms
def gradient_norms(model, inputs):
    inputs.requires_grad_()
    output, last = model(inputs)
    if isinstance(model, nn.LSTM):
        last = last[1]
    last.sum().backward()
    return inputs.grad.norm(dim=2).mean(dim=0).numpy()
