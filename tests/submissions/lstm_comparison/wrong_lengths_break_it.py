"""With lengths, which `train` passes, the net gives the logits of the longest string's width alone, after packing.

loses:
  lstm-parity-check: as wide as the inputs
"""

# %% lstm-parity
class LSTMParity(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.lstm = nn.LSTM(1, hidden_size, batch_first=True)
        self.readout = nn.Linear(hidden_size, 1)

    def forward(self, inputs, lengths=None):
        states, _ = self.lstm(inputs)
        if lengths is not None:
            states = states[:, :int(lengths.min())]
        return self.readout(states)
