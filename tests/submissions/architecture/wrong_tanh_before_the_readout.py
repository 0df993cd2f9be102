"""A tanh stands between the states and the readout.

loses:
  build-model-check: "a tanh stands between the states and the readout"
  learns-check: "a tanh stands between the states and the readout"
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
        return self.readout(torch.tanh(self.rnn(inputs)[0]))

build_model = Net
