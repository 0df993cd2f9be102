"""The student takes the course's formula literally and applies a softmax to the single output.

loses:
  build-model-check: a softmax over a single output is 1
  learns-check: a softmax over a single output is 1
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
        return torch.softmax(self.readout(self.rnn(inputs)[0]), dim=-1)

build_model = Net
