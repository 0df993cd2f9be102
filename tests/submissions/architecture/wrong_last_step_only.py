"""The network returns only the last time step's logit, and the interval is that of the failures.

loses:
  build-model-check: asks for the logit of every time step
  learns-check: asks for the logit of every time step
  success-rate-check: the rate of failures
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
        states, _ = self.rnn(inputs)
        return self.readout(states[:, -1])

build_model = Net
# %% success-rate
def success_rate(outcomes):
    failures = np.array([not outcome for outcome in outcomes])
    n, z = len(failures), 1.96
    p = failures.mean()
    middle, root = p + z**2 / (2 * n), z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return p, (middle - root) / (1 + z**2 / n), (middle + root) / (1 + z**2 / n)
