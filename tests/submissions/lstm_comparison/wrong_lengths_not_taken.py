"""forward takes the inputs alone, but `train` passes lengths as well.

loses:
  lstm-parity-check: forward takes inputs and lengths
"""

# %% lstm-parity
class LSTMParity(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.lstm = nn.LSTM(1, hidden_size, batch_first=True)
        self.readout = nn.Linear(hidden_size, 1)

    def forward(self, inputs):
        return self.readout(self.lstm(inputs)[0])
