"""If lengths are given, which `train` does, the network packs the inputs and returns logits for the longest
string's width alone.

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
