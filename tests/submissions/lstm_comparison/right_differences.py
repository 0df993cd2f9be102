"""Gradients are measured by differences, a first state of zeros is kept as a buffer, and the inputs are packed if
lengths are given."""

# %% lstm-parity
class LSTMParity(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.lstm = nn.LSTM(1, hidden_size, batch_first=True)
        self.readout = nn.Linear(hidden_size, 1)
        self.register_buffer("h0", torch.zeros(1, 1, hidden_size))

    def forward(self, inputs, lengths=None):
        start = self.h0.expand(-1, inputs.shape[0], -1).contiguous()
        if lengths is None:
            states, _ = self.lstm(inputs, (start, start))
        else:
            packed = nn.utils.rnn.pack_padded_sequence(inputs, lengths, batch_first=True, enforce_sorted=False)
            states, _ = nn.utils.rnn.pad_packed_sequence(self.lstm(packed)[0], batch_first=True,
                                                         total_length=inputs.shape[1])
        return self.readout(states)

# %% gradient-norms
def gradient_norms(model, inputs):
    tiny, norms = 1e-6, []
    with torch.no_grad():
        for t in range(inputs.shape[1]):
            up, down = inputs.clone(), inputs.clone()
            up[:, t] += tiny
            down[:, t] -= tiny
            slope = (model(up)[0][:, -1].sum(1) - model(down)[0][:, -1].sum(1)) / (2 * tiny)
            norms.append(slope.abs().mean().item())
    return np.array(norms)
