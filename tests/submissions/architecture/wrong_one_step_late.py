"""The first state is put before all states, and the last one is dropped.

loses:
  build-model-check: "read from the state"
  learns-check: "read from the state"
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
        return self.readout(torch.cat([torch.zeros_like(states[:, :1]), states[:, :-1]], dim=1))

build_model = Net
