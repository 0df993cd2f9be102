"""The layer reads the number of ones so far.

loses:
  build-model-check: "reads the number of ones so far"
  learns-check: "reads the number of ones so far"
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
        return self.readout(self.rnn(inputs.cumsum(dim=1))[0])

build_model = Net
