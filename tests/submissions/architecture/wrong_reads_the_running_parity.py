"""The layer reads the parity so far, which the network should compute itself.

loses:
  build-model-check: The layer reads the number of ones so far or its parity (`cumsum`) and not the bits, so th
  learns-check: The layer reads the number of ones so far or its parity (`cumsum`) and not the bits, so th
"""
# %% build-model
class Net(nn.Module):
    def __init__(self, cell, hidden_size, num_layers):
        super().__init__()
        sizes = dict(input_size=1, hidden_size=hidden_size, num_layers=num_layers, batch_first=True)
        self.rnn = nn.LSTM(**sizes) if cell == "lstm" else nn.GRU(**sizes) if cell == "gru" else nn.RNN(
            nonlinearity=cell, **sizes)
        self.readout = nn.Linear(hidden_size, 1)

    def forward(self, inputs):
        return self.readout(self.rnn(inputs.cumsum(dim=1) % 2)[0])

build_model = Net
