"""The "network" computes cumsum % 2, and has a recurrent layer that changes the logits a little.

loses:
  build-model-check: cumsum % 2?
  learns-check: cumsum % 2?
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
        return 20 * (inputs.cumsum(dim=1) % 2) - 10 + self.readout(self.rnn(inputs)[0])

build_model = Net
