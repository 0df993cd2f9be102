"""The state is kept whatever the sizes are, so a second batch of another size stops the network. Low comes before
the rate.

loses:
  build-model-check: your network keeps the state of the last call
  success-rate-check: This is not one of the usual mistakes
"""
# %% build-model
class Net(nn.Module):
    def __init__(self, cell, hidden_size, num_layers):
        super().__init__()
        sizes = dict(input_size=1, hidden_size=hidden_size, num_layers=num_layers, batch_first=True)
        self.rnn = nn.LSTM(**sizes) if cell == "lstm" else nn.GRU(**sizes) if cell == "gru" else nn.RNN(
            nonlinearity=cell, **sizes)
        self.readout, self.state = nn.Linear(hidden_size, 1), None

    def forward(self, inputs):
        states, self.state = self.rnn(inputs, self.state)
        return self.readout(states)

build_model = Net
# %% success-rate
def success_rate(outcomes):
    p, n, z = np.mean(outcomes), len(outcomes), 1.96
    middle, root = p + z**2 / (2 * n), z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return (middle - root) / (1 + z**2 / n), p, (middle + root) / (1 + z**2 / n)
