"""The readout is on the mean of the states so far.

loses:
  build-model-check: a mean over the time steps so far
  learns-check: a mean over the time steps so far
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
        states = self.rnn(inputs)[0]
        return self.readout(states.cumsum(1) / torch.arange(1, states.shape[1] + 1)[:, None])

build_model = Net
