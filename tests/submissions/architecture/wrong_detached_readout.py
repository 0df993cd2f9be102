"""The states go to the readout through NumPy, so the recurrent layer never learns.

loses:
  build-model-check: take no part in the output, or the way to them is cut
  learns-check: Does the check of Task 2 above pass
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
        states = self.rnn(inputs)[0].detach().numpy()
        return self.readout(torch.from_numpy(states))

build_model = Net
